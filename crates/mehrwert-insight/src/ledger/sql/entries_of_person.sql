-- Every entry of one person, in the order in which they happened, with the firm the person belongs to.
SELECT e.at, e.day, e.amount, e.currency, e.reported, e.account, e.purpose, e.source, e.measure, e.rung, e.evidence, e.id,
       (SELECT min(m.account) FROM state.members AS m WHERE m.person = $person) AS firm
FROM ledger.reported AS e
WHERE e.person = $person AND e.day <= $until
ORDER BY e.day, e.at, e.evidence, e.id, e.account, e.amount
