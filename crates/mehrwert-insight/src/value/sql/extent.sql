-- First and last day with a sale, and whether anything was ever returned.
SELECT min(day) FILTER (WHERE kind = 'sale') AS first_day,
       max(day) FILTER (WHERE kind = 'sale') AS last_day,
       count(*) FILTER (WHERE kind <> 'sale') AS returns
FROM orders
