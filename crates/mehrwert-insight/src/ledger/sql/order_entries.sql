-- Of each line up to three entries: what was sold or paid back, shipping that was charged, and what the goods cost. Refunds
-- give goods back only where a quantity came back. Gift cards that are sold are owed, not earned.
SELECT l.at, l.day, l.person,
       CAST(CASE parts.part
           WHEN 'net' THEN l.net
           WHEN 'shipping' THEN l.shipping_charged
           WHEN 'goods' THEN CASE WHEN l.kind = 'sale' THEN -l.goods WHEN l.quantity <> 0 THEN l.goods END
       END AS DECIMAL(28, 6)) AS amount,
       CASE parts.part WHEN 'goods' THEN l.goods_currency ELSE l.currency END AS currency,
       CASE WHEN parts.part = 'goods' THEN 'goods'
            WHEN parts.part = 'net' AND l.is_gift_card THEN 'liability'
            WHEN l.kind = 'sale' THEN 'revenue'
            ELSE 'refund' END AS account,
       CAST(NULL AS VARCHAR) AS purpose, l.source, CAST(NULL AS VARCHAR) AS measure, CAST(NULL AS VARCHAR) AS rung,
       'orders' AS evidence, l.id
FROM ledger.order_lines AS l
CROSS JOIN (VALUES ('net'), ('shipping'), ('goods')) AS parts(part)
WHERE CASE parts.part
          WHEN 'net' THEN true
          WHEN 'shipping' THEN l.shipping_charged <> 0
          WHEN 'goods' THEN NOT l.is_gift_card AND l.goods <> 0 AND (l.kind = 'sale' OR l.quantity <> 0)
      END
