"""A person's own query: its rows as a frame, its errors in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import QueryError
from pocketdev_analytics.store.writing import interruptible

__all__ = ["quoted", "select_rows"]

# What Polars cannot take, or not without loss: handed over as text.
_TEXT_ONLY = (
    *("INTERVAL", "BIT", "TIME WITH TIME ZONE", "UHUGEINT", "BIGNUM", "VARIANT", "GEOMETRY"),
    "UNION",
)
_TIMES = ("DATE", "TIMESTAMP")


def select_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of a query; it changes nothing, on a writable store neither.

    Types that a frame has no equal for come as text, an infinite time as NULL. A
    second column of the same name has a number after it.

    Raises:
        QueryError: DuckDB refuses the query, or it is no single select.
    """
    try:
        kinds = [statement.type for statement in connection.extract_statements(sql)]
        if kinds != [duckdb.StatementType.SELECT]:
            raise QueryError("a query cannot change the store; write one select")
        with interruptible():
            relation = connection.sql(sql, params=dict(parameters) if parameters else None)
            rows: pl.DataFrame = relation.project(", ".join(_projection(relation))).pl()
    except duckdb.Error as error:
        raise _refusal(error) from None
    return rows


def quoted(name: str) -> str:
    """`name` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _projection(relation: duckdb.DuckDBPyRelation) -> list[str]:
    """Each column by its place, since names may come twice, under a name of its own."""
    taken: set[str] = set()
    return [
        f"{_readable(place, str(kind))} as {quoted(_untaken(name, taken))}"
        for place, (name, kind) in enumerate(zip(relation.columns, relation.types, strict=True), 1)
    ]


def _readable(place: int, kind: str) -> str:
    if kind.startswith(_TEXT_ONLY):
        return f"#{place}::varchar"
    is_time = kind.startswith(_TIMES) and not kind.endswith("]")
    return f"case when isfinite(#{place}) then #{place} end" if is_time else f"#{place}"


def _untaken(name: str, taken: set[str]) -> str:
    """`name`, with a number after it where it is taken; DuckDB's names ignore case."""
    numbered = (name if number == 0 else f"{name}_{number}" for number in count())
    free = next(each for each in numbered if each.lower() not in taken)
    taken.add(free.lower())
    return free


def _refusal(error: duckdb.Error) -> QueryError:
    # Only the first line: below it DuckDB draws where in the query, or what else it knows.
    return QueryError(f"the query is refused: {str(error).strip().splitlines()[0]}")
