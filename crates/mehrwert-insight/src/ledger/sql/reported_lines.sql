-- Order lines of known customers with their amounts in the reporting currency.
SELECT l.*, s.source AS won_by,
       CAST((l.net + coalesce(l.shipping_charged, CAST(0 AS DECIMAL(18, 6))))
           * CASE WHEN l.currency IS NULL OR l.currency = {currency} THEN CAST(1 AS DECIMAL(18, 6)) ELSE r.rate END
           AS DECIMAL(28, 6)) AS amount,
       CAST(l.goods
           * CASE WHEN l.goods_currency IS NULL OR l.goods_currency = {currency} THEN CAST(1 AS DECIMAL(18, 6)) ELSE g.rate END
           AS DECIMAL(28, 6)) AS reported_goods
FROM ledger.order_lines AS l
LEFT JOIN ledger.acquisitions AS s ON l.person = s.person
LEFT JOIN state.rates AS r
    ON l.currency = r.base AND r.quote = {currency} AND l.day >= r.from_day AND l.day <= r.to_day
LEFT JOIN state.rates AS g
    ON l.goods_currency = g.base AND g.quote = {currency} AND l.day >= g.from_day AND l.day <= g.to_day
