"""Scan a relation of the store as a lazy frame that reads only the columns it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from pocketdev_analytics.model import CONVERSATION_DIMENSIONS, USAGE, Schema

__all__ = ["Relation", "fact_relation", "scan", "usage_relation"]

#: The relation to read from: a name, or a function of the columns to read.
Relation = str | Callable[[Collection[str]], str]

# Columns that the view `usage` joins or derives; the others are those of the table `responses`.
_NAMED: Final = frozenset({"session_title", "project", "agent", "agent_type", "machine", "product"})


# PocketDev's names of a session: columns of a view of their own.
_OF_CONVERSATIONS: Final = frozenset(CONVERSATION_DIMENSIONS)


def usage_relation(
    names: Collection[str], is_synced: Callable[[], bool], *, has_conversations: bool
) -> str:
    """Return the relation with these columns; DuckDB runs joins even if no column needs them.

    `is_synced` says whether PocketDev knows any session, and is asked only where its names of
    sessions are read. `has_conversations`: the view `conversation_usage` has rows, which are
    usage too.
    """
    source = "responses" if (_NAMED | _OF_CONVERSATIONS).isdisjoint(names) else "usage"
    if has_conversations:
        left_out = _OF_CONVERSATIONS | (_NAMED if source == "responses" else frozenset())
        own = ", ".join(name for name in USAGE if name not in left_out)
        source = f"(select {own} from {source} union all select {own} from conversation_usage)"
    return _with_conversations(source, names, is_synced, provider="facts.provider")


def fact_relation(view: str, is_synced: Callable[[], bool]) -> Relation:
    """Return a view of facts as a relation with PocketDev's names of their sessions."""
    return lambda names: _with_conversations(view, names, is_synced, provider="null::varchar")


def _with_conversations(
    source: str, names: Collection[str], is_synced: Callable[[], bool], *, provider: str
) -> str:
    """Add PocketDev's names to `source`; `provider` is that of sessions that it does not know."""
    wanted = [name for name in CONVERSATION_DIMENSIONS if name in names]
    if not wanted:
        return source
    own = dict.fromkeys(wanted, "null::varchar") | {"session_provider": provider}
    if not is_synced():
        columns = ", ".join(f"{own[name]} as {name}" for name in wanted)
        return f"(select *, {columns} from {source} as facts)"
    columns = ", ".join(f"coalesce(conversation.{name}, {own[name]}) as {name}" for name in wanted)
    return (
        f"(select facts.*, {columns} from {source} as facts "
        "left join session_conversations as conversation using (session_id))"
    )


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
