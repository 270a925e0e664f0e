-- When each customer was won, and by which source: that of the first touch that names one, before the first order; else the
-- one that the first order itself names; else none.
WITH firsts AS (
    SELECT id_key(person) AS person, min(at) AS first_at, min(day) AS first_day
    FROM ledger.order_lines
    WHERE kind = 'sale' AND person IS NOT NULL
    GROUP BY id_key(person)
), touches AS (
    SELECT f.person, first_value(t.source ORDER BY t.at, t.id) AS source
    FROM facts.touches AS t
    LEFT JOIN state.aliases AS a ON t.who = a.alias
    JOIN firsts AS f ON id_key(coalesce(a.person, t.who)) = f.person AND t.at <= f.first_at
    WHERE t.source IS NOT NULL
    GROUP BY f.person
), named AS (
    SELECT f.person, min(l.source) AS source
    FROM ledger.order_lines AS l
    JOIN firsts AS f ON id_key(l.person) = f.person AND l.at = f.first_at
    WHERE l.kind = 'sale' AND l.source IS NOT NULL
    GROUP BY f.person
)
SELECT key_id(f.person) AS person, f.first_day, CAST(date_trunc('month', f.first_day) AS DATE) AS month,
       coalesce(t.source, n.source) AS source,
       CASE WHEN t.source IS NOT NULL THEN 'touch' WHEN n.source IS NOT NULL THEN 'order' END AS told_by
FROM firsts AS f
LEFT JOIN touches AS t ON f.person = t.person
LEFT JOIN named AS n ON f.person = n.person
