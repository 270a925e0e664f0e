-- Refunds and cancellations in the order in which they happened.
SELECT customer, "order", day, product, quantity, amount
FROM orders
WHERE kind <> 'sale'
ORDER BY day, file, "row"
