-- What each customer has brought by the end of the history, each purchase grown by the discount rate from its day to that
-- end: one factor a customer turns it into what it was worth on the day of acquisition.
SELECT customer,
       sum(CASE WHEN $amounts THEN CAST(amount AS DOUBLE) ELSE 1.0 END
           * exp($growth * CAST(CAST($until AS INT) - CAST(day AS INT) AS DOUBLE))) AS brought
FROM purchase_days
WHERE day <= $until
GROUP BY customer
