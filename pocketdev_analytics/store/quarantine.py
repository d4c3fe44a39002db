"""Find and quarantine values that decoding cannot produce.

They come from exports that an earlier version imported unchecked. `store check` reports them,
`store repair` moves their rows to the quarantine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb
import polars as pl

from pocketdev_analytics.model import INSTANT, LINE_FRAMES, SESSION_FILES
from pocketdev_analytics.model.ranges import Rule, rules_of
from pocketdev_analytics.store.arrow import fetch
from pocketdev_analytics.store.load import Batch, load_batch
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.select import quoted

__all__ = ["odd_values", "quarantine_odd_values"]

_REASON: Final = "value out of range: "


def odd_values(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield a message for each column with values out of range."""
    for table in ("session_files", *LINE_FRAMES):
        for rule, count in _broken(connection, table):
            yield (
                f"{table}: {rule.column} is not {rule.expected} in {count:,} rows; "
                "`pocketdev-analytics store repair` moves them to the quarantine"
            )


def quarantine_odd_values(connection: duckdb.DuckDBPyConnection) -> int:
    """Move rows with values out of range to the quarantine; return the number of moved rows.

    Responses and sessions are folded again from the remaining rows.
    """
    moved = 0
    with transaction(connection):
        connection.execute("create or replace temp table odd_responses (response_id varchar)")
        for table in LINE_FRAMES:
            broken = _broken(connection, table)
            if table != "quarantine" and broken:
                moved += _move(connection, table, [rule for rule, _ in broken])
        for rule, _ in _broken(connection, "session_files"):
            if SESSION_FILES[rule.column] == INSTANT:
                connection.execute(
                    f"update session_files set {quoted(rule.column)} = null where not ({rule.sql})"
                )
    if moved:
        _fold_again(connection)
    return moved


def _broken(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Rule, int]]:
    # The table's own constraints check for NULL.
    rules = [rule for rule in rules_of(table) if rule.expected != "a value"]
    rules = [rule for rule in rules if rule.column != "title"]  # earlier versions kept any length
    counts = ", ".join(f"count(*) filter (where not ({rule.sql}))" for rule in rules)
    (found,) = connection.execute(f"select {counts} from {quoted(table)}").fetchall()
    return [(rule, count) for rule, count in zip(rules, found, strict=True) if count]


def _move(connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]) -> int:
    is_odd = " or ".join(f"not ({rule.sql})" for rule in rules)
    columns = ", ".join(rule.column for rule in rules)
    if table == "usage_lines":  # folded again from their other lines, if they have any
        connection.execute(
            f"insert into odd_responses select response_id from usage_lines where {is_odd}"
        )
        connection.execute("delete from responses where response_id in (from odd_responses)")
    moved = connection.execute(
        "insert into quarantine (file_id, line_no, byte_offset, line_bytes, reason) "
        f"select file_id, greatest(line_no, 1), 0, 0, ? from {quoted(table)} "
        f"where coalesce({is_odd}, false) returning 1",
        [f"{_REASON}{columns}"],
    ).fetchall()
    connection.execute(f"delete from {quoted(table)} where coalesce({is_odd}, false)")
    return len(moved)


def _fold_again(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the rows of the affected files again, so that responses and sessions are folded."""
    of_them = (
        f"file_id in (select file_id from quarantine where reason like '{_REASON}%' "
        "union select file_id from usage_lines semi join odd_responses using (response_id))"
    )
    files = fetch(connection, f"select * from session_files where {of_them}")
    frames = {
        table: fetch(
            connection,
            f"select {', '.join(map(quoted, ('file_id', *columns)))} from {quoted(table)} "
            f"where {of_them}",
        ).cast(pl.Schema({"file_id": pl.Int64, **columns}))
        for table, columns in LINE_FRAMES.items()
    }
    files = files.select(*SESSION_FILES).cast(pl.Schema(SESSION_FILES))
    reread = files.select("file_id", line_no=pl.lit(0, pl.Int64))
    load_batch(connection, Batch(files, frames, reread))
