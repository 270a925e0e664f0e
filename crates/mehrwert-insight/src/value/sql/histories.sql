-- What the models need of each customer: purchases, first and last day, revenue, and the first purchase's amount.
-- The amount rides on its day: the least of day * 10^15 + amount is that of the first day, since amounts stay far below
-- 10^15. An ordered first_value gives the same, but the whole job then takes 3.4 s instead of 2.5 s (a million customers).
SELECT customer,
       count(*) AS purchases,
       min(day) AS first_day,
       max(day) AS last_day,
       CAST(sum(amount) AS DECIMAL(28, 6)) AS revenue,
       CAST(min(CAST(CAST(day AS INT) AS DECIMAL(32, 6)) * 1000000000000000 + amount) AS DECIMAL(38, 6))
           AS first_day_and_amount
FROM purchase_days
WHERE day <= $until
GROUP BY customer
