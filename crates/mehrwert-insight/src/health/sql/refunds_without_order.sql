-- Refunds and cancellations whose order is not in the lake.
SELECT count(*) AS total, count(*) FILTER (WHERE s.number IS NULL) AS affected,
       min(coalesce(r.order_id, r.origin)) FILTER (WHERE s.number IS NULL) AS example
FROM (SELECT * FROM facts.orders WHERE kind <> 'sale') AS r
LEFT JOIN (
    SELECT shop, order_id AS number FROM facts.orders WHERE kind = 'sale' AND order_id IS NOT NULL GROUP BY shop, order_id
    UNION
    SELECT shop, reference AS number FROM facts.orders WHERE kind = 'sale' AND reference IS NOT NULL GROUP BY shop, reference
) AS s ON r.shop = s.shop AND r.order_id = s.number
