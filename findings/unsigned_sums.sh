#!/usr/bin/env bash
# DuckDB adds up its widest unsigned integers as floating-point numbers.
#
# Guess: sum() of whole numbers is a whole number, exact for every integer type; a checksum of a
# table as the sum of its rows' hashes, cast to UHUGEINT so that it cannot overflow, is exact
# and does not depend on the order of rows.
# Seen (duckdb 2.0.1): sum() of UBIGINT and of HUGEINT returns a HUGEINT, sum() of UHUGEINT a
# DOUBLE. 9007199254740993 + 2 is 9007199254740995 for the first two and 9007199254740994 for
# the third, and the same three values in another order add up to another sum. Nothing warns.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1

env/bin/python - <<'PYTHON'
import sys

import duckdb

EXPECTED = {
    "ubigint": ("HUGEINT", 9007199254740995),
    "hugeint": ("HUGEINT", 9007199254740995),
    "uhugeint": ("DOUBLE", 9007199254740994.0),
}
ORDERS = ("(9007199254740992), (1), (1)", "(1), (1), (9007199254740992)")
print("duckdb", duckdb.__version__)
connection = duckdb.connect()
connection.execute("set threads = 1")
changed = False
for kind, expected in EXPECTED.items():
    seen = connection.execute(
        f"select typeof(sum(x::{kind})), sum(x::{kind}) from (values (9007199254740993), (2)) v(x)"
    ).fetchone()
    print(f"{kind}: sum is {seen[0]}, 9007199254740993 + 2 = {seen[1]}")
    changed = changed or seen != expected
sums = [
    connection.execute(f"select sum(x::uhugeint) from (values {order}) v(x)").fetchone()[0]
    for order in ORDERS
]
print("the same three values in two orders:", *(f"{total:.0f}" for total in sums))
changed = changed or sums != [9007199254740992.0, 9007199254740994.0]
sys.exit(f"changed: expected {EXPECTED}" if changed else 0)
PYTHON
