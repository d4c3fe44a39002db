"""Run a user's query: its rows as a frame, its errors as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import QueryError
from pocketdev_analytics.store.writing import interruptible

__all__ = ["quoted", "select_rows"]

# Types that Polars lacks, or cannot hold without loss: converted to text.
_TEXT_ONLY = (
    *("INTERVAL", "BIT", "TIME WITH TIME ZONE", "UHUGEINT", "BIGNUM", "VARIANT", "GEOMETRY"),
    "UNION",
)
_TIMES = ("DATE", "TIMESTAMP")


def select_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """Return the rows of a query, which cannot change the store, even a writable one.

    Types without an equivalent in Polars are returned as text, infinite times as NULL. Duplicate
    column names get a number.

    Raises:
        QueryError: DuckDB refuses the query, or it is not a single select.
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
    """Quote `name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _projection(relation: duckdb.DuckDBPyRelation) -> list[str]:
    """Select each column by its position, since names may be duplicated, under a unique name."""
    taken: set[str] = set()
    return [
        f"{_readable(position, str(kind))} as {quoted(_unique(name, taken))}"
        for position, (name, kind) in enumerate(
            zip(relation.columns, relation.types, strict=True), 1
        )
    ]


def _readable(position: int, kind: str) -> str:
    if kind.startswith(_TEXT_ONLY):
        return f"#{position}::varchar"
    is_time = kind.startswith(_TIMES) and not kind.endswith("]")
    return f"case when isfinite(#{position}) then #{position} end" if is_time else f"#{position}"


def _unique(name: str, taken: set[str]) -> str:
    """Return `name`, with a number if it is taken; DuckDB's names ignore case."""
    numbered = (name if number == 0 else f"{name}_{number}" for number in count())
    free = next(each for each in numbered if each.lower() not in taken)
    taken.add(free.lower())
    return free


def _refusal(error: duckdb.Error) -> QueryError:
    # The first line only: DuckDB's further lines mark the position or list candidates.
    return QueryError(f"the query is refused: {str(error).strip().splitlines()[0]}")
