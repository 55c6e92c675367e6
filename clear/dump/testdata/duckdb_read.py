"""Reads every CSV file of a folder with DuckDB, each way it is measured, and
writes beside it what came out as plain CSV. What it refuses leaves no file."""

import csv
import glob
import re
import sys

import duckdb

TOLERANT = {"strict_mode": False, "ignore_errors": True, "null_padding": True}
MODES = [{}, TOLERANT]

connection = duckdb.connect()
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    for mode, settings in enumerate(MODES):
        try:
            relation = connection.read_csv(path, **settings)
            rows = relation.fetchall()
        except Exception:
            continue
        names = list(relation.columns)
        with open(f"{path}.{mode}", "w", newline="", encoding="utf-8", errors="replace") as out:
            writer = csv.writer(out)
            # Names that DuckDB made itself say that it found no header.
            if not all(re.fullmatch(r"column\d+", name) for name in names):
                writer.writerow(names)
            for row in rows:
                writer.writerow("" if cell is None else str(cell) for cell in row)
