-- Orders that a browser reported and of which the shop's own system has said nothing yet. 2^61 is where versions of records
-- begin (tables/version.rs).
SELECT count(*) AS total, count(*) FILTER (WHERE version < 2305843009213693952) AS affected,
       min(order_id) FILTER (WHERE version < 2305843009213693952) AS example
FROM (SELECT shop, order_id, max(version) AS version FROM facts.orders WHERE kind = 'sale' AND order_id IS NOT NULL
      GROUP BY shop, order_id)
