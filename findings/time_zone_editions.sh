#!/usr/bin/env bash
# DuckDB and Polars disagree on the local time of some zones from autumn 2026 on.
#
# Guess: both follow the same edition of the IANA time zone database, so a day computed in SQL
# is the day computed in Polars.
# Seen (duckdb 2.0.1, polars 2.1.0): 2026-11-15 12:00 UTC in America/Vancouver is 05:00 by
# DuckDB's ICU, which knows the zone's permanent summer time of 2026, and 04:00 by Polars'
# chrono-tz, which does not; likewise America/Winnipeg, Cuba and Africa/Casablanca.
# Europe/Berlin agrees, and so do all of them in July. Nothing warns: a grouping by local day
# differs between the two around midnight.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0

env/bin/python - <<'PYTHON'
import sys
from datetime import datetime, timezone

import duckdb
import polars as pl

EXPECTED = {
    ("America/Vancouver", 7): (True, "05:00", "05:00"),
    ("America/Vancouver", 11): (False, "05:00", "04:00"),
    ("America/Winnipeg", 11): (False, "07:00", "06:00"),
    ("Cuba", 11): (False, "08:00", "07:00"),
    ("Africa/Casablanca", 11): (False, "12:00", "13:00"),
    ("Europe/Berlin", 11): (True, "13:00", "13:00"),
}
print("duckdb", duckdb.__version__, "polars", pl.__version__)
changed = False
for (zone, month), expected in EXPECTED.items():
    moment = datetime(2026, month, 15, 12, tzinfo=timezone.utc)
    text = f"{moment:%Y-%m-%d %H:%M:%S}+00"
    (by_duckdb,) = duckdb.execute(
        f"select strftime(timestamptz '{text}' at time zone '{zone}', '%H:%M')"
    ).fetchone()
    by_polars = pl.Series([moment]).dt.convert_time_zone(zone).dt.strftime("%H:%M")[0]
    seen = (by_duckdb == by_polars, by_duckdb, by_polars)
    print(f"{zone} {text}: duckdb {by_duckdb}, polars {by_polars}")
    changed = changed or seen != expected
sys.exit(f"changed: expected {EXPECTED}" if changed else 0)
PYTHON
