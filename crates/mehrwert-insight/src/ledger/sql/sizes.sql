-- How many share: of 'customers' everyone won by the end of the month.
SELECT pool, key, month, count(*) AS size FROM ledger.shares GROUP BY pool, key, month
UNION ALL
SELECT 'customers' AS pool, '' AS key, m.first_day AS month, CAST(sum(n.number) AS BIGINT) AS size
FROM state.months AS m
JOIN (SELECT month, count(*) AS number FROM ledger.acquisitions GROUP BY month) AS n ON n.month <= m.first_day
GROUP BY m.first_day
