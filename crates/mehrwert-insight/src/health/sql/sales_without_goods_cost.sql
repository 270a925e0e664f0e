-- Sold lines of which neither the shop nor the product list says what the goods cost.
SELECT count(*) AS total, count(*) FILTER (WHERE goods IS NULL) AS affected,
       min(coalesce(product, 'order ' || order_id)) FILTER (WHERE goods IS NULL) AS example
FROM ledger.order_lines
WHERE kind = 'sale' AND NOT is_gift_card AND net <> 0
