-- What the models need of each customer: purchases, first and last day, revenue, and the first purchase's amount.
SELECT customer,
       count(*) AS purchases,
       min(day) AS first_day,
       max(day) AS last_day,
       CAST(sum(amount) AS DECIMAL(28, 6)) AS revenue,
       first_value(amount ORDER BY day) AS first_amount
FROM purchase_days
WHERE day <= $until AND customer % $step = 0
GROUP BY customer
