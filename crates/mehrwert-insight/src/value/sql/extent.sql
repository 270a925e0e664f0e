-- The first sale, the last day of the log (a return counts: the shop was looked at until then), and the returns.
SELECT min(day) FILTER (WHERE kind = 'sale') AS first_day,
       max(day) AS last_day,
       count(*) FILTER (WHERE kind <> 'sale') AS returns
FROM orders
