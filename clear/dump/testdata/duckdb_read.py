"""Reads every CSV file of a folder with DuckDB, each way it is measured, and
writes beside it what came out as plain CSV. What it refuses leaves no file."""

import csv
import glob
import json
import re
import sys

import duckdb

TOLERANT = {"strict_mode": False, "ignore_errors": True, "null_padding": True}
MODES = [{}, TOLERANT, None]


def told(path):
    """The settings for a reader that is told how the file is written."""
    with open(path + ".told", encoding="utf-8") as f:
        known = json.load(f)
    names = known.pop("names") or [f"column{i}" for i in range(9)]
    columns = {}
    for i, name in enumerate(names):
        columns[name if name not in columns else f"{name}_{i}"] = "VARCHAR"
    return TOLERANT | known | {"header": False, "auto_detect": False, "columns": columns}


connection = duckdb.connect()
for path in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    for mode, settings in enumerate(MODES):
        try:
            relation = connection.read_csv(path, **(told(path) if settings is None else settings))
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
