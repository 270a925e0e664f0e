-- Purchases of each day after the history by customers won within it.
SELECT day, count(*) AS purchases, CAST(sum(amount) AS DECIMAL(28, 6)) AS amount
FROM purchase_days
WHERE day > $until AND customer IN (SELECT customer FROM purchase_days WHERE day <= $until)
GROUP BY day
ORDER BY day
