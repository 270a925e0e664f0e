-- The order lines of the lake in the order in which they happened, as the log of a file would have them: gift cards are owed
-- and not earned; goods that a return does not give back are none of its.
SELECT id_key(person) AS customer, day, kind, amount, shop, order_id, product, quantity, won_by,
       CASE WHEN kind = 'sale' THEN reported_goods
            WHEN quantity <> 0 THEN -reported_goods
            ELSE CAST(0 AS DECIMAL(28, 6)) END AS goods_cost,
       is_gift_card
FROM ledger.reported_lines
ORDER BY at, id
