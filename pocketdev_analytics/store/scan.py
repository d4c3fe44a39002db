"""Scan a relation of the store as a lazy frame that reads only the columns it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from pocketdev_analytics.model import Schema

__all__ = ["Relation", "scan", "usage_relation"]

#: The relation to read from: a name, or a function of the columns to read.
Relation = str | Callable[[Collection[str]], str]

# Columns that the view `usage` joins or derives; the others are those of the table `responses`.
_NAMED: Final = frozenset({"session_title", "project", "agent", "agent_type", "machine", "product"})


def usage_relation(names: Collection[str]) -> str:
    """Return the relation with these columns; DuckDB runs joins even if no column needs them."""
    return "responses" if _NAMED.isdisjoint(names) else "usage"


def scan(read: Callable[[str], pl.DataFrame], relation: Relation, columns: Schema) -> pl.LazyFrame:
    """Return the rows of `relation`, read with `read(sql)` when the frame is collected."""
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
