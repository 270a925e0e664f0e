-- The days on which each customer bought until a day, of every n-th customer, customer by customer.
SELECT customer, day, amount
FROM purchase_days
WHERE day <= $until AND customer % $step = 0
ORDER BY customer, day
