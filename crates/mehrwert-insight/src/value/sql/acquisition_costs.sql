-- What winning customers cost, by month and source; what no new customer bears counts too.
SELECT CAST(date_trunc('month', day) AS DATE) AS month, source, CAST(-sum(reported) AS DECIMAL(28, 6)) AS cost
FROM ledger.reported
WHERE purpose = 'acquire' AND day <= $until
GROUP BY date_trunc('month', day), source
ORDER BY month, source
