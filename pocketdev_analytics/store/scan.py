"""A relation of the store as a lazy frame: only the columns that a plan uses are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl
from polars.io.plugins import register_io_source

from pocketdev_analytics.schema import Schema

__all__ = ["scan"]


def scan(read: Callable[[str], pl.DataFrame], relation: str, columns: Schema) -> pl.LazyFrame:
    """The rows of `relation`, read by `read(sql)` when the frame is collected."""
    schema = pl.Schema(columns)

    def source(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG001 - a hint; DuckDB hands over whole results
    ) -> Iterator[pl.DataFrame]:
        names = with_columns if with_columns is not None else list(schema)
        limit = "" if n_rows is None else f" limit {n_rows}"
        rows = read(f"select {', '.join(names)} from {relation}{limit}")
        rows = rows.cast(pl.Schema({name: schema[name] for name in names}))
        yield rows if predicate is None else rows.filter(predicate)

    return register_io_source(source, schema=schema)
