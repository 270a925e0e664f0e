-- Purchases of each customer after one day and up to another.
SELECT customer, count(*) AS purchases, CAST(sum(amount) AS DECIMAL(28, 6)) AS amount
FROM purchase_days
WHERE day > $after AND day <= $until AND customer % $step = 0
GROUP BY customer
