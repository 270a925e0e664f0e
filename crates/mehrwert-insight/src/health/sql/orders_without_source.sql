-- Orders that name no source, of customers of whom no source is known either.
SELECT count(*) AS total, count(*) FILTER (WHERE source IS NULL) AS affected,
       min(order_id) FILTER (WHERE source IS NULL) AS example
FROM (
    SELECT l.shop, l.order_id, max(coalesce(l.source, a.source)) AS source
    FROM ledger.order_lines AS l
    LEFT JOIN ledger.acquisitions AS a ON l.person = a.person
    WHERE l.kind = 'sale' AND l.order_id IS NOT NULL
    GROUP BY l.shop, l.order_id
)
