-- Every sale of a customer who ever returned something, and every sale of an order that something was returned of.
SELECT customer, "order", day, product, quantity, amount
FROM orders
WHERE kind = 'sale'
  AND (customer IN (SELECT customer FROM orders WHERE kind <> 'sale')
       OR "order" IN (SELECT "order" FROM orders WHERE kind <> 'sale' AND "order" IS NOT NULL))
ORDER BY day, file, "row"
