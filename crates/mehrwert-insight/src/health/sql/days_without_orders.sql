-- Days without any order in gaps that are not like this shop: longer than a week, and than ten times its mean gap.
WITH days AS (
    SELECT DISTINCT CAST(day AS INT) AS day FROM facts.orders WHERE kind = 'sale'
), gaps AS (
    SELECT day, day - lag(day) OVER (ORDER BY day) AS gap FROM days
), bounds AS (
    SELECT greatest(8.0, 10.0 * avg(gap)) AS longest, sum(gap) AS span FROM gaps
)
SELECT CAST(coalesce(max(b.span), 0) AS BIGINT) AS total,
       CAST(coalesce(sum(g.gap - 1) FILTER (WHERE g.gap > b.longest), 0) AS BIGINT) AS affected,
       CAST(min(arrow_cast(arrow_cast(g.day - g.gap + 1, 'Int32'), 'Date32')) FILTER (WHERE g.gap > b.longest) AS VARCHAR)
           AS example
FROM gaps AS g CROSS JOIN bounds AS b
