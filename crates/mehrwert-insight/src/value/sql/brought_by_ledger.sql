-- What each customer has brought by the end of the history, by the ledger: revenue less what it cost. As in brought.sql, grown
-- to that end, and up to an age of the customer. Where goods costs are not known, those of the others stand in ($goods).
SELECT c.customer AS customer,
       CAST(sum(CAST((CAST(c.amount AS DOUBLE) - $goods * CAST(c.uncosted AS DOUBLE))
           * exp($growth * CAST(CAST($until AS INT) - CAST(c.day AS INT) AS DOUBLE)) AS DECIMAL(28, 8))) AS DOUBLE) AS brought
FROM contributions AS c
JOIN (SELECT customer, min(day) AS first_day FROM purchase_days WHERE day <= $until GROUP BY customer) AS firsts
  ON c.customer = firsts.customer
WHERE c.day <= $until AND c.day <= first_day + $age
GROUP BY c.customer
