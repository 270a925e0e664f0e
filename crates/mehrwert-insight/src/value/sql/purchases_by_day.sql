-- Purchases and revenue of each day of the history.
SELECT day, count(*) AS purchases, CAST(sum(amount) AS DECIMAL(28, 6)) AS amount
FROM purchase_days
WHERE day <= $until
GROUP BY day
ORDER BY day
