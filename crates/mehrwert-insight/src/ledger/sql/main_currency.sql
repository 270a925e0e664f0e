-- The currency of most order lines, else of most costs.
SELECT currency FROM (
    SELECT currency, 0 AS rank, count(*) AS rows FROM facts.orders WHERE currency IS NOT NULL GROUP BY currency
    UNION ALL
    SELECT currency, 1 AS rank, count(*) AS rows FROM facts.contracts WHERE currency IS NOT NULL GROUP BY currency
    UNION ALL
    SELECT currency, 2 AS rank, count(*) AS rows FROM facts.costs WHERE currency IS NOT NULL GROUP BY currency
)
ORDER BY rank, rows DESC, currency
LIMIT 1
