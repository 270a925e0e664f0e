"""Counts the rows of a fact table with DuckDB, which knows nothing of Mehrwert. Arguments: data directory, table."""

import glob
import sys

import duckdb

files = glob.glob(f"{sys.argv[1]}/facts/{sys.argv[2]}/**/*.parquet", recursive=True)
count, different = duckdb.sql(f"SELECT COUNT(*), COUNT(DISTINCT id) FROM read_parquet({files})").fetchall()[0] if files else (0, 0)
if count != different:
    sys.exit(f"{sys.argv[2]}: {count} rows, but only {different} different ids")
print(count)
