"""Purchase histories of the same file with DuckDB: what the models need, without any model."""
import json
import sys

import duckdb

rows = duckdb.sql(f"""
    WITH days AS (SELECT customer, date AS day, sum(amount) AS amount FROM read_csv('{sys.argv[1]}') GROUP BY ALL)
    SELECT customer, count(*) - 1 AS repeats, min(day) AS first_day, max(day) AS last_day,
           sum(amount) - arg_min(amount, day) AS repeat_amount
    FROM days GROUP BY customer
""").fetchnumpy()
print(json.dumps({"customers": len(rows["customer"])}))
