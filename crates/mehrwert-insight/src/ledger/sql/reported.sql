-- The entries with their amount in the reporting currency, by the rate of their day or the latest before. Nothing stands there
-- where no rate is known; an amount of no stated currency is taken for one of the reporting currency.
SELECT e.*,
       CASE WHEN e.currency IS NULL OR e.currency = {currency} THEN e.amount
            ELSE CAST(e.amount * r.rate AS DECIMAL(28, 6)) END AS reported
FROM ledger.entries AS e
LEFT JOIN state.rates AS r
    ON e.currency = r.base AND r.quote = {currency} AND e.day >= r.from_day AND e.day <= r.to_day
