"""The floor: what DuckDB takes to count the rows of the dump and to join one key
column of it to the register's, from CSV or from Parquet made beforehand."""

import json
import sys
import time

import duckdb

what, dump, register, key = sys.argv[1:]
connection = duckdb.connect()
steps = {}


def csv(path):
    with open(path, encoding="utf-8") as f:
        header = f.readline()
    return f"read_csv('{path}', delim = '{';' if ';' in header else ','}', header = true, all_varchar = true)"


def timed(name, sql):
    start = time.monotonic()
    rows = connection.execute(sql).fetchone()[0]
    steps[name] = round(time.monotonic() - start, 3)
    return rows


if what == "prepare":
    timed("prepare", f"copy (select * from {csv(register)}) to '{register}.parquet'")
else:
    other = csv(register) if what == "csv" else f"read_parquet('{register}.parquet')"
    timed("count", f"select count(*) from {csv(dump)}")
    timed("join", f"select count(*) from {csv(dump)} d join {other} r on d.{key} = r.{key}")
print(json.dumps({"version": "DuckDB " + duckdb.__version__, "steps": steps}))
