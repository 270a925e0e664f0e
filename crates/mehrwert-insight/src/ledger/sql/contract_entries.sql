-- Contracts bring their price on the day each interval begins, as long as they run and not after the last day: only what happened.
-- A contract that began on the 31st is due on the last day of shorter months.
WITH due AS (
    SELECT c.id, c.who, c.offer, c.price, c.currency, c.start, c."end", m.last_day, m.first_day,
           12 * (date_part('year', m.first_day) - date_part('year', c.start))
               + date_part('month', m.first_day) - date_part('month', c.start) AS months,
           CASE c.interval WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half-year' THEN 6 WHEN 'year' THEN 12 END AS step,
           least(CAST(m.last_day AS INT), CAST(m.first_day AS INT) + CAST(date_part('day', c.start) AS INT) - 1) AS due
    FROM facts.contracts AS c
    JOIN state.months AS m ON m.last_day >= c.start AND m.first_day <= coalesce(c."end", {until}) AND m.first_day <= {until}
    WHERE c.price <> 0
)
SELECT arrow_cast(arrow_cast(CAST(d.due AS INT), 'Date32'), 'Timestamp(Microsecond, Some("UTC"))') AS at,
       arrow_cast(CAST(d.due AS INT), 'Date32') AS day,
       coalesce(a.person, d.who) AS person, CAST(d.price AS DECIMAL(28, 6)) AS amount, d.currency, 'revenue' AS account,
       CAST(NULL AS VARCHAR) AS purpose, CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS measure,
       CAST(NULL AS VARCHAR) AS rung, 'contracts' AS evidence, d.id
FROM due AS d
LEFT JOIN state.aliases AS a ON d.who = a.alias
WHERE d.months % d.step = 0 AND d.due <= CAST(coalesce(d."end", {until}) AS INT) AND d.due <= CAST({until} AS INT)
