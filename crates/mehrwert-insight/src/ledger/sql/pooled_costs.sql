-- Costs with how many share them; nobody where the pool is empty or the rules say so: these stay unassigned.
SELECT c.*, s.size
FROM ledger.cost_parts AS c
LEFT JOIN ledger.sizes AS s ON c.pool = s.pool AND c.key = s.key AND c.month = s.month
