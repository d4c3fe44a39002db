"""Sync the token counts of PocketDev's messages, reading only conversations that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.arrow import registered

__all__ = ["MessageSync", "ReadMessages", "sync_messages"]

#: Yields the messages of these conversations in batches, or of all conversations for None.
ReadMessages = Callable[[Sequence[int] | None], Iterable[pl.DataFrame]]

_MESSAGES: Final = "pocketdev_messages"
_STATES: Final = "pocketdev_message_states"
_IDS_A_QUERY: Final = 10_000


@dataclass(frozen=True, slots=True)
class MessageSync:
    """Messages with token counts in the source, and how many were added, changed or removed."""

    rows: int
    added: int
    changed: int
    removed: int


def sync_messages(
    connection: duckdb.DuckDBPyConnection, states: pl.DataFrame, read: ReadMessages
) -> MessageSync:
    """Make the store hold the source's messages, within the caller's transaction.

    A conversation whose state has not changed since the last sync is not read again.

    Args:
        connection: the store.
        states: `conversation_id, count_messages, state` of every conversation that has messages
            with token counts.
        read: reads the messages.

    Raises:
        StoreError: the number of messages read differs from `states`.
    """
    with registered(connection, states, "states"):
        connection.execute("create or replace temp table wanted_states as from states")
    known = _one(connection, f"select count(*) from {_STATES}")
    fresh = _ids(connection, f"wanted_states anti join {_STATES} using (conversation_id)")
    changed = _ids(
        connection,
        f"wanted_states join {_STATES} as known using (conversation_id) "
        "where (wanted_states.count_messages, wanted_states.state) "
        "is distinct from (known.count_messages, known.state)",
    )
    gone = _ids(connection, f"{_STATES} anti join wanted_states using (conversation_id)")
    done = MessageSync(
        rows=_one(connection, "select coalesce(sum(count_messages), 0)::bigint from wanted_states"),
        added=_count(connection, "wanted_states", fresh),
        changed=_count(connection, "wanted_states", changed),
        removed=_count(connection, _STATES, gone),
    )
    if fresh or changed or gone:
        _delete(connection, [*changed, *gone])
        for ids in [None] if not known else _chunks(sorted([*fresh, *changed])):
            for batch in read(ids):
                with registered(connection, batch):
                    connection.execute(f"insert into {_MESSAGES} by name from incoming")
        connection.execute(f"delete from {_STATES}")
        connection.execute(f"insert into {_STATES} by name from wanted_states")
    connection.execute("drop table wanted_states")
    _check(connection, done.rows)
    return done


def _chunks(ids: Sequence[int]) -> Iterator[list[int] | None]:
    for start in range(0, len(ids), _IDS_A_QUERY):
        yield list(ids[start : start + _IDS_A_QUERY])


def _delete(connection: duckdb.DuckDBPyConnection, ids: list[int]) -> None:
    connection.execute(f"delete from {_MESSAGES} where conversation_id in (from unnest(?))", [ids])


def _ids(connection: duckdb.DuckDBPyConnection, source: str) -> list[int]:
    return [
        key for (key,) in connection.execute(f"select conversation_id from {source}").fetchall()
    ]


def _count(connection: duckdb.DuckDBPyConnection, table: str, ids: list[int]) -> int:
    connection.execute(
        f"select coalesce(sum(count_messages), 0)::bigint from {table} "
        "where conversation_id in (from unnest(?))",
        [ids],
    )
    ((count,),) = connection.fetchall()
    return int(count)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((value,),) = connection.execute(query).fetchall()
    return int(value)


def _check(connection: duckdb.DuckDBPyConnection, expected: int) -> None:
    found = _one(connection, f"select count(*) from {_MESSAGES}")
    if found != expected:
        raise StoreError(
            f"{found:,} of {expected:,} messages arrived; nothing was changed, sync again"
        )
