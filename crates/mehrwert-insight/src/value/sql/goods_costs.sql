-- Revenue with and without known goods costs, and the costs.
SELECT CAST(coalesce(sum(amount) FILTER (WHERE goods_cost IS NOT NULL), 0) AS DECIMAL(28, 6)) AS costed,
       CAST(coalesce(sum(amount), 0) AS DECIMAL(28, 6)) AS revenue,
       CAST(coalesce(sum(goods_cost), 0) AS DECIMAL(28, 6)) AS cost
FROM orders
WHERE day <= $until
