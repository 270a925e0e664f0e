-- Who shares costs with whom, each with a place: the new customers of a source in a month, all new customers of a month, and
-- those whom a measure reached in a month.
SELECT 'source' AS pool, source AS key, month, person,
       CAST(row_number() OVER (PARTITION BY source, month ORDER BY first_day, id_key(person)) AS BIGINT) - 1 AS place
FROM ledger.acquisitions
WHERE source IS NOT NULL
UNION ALL
SELECT 'new' AS pool, '' AS key, month, person,
       CAST(row_number() OVER (PARTITION BY month ORDER BY first_day, id_key(person)) AS BIGINT) - 1 AS place
FROM ledger.acquisitions
UNION ALL
SELECT 'measure' AS pool, measure AS key, month, person,
       CAST(row_number() OVER (PARTITION BY measure, month ORDER BY id_key(person)) AS BIGINT) - 1 AS place
FROM (
    SELECT DISTINCT c.measure, CAST(date_trunc('month', c.day) AS DATE) AS month, coalesce(a.person, c.who) AS person
    FROM facts.contacts AS c
    LEFT JOIN state.aliases AS a ON c.who = a.alias
    WHERE c.who IS NOT NULL AND c.kind IN ('exposed', 'sent', 'delivered', 'opened', 'clicked', 'rewarded')
)
