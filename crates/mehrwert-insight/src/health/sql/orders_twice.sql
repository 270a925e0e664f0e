-- Orders whose number stands in one shop with more than one customer: two systems may have counted under one name.
SELECT count(*) AS total, count(*) FILTER (WHERE one <> other) AS affected, min(order_id) FILTER (WHERE one <> other) AS example
FROM (
    SELECT shop, order_id, min(id_key(person)) AS one, max(id_key(person)) AS other
    FROM ledger.order_lines WHERE kind = 'sale' AND order_id IS NOT NULL AND person IS NOT NULL
    GROUP BY shop, order_id
)
