-- Sold lines without a customer: they count in no history.
SELECT count(*) AS total, count(*) FILTER (WHERE who IS NULL) AS affected, min(order_id) FILTER (WHERE who IS NULL) AS example
FROM facts.orders
WHERE kind = 'sale'
