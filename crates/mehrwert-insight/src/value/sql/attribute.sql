-- The first known value of an attribute of each customer: as it was when the customer was won, or soon after.
-- The reader puts the attribute's own column in place of attribute_0: a column's name cannot be a parameter.
SELECT customer, first_value(attribute_0 ORDER BY day, file, "row") AS value
FROM orders
WHERE kind = 'sale' AND attribute_0 IS NOT NULL
GROUP BY customer
