"""A person's own query: its rows as a frame, its errors in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import QueryError

__all__ = ["quoted", "select_rows"]

# What Polars cannot take, or not without loss: handed over as text.
_TEXT_ONLY = ("INTERVAL", "BIT", "TIME WITH TIME ZONE", "UHUGEINT", "BIGNUM", "VARIANT", "GEOMETRY")


def select_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The rows of a query; types that a frame has no equal for come as text.

    Raises:
        QueryError: DuckDB refuses the query, or it does not return rows.
    """
    try:
        relation = connection.sql(sql, params=dict(parameters) if parameters else None)
        if relation is None:
            raise QueryError("the query returns no rows; write a select")
        rows: pl.DataFrame = relation.project(", ".join(_projection(relation))).pl()
    except duckdb.Error as error:
        raise _refusal(error) from None
    return rows


def quoted(name: str) -> str:
    """`name` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _projection(relation: duckdb.DuckDBPyRelation) -> list[str]:
    return [
        f"{quoted(name)}::varchar as {quoted(name)}"
        if str(kind).startswith(_TEXT_ONLY)
        else quoted(name)
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]


def _refusal(error: duckdb.Error) -> QueryError:
    text = str(error)
    if "read-only mode" in text:
        return QueryError("a query cannot change the store; write a select")
    # Only the first line: below it DuckDB draws where in the query, or what else it knows.
    return QueryError(f"the query is refused: {text.strip().splitlines()[0]}")
