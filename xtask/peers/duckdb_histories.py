"""The history query of mehrwert in DuckDB, over the same Parquet files: seconds, persons and repeat purchases a run."""

import sys
import time

import duckdb

FOLDER, UNTIL, RUNS = sys.argv[1], sys.argv[2], int(sys.argv[3])
QUERY = f"""
CREATE OR REPLACE TEMP TABLE histories AS
SELECT who, count(*) - 1 AS repeats, min(day) AS first_day, max(day) AS last_day, DATE '{UNTIL}' - min(day) AS age,
       sum(amount) AS revenue, CAST(sum(amount) - arg_min(amount, day) AS DOUBLE) / nullif(count(*) - 1, 0) AS repeat_mean
FROM (SELECT who, day, sum(net) AS amount FROM read_parquet('{FOLDER}/facts/orders/*/*.parquet')
      WHERE kind = 'sale' AND who IS NOT NULL AND day <= DATE '{UNTIL}' GROUP BY who, day)
GROUP BY who
"""

connection = duckdb.connect()
for _ in range(RUNS):
    begun = time.perf_counter()
    connection.execute(QUERY)
    seconds = time.perf_counter() - begun
    persons, repeats = connection.execute("SELECT count(*), sum(repeats) FROM histories").fetchone()
    print(f"duckdb {seconds:.3f} {persons} {repeats}")
