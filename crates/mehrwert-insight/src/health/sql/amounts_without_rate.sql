-- Entries that cannot be reported for want of an exchange rate.
SELECT count(*) AS total, count(*) FILTER (WHERE reported IS NULL) AS affected,
       min(currency) FILTER (WHERE reported IS NULL) AS example
FROM ledger.reported
