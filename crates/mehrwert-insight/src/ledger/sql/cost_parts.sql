-- Costs by the months they were spent in, with whom they are to be shared among.
--
-- A cost of several days lies evenly on them, to the cent: the first days bear the cents that are left over. What falls into
-- one month stands together, on its last day in that month. Amounts that are no whole cents are shared to the millionth.
WITH costs AS (
    SELECT c.id, c.at, c.kind, c.purpose, c.source, c.measure, c.currency, c."from", c."to",
           coalesce(a.person, c.who, key_id(o.person)) AS person,
           CAST(c.amount * CAST(1000000 AS DECIMAL(7, 0)) AS BIGINT) AS micros,
           CAST(CAST(c."to" AS INT) - CAST(c."from" AS INT) + 1 AS BIGINT) AS days
    FROM facts.costs AS c
    LEFT JOIN state.aliases AS a ON c.who = a.alias
    LEFT JOIN ledger.order_persons AS o ON coalesce(c.shop, 'main') = o.shop AND c.order_id = o.number
), counted AS (
    SELECT *, CASE WHEN micros % 10000 = 0 THEN 10000 ELSE 1 END AS unit FROM costs
), cut AS (
    SELECT c.*, greatest(c."from", m.first_day) AS part_from, least(c."to", m.last_day) AS part_to
    FROM (SELECT * FROM counted WHERE date_trunc('month', "from") <> date_trunc('month', "to")) AS c
    JOIN state.months AS m ON m.first_day <= c."to" AND m.last_day >= c."from"
    UNION ALL
    SELECT *, "from" AS part_from, "to" AS part_to FROM counted
    WHERE date_trunc('month', "from") = date_trunc('month', "to")
), placed AS (
    SELECT *, CAST(CAST(part_from AS INT) - CAST("from" AS INT) AS BIGINT) AS before,
           CAST(CAST(part_to AS INT) - CAST("from" AS INT) + 1 AS BIGINT) AS through,
           micros / unit / days AS each,
           CASE WHEN micros < 0 THEN -1 ELSE 1 END AS sign,
           CASE WHEN micros < 0 THEN -(micros / unit % days) ELSE micros / unit % days END AS left_over
    FROM cut
)
SELECT id, at, part_to AS day, CAST(date_trunc('month', part_to) AS DATE) AS month, person, purpose, source, measure, currency,
       unit, -unit * ((through - before) * each + sign * (least(through, left_over) - least(before, left_over))) AS micros,
       CASE WHEN purpose = 'overhead' THEN 'overhead'
            WHEN kind IN ('goods', 'carrier', 'commission', 'reward', 'service') THEN kind
            WHEN purpose = 'acquire' THEN 'acquisition'
            WHEN purpose = 'retain' THEN 'care'
            WHEN purpose = 'serve' THEN 'service'
            ELSE 'overhead' END AS account,
       CASE WHEN person IS NOT NULL THEN 'direct' ELSE {pools} END AS pool,
       CASE WHEN person IS NOT NULL THEN '' ELSE {keys} END AS key
FROM placed
