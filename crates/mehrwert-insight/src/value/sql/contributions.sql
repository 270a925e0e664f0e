-- What each person brought and cost on each day, what winning them cost aside, and of it revenue and sold lines whose goods
-- cost nobody knows.
SELECT customer, day, CAST(sum(amount) AS DECIMAL(28, 6)) AS amount, CAST(sum(revenue) AS DECIMAL(28, 6)) AS revenue,
       CAST(sum(uncosted) AS DECIMAL(28, 6)) AS uncosted
FROM (
    SELECT id_key(person) AS customer, day, reported AS amount,
           CASE WHEN account IN ('revenue', 'refund') THEN reported ELSE CAST(0 AS DECIMAL(28, 6)) END AS revenue,
           CAST(0 AS DECIMAL(28, 6)) AS uncosted
    FROM ledger.reported
    WHERE person IS NOT NULL AND account NOT IN ('acquisition', 'overhead', 'liability')
        AND coalesce(purpose, '') <> 'acquire'
    UNION ALL
    SELECT id_key(person) AS customer, day, CAST(0 AS DECIMAL(28, 6)) AS amount, CAST(0 AS DECIMAL(28, 6)) AS revenue,
           amount AS uncosted
    FROM ledger.reported_lines
    WHERE person IS NOT NULL AND goods IS NULL AND NOT is_gift_card
)
GROUP BY customer, day
ORDER BY customer, day
