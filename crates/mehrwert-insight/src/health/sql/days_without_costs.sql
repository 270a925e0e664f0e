-- Days without a cost of a source that has one on most days: an advertising report that was not imported.
WITH spans AS (
    SELECT source, CAST("from" AS INT) AS first, CAST("to" AS INT) AS last,
           lag(CAST("to" AS INT)) OVER (PARTITION BY source ORDER BY "from", "to") AS before
    FROM facts.costs WHERE source IS NOT NULL
), sources AS (
    SELECT source, max(last) - min(first) + 1 AS span, sum(greatest(first - before - 1, 0)) AS missing
    FROM spans GROUP BY source
)
SELECT CAST(coalesce(sum(span), 0) AS BIGINT) AS total, CAST(coalesce(sum(missing), 0) AS BIGINT) AS affected,
       min(source) FILTER (WHERE missing > 0) AS example
FROM sources
WHERE span >= 14 AND missing * 2 < span
