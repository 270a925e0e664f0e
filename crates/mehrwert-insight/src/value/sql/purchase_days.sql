-- One row for each customer and day with a purchase: same-day orders are one purchase.
-- Returns known by $known are set against the day of their sale; a day whose purchases were all given back is none.
SELECT customer, day, CAST(sum(paid) AS DECIMAL(28, 6)) AS amount
FROM (
    SELECT customer, day, amount AS paid, CAST(0 AS DECIMAL(28, 6)) AS returned
    FROM orders
    WHERE kind = 'sale' AND day BETWEEN $from AND $to
    UNION ALL
    SELECT customer, day, amount AS paid, amount AS returned
    FROM matched_returns
    WHERE day BETWEEN $from AND $to AND known <= $known
)
GROUP BY customer, day
HAVING sum(returned) = 0 OR sum(paid) > 0
