-- What each customer has brought by the end of the history, each purchase grown by the discount rate from its day to that
-- end: one factor a customer turns it into what it was worth on the day of acquisition. Decimals are summed, because sums
-- of floating-point numbers depend on the order in which threads come by them.
SELECT customer,
       CAST(sum(CAST(CASE WHEN $amounts THEN CAST(amount AS DOUBLE) ELSE 1.0 END
           * exp($growth * CAST(CAST($until AS INT) - CAST(day AS INT) AS DOUBLE)) AS DECIMAL(28, 8))) AS DOUBLE) AS brought
FROM purchase_days
WHERE day <= $until
GROUP BY customer
