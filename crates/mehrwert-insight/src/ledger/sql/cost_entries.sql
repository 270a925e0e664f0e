-- Costs by person: direct ones, shared ones, and those that are nobody's. Everyone bears the same; the cents left over go
-- one each to some, who are others on other days.
WITH shared AS (
    SELECT c.*, s.person AS sharer, s.place
    FROM ledger.pooled_costs AS c
    JOIN ledger.shares AS s ON c.pool = s.pool AND c.key = s.key AND c.month = s.month
    UNION ALL
    SELECT c.*, a.person AS sharer, a.place
    FROM (SELECT * FROM ledger.pooled_costs WHERE pool = 'customers') AS c
    JOIN (SELECT person, month, CAST(row_number() OVER (ORDER BY first_day, id_key(person)) AS BIGINT) - 1 AS place FROM ledger.acquisitions) AS a
        ON a.month <= c.month
), entries AS (
    SELECT at, day, sharer AS person, currency, account, purpose, source, measure, id,
           unit * (micros / unit / size + CASE WHEN micros < 0 THEN -1 ELSE 1 END * CASE
               WHEN (place + CAST(CAST(day AS INT) AS BIGINT)) % size
                   < CASE WHEN micros < 0 THEN -(micros / unit % size) ELSE micros / unit % size END
               THEN 1 ELSE 0 END) AS micros
    FROM shared
    UNION ALL
    SELECT at, day, person, currency, account, purpose, source, measure, id, micros
    FROM ledger.pooled_costs
    WHERE size IS NULL
)
SELECT at, day, person,
       CAST(CAST(micros AS DECIMAL(20, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS DECIMAL(28, 6)) AS amount,
       currency, account, purpose, source, measure, CAST(NULL AS VARCHAR) AS rung, 'costs' AS evidence, id
FROM entries
WHERE micros <> 0
