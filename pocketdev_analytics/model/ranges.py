"""Ranges of values: what decoding can produce, to check rows that come from elsewhere.

Decoding refuses other values line by line. An export, or a store that took one in before these
checks, may hold them: times beyond any calendar, counts whose sum overflows, texts of a
gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import polars as pl

from pocketdev_analytics.model.columns import INSTANT
from pocketdev_analytics.model.frames import SESSION_FILES
from pocketdev_analytics.model.lines import LINE_TABLES

__all__ = ["LONGEST_TEXT", "Rule", "rules_of"]

#: Bytes of a text; of a title more than is shown, of a path sixteen times the system's limit.
LONGEST_TEXT: Final = 64 * 1024
# As `agents` decode them: a count up to 10^12, amounts below 10^20, years 1970 to 9998.
_MOST: Final = 10**12
_MOST_BYTES: Final = 2**53
_MOST_MONEY: Final = 10**20
_FIRST: Final = "1970-01-01 00:00:00+00"
_LAST: Final = "9999-01-02 00:00:00+00"
_FIRST_DAY: Final = pl.datetime(1970, 1, 1, time_zone="UTC")
_LAST_DAY: Final = pl.datetime(9999, 1, 2, time_zone="UTC")
# Keys, file times and numbers that lines state freely: any integer.
_ANY: Final = frozenset(
    {"file_id", "modified_ns", "changed_ns", "inode", "device", "status", "retry_attempt"}
)
_SIGNED: Final = ("_ms",)
_LARGE: Final = ("_bytes", "byte_offset", "bytes_read")
_REQUIRED_OF_FILES: Final = (
    *("file_id", "path", "session_id", "count_lines", "size_bytes", "bytes_read", "unread_bytes"),
    *("modified_ns", "changed_ns", "inode", "device", "head_digest", "tail_digest"),
)


class Rule(NamedTuple):
    """A rule for the values of a column, as a Polars and an SQL expression.

    `expected` says it in words. NULL is none of its business unless it says so.
    """

    column: str
    expected: str
    polars: pl.Expr
    sql: str


def rules_of(table: str) -> list[Rule]:
    """The rules of a line table or of `session_files`, one or two per column."""
    return list(_rules(*_columns(table)))


def _columns(table: str) -> tuple[Mapping[str, pl.DataType | type[pl.DataType]], set[str]]:
    if table == "session_files":
        return SESSION_FILES, set(_REQUIRED_OF_FILES)
    columns = LINE_TABLES[table].columns
    return (
        {column.name: column.polars for column in columns},
        {column.name for column in columns if not column.is_nullable},
    )


def _rules(
    columns: Mapping[str, pl.DataType | type[pl.DataType]], required: set[str]
) -> Iterator[Rule]:
    for name, kind in columns.items():
        column = pl.col(name)
        if name in required:
            yield Rule(name, "a value", column.is_not_null(), f'"{name}" is not null')
        if kind == INSTANT:
            yield Rule(
                name,
                "a time from 1970 to 9998",
                column.is_between(_FIRST_DAY, _LAST_DAY),
                f"\"{name}\" between timestamptz '{_FIRST}' and timestamptz '{_LAST}'",
            )
        elif kind == pl.String:
            yield Rule(
                name,
                f"at most {LONGEST_TEXT:,} bytes of text",
                column.str.len_bytes() <= LONGEST_TEXT,
                f'octet_length(encode("{name}")) <= {LONGEST_TEXT}',
            )
        elif (bounds := _bounds(name, kind)) is not None:
            low, high = bounds
            yield Rule(
                name,
                f"a number from {low:,} to {high:,}",
                column.is_between(low, high),
                f'"{name}" between {low} and {high}',
            )


def _bounds(name: str, kind: pl.DataType | type[pl.DataType]) -> tuple[int, int] | None:
    if isinstance(kind, pl.Decimal):
        return -_MOST_MONEY, _MOST_MONEY
    if name in _ANY or kind not in {pl.Int64, pl.Int32}:
        return None
    if name == "line_no":
        return 1, _MOST
    if name.endswith(_SIGNED):
        return -_MOST_BYTES, _MOST_BYTES
    if kind == pl.Int32:
        return 0, 2**31 - 1
    return 0, _MOST_BYTES if name.endswith(_LARGE) else _MOST
