-- Costs, overhead aside, that no customer bears: their source won nobody in the month, or the rules leave them.
SELECT count(*) AS total, count(*) FILTER (WHERE person IS NULL AND size IS NULL) AS affected,
       min(coalesce(source, measure, purpose)) FILTER (WHERE person IS NULL AND size IS NULL) AS example
FROM ledger.pooled_costs
WHERE account <> 'overhead'
