-- Currencies that cannot be reported.
SELECT currency, count(*) AS entries, min(day) AS first_day
FROM ledger.reported
WHERE reported IS NULL
GROUP BY currency
ORDER BY currency
