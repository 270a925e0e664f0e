-- What the ledger's sums have to be, straight from the facts, by evidence and currency: no person, no day, no share.
SELECT 'orders' AS evidence, currency,
       CAST(sum(net + coalesce(shipping_charged, 0)) AS DECIMAL(28, 6)) AS amount
FROM facts.orders GROUP BY currency
UNION ALL
SELECT 'payments' AS evidence, currency, CAST(-sum(coalesce(fee, 0)) AS DECIMAL(28, 6)) AS amount
FROM facts.payments GROUP BY currency
UNION ALL
SELECT 'contacts' AS evidence, currency, CAST(-sum(coalesce(cost, 0)) AS DECIMAL(28, 6)) AS amount
FROM facts.contacts GROUP BY currency
UNION ALL
SELECT 'costs' AS evidence, currency, CAST(-sum(amount) AS DECIMAL(28, 6)) AS amount
FROM facts.costs GROUP BY currency
