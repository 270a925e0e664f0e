-- Payments add what the provider kept, never revenue.
SELECT p.at, p.day, coalesce(a.person, p.who, key_id(o.person)) AS person, CAST(-p.fee AS DECIMAL(28, 6)) AS amount,
       p.currency, 'fee' AS account, CAST(NULL AS VARCHAR) AS purpose, CAST(NULL AS VARCHAR) AS source,
       CAST(NULL AS VARCHAR) AS measure, CAST(NULL AS VARCHAR) AS rung, 'payments' AS evidence, p.id
FROM facts.payments AS p
LEFT JOIN state.aliases AS a ON p.who = a.alias
LEFT JOIN ledger.order_persons AS o ON coalesce(p.shop, 'main') = o.shop AND p.order_id = o.number
WHERE p.fee <> 0
