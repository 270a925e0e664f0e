-- The ledger's sums, by account and currency, what is nobody's apart.
SELECT e.account, e.currency, e.evidence, e.person IS NULL AS unassigned, count(*) AS entries,
       CAST(sum(e.amount) AS DECIMAL(28, 6)) AS amount
FROM ledger.entries AS e
GROUP BY e.account, e.currency, e.evidence, e.person IS NULL
ORDER BY e.account, e.currency NULLS FIRST, e.evidence, unassigned
