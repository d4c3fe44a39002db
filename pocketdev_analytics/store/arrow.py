"""Rows from DuckDB to Polars and back, by the Arrow C stream that both speak.

Either has a way of its own, by pyarrow: that takes longer to import than most queries of a
small import to run, and copies a frame before DuckDB reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
import polars as pl

__all__ = ["fetch", "registered"]


def fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    """The rows of a select."""
    return pl.DataFrame(_Stream(connection.sql(sql)))


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, name: str = "incoming"
) -> Iterator[None]:
    """Inside, queries of the connection read `frame` under `name`."""
    connection.register(name, _Stream(frame))
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a transaction that has failed takes no more
            connection.unregister(name)
        raise
    connection.unregister(name)


class _Stream:
    """What can do nothing but be read as a stream, as often as it is asked for.

    Polars remembers the type of what it made a frame of, and with DuckDB's own type all that
    DuckDB complains of at exit when it is still there.
    """

    def __init__(self, source: duckdb.DuckDBPyRelation | pl.DataFrame) -> None:
        self._source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._source.__arrow_c_stream__(requested_schema)
