-- Touches that no person of the alias map stands behind.
SELECT count(*) AS total, count(*) FILTER (WHERE a.person IS NULL) AS affected,
       min(t.source) FILTER (WHERE a.person IS NULL) AS example
FROM facts.touches AS t
LEFT JOIN state.aliases AS a ON t.who = a.alias
