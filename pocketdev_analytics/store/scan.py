"""A relation of the store as a lazy frame: only the columns that a plan uses are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from pocketdev_analytics.model import Schema

__all__ = ["Relation", "scan", "usage_relation"]

#: What columns are read from: always the same, or by which they are.
Relation = str | Callable[[Collection[str]], str]

# What the view `usage` joins to the table or derives; the rest it hands on as it is.
_NAMED: Final = frozenset({"session_title", "project", "agent", "agent_type", "machine"})


def usage_relation(names: Collection[str]) -> str:
    """Where these columns of `model.USAGE` are: DuckDB makes joins that nothing is read of."""
    return "responses" if _NAMED.isdisjoint(names) else "usage"


def scan(read: Callable[[str], pl.DataFrame], relation: Relation, columns: Schema) -> pl.LazyFrame:
    """The rows of `relation`, read by `read(sql)` when the frame is collected."""
    schema = pl.Schema(columns)

    def rows_of(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,  # noqa: ARG001 - a hint; DuckDB hands over whole results
    ) -> Iterator[pl.DataFrame]:
        names = with_columns if with_columns is not None else list(schema)
        limit = "" if n_rows is None else f" limit {n_rows}"
        source = relation if isinstance(relation, str) else relation(names)
        rows = read(f"select {', '.join(names)} from {source}{limit}")
        rows = rows.cast(pl.Schema({name: schema[name] for name in names}))
        yield rows if predicate is None else rows.filter(predicate)

    return register_io_source(rows_of, schema=schema)
