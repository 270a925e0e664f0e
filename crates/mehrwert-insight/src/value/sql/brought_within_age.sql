-- The same, of purchases up to an age of the customer only: for histories longer than that age.
SELECT purchase_days.customer AS customer,
       CAST(sum(CAST(CASE WHEN $amounts THEN CAST(amount AS DOUBLE) ELSE 1.0 END
           * exp($growth * CAST(CAST($until AS INT) - CAST(day AS INT) AS DOUBLE)) AS DECIMAL(28, 8))) AS DOUBLE) AS brought
FROM purchase_days
JOIN (SELECT customer, min(day) AS first_day FROM purchase_days WHERE day <= $until GROUP BY customer) AS firsts
  ON purchase_days.customer = firsts.customer
WHERE day <= $until AND day <= first_day + $age
GROUP BY purchase_days.customer
