"""Exchange rows between DuckDB and Polars over the Arrow C stream interface.

Both also convert through pyarrow, but importing that takes longer than most queries of a small
import, and a frame is copied before DuckDB reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
import polars as pl

__all__ = ["fetch", "registered"]


def fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    """Return the rows of a select."""
    return pl.DataFrame(_Stream(connection.sql(sql)))


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, name: str = "incoming"
) -> Iterator[None]:
    """Make `frame` readable as the relation `name` inside the block."""
    connection.register(name, _Stream(frame))
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # a failed transaction accepts no further statement
            connection.unregister(name)
        raise
    connection.unregister(name)


class _Stream:
    """Only the Arrow stream of a relation or frame, which can be requested repeatedly.

    Polars caches the type of each object that it reads; caching DuckDB's own type makes DuckDB
    print an error at exit.
    """

    def __init__(self, source: duckdb.DuckDBPyRelation | pl.DataFrame) -> None:
        self._source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._source.__arrow_c_stream__(requested_schema)
