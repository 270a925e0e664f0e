-- Revenue of sold lines whose goods cost is known, that of all sold lines, and the known cost.
SELECT CAST(coalesce(sum(amount) FILTER (WHERE goods IS NOT NULL), 0) AS DECIMAL(28, 6)) AS costed,
       CAST(coalesce(sum(amount), 0) AS DECIMAL(28, 6)) AS revenue,
       CAST(coalesce(sum(reported_goods), 0) AS DECIMAL(28, 6)) AS cost
FROM ledger.reported_lines
WHERE kind = 'sale' AND NOT is_gift_card AND person IS NOT NULL AND day <= $until
