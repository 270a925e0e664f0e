-- Payments whose order is not in the lake.
SELECT count(*) AS total, count(*) FILTER (WHERE n.number IS NULL) AS affected,
       min(coalesce(p.order_id, p.origin)) FILTER (WHERE n.number IS NULL) AS example
FROM facts.payments AS p
LEFT JOIN (
    SELECT shop, order_id AS number FROM facts.orders WHERE order_id IS NOT NULL
    UNION
    SELECT shop, reference AS number FROM facts.orders WHERE reference IS NOT NULL
) AS n ON coalesce(p.shop, 'main') = n.shop AND p.order_id = n.number
