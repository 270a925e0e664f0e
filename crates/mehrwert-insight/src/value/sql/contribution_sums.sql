-- What all customers brought, their revenue, and that of it without goods costs.
SELECT CAST(coalesce(sum(amount), 0) AS DECIMAL(28, 6)) AS amount,
       CAST(coalesce(sum(revenue), 0) AS DECIMAL(28, 6)) AS revenue,
       CAST(coalesce(sum(uncosted), 0) AS DECIMAL(28, 6)) AS uncosted
FROM contributions
WHERE day <= $until
