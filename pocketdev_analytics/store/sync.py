"""Sync PocketDev's tables into the store in one transaction, until it holds the source's rows.

Tables that only PocketDev writes are mirrored. `claude_sessions` merges session files with
PocketDev's sessions and conversations (the view `merged_sessions`). `model_pricing` and
`app_settings` hold PocketDev's rows and the store's own rows, which no sync has added.

A table that PocketDev dropped keeps its rows, marked as history (`synced_tables.gone_at`). A table
that cannot be read now is not changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb
import polars as pl

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.store.arrow import registered
from pocketdev_analytics.store.migrations import transaction
from pocketdev_analytics.store.price_seeds import seed_prices
from pocketdev_analytics.store.sync_messages import ReadMessages, sync_messages

__all__ = ["TableSync", "sync_tables"]

_SESSIONS: Final = "claude_sessions"
# Where the rows of a table of PocketDev go, if not into the table of its name.
_TARGETS: Final = {_SESSIONS: "pocketdev_sessions", "conversations": "pocketdev_conversations"}
# Tables that also hold the store's own rows, with the column that identifies a row.
_SHARED: Final = {"model_pricing": "model_name", "app_settings": "key"}
_SUMMED: Final = ("TINYINT", "INTEGER", "BIGINT", "DECIMAL")


@dataclass(frozen=True, slots=True)
class TableSync:
    """Rows of a table in the source, and how many of them the sync added, changed or removed."""

    table: str
    rows: int
    added: int
    changed: int
    removed: int


def sync_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, pl.DataFrame],
    *,
    source: str,
    taken_at: datetime,
    gone: Collection[str] = (),
    messages: tuple[pl.DataFrame, ReadMessages] | None = None,
) -> list[TableSync]:
    """Make the store hold the rows of these tables; tables that are not given are not changed.

    Args:
        connection: the store.
        tables: the documented tables with their columns, and `conversations`; decimals, UUIDs
            and JSON as text.
        source: database, host and port.
        taken_at: the time of the snapshot.
        gone: tables that PocketDev dropped; their rows become history.
        messages: the states and the reader for `sync_messages`.

    Raises:
        StoreError: the stored rows differ from those sent; nothing was changed.
    """
    with transaction(connection):
        done = [_sync(connection, name, frame) for name, frame in tables.items()]
        if messages is not None:
            synced = sync_messages(connection, *messages)
            done.append(
                TableSync("messages", synced.rows, synced.added, synced.changed, synced.removed)
            )
        for table in done:
            connection.execute(
                "insert or replace into synced_tables "
                "(table_name, source, taken_at, count_rows, gone_at) values (?, ?, ?, ?, null)",
                [table.table, source, taken_at, table.rows],
            )
        connection.execute(
            "update synced_tables set gone_at = ? where gone_at is null "
            "and table_name in (from unnest(?))",
            [taken_at, list(gone)],
        )
        if "conversations" in tables:
            _keep_cli_sessions(connection)
        if not tables.keys().isdisjoint(_TARGETS) or _SESSIONS in gone:
            _merge_sessions(connection)
    return done


def _sync(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> TableSync:
    # A session is compared with the row that the last sync brought, not with the merged one.
    target = _TARGETS.get(table, table)
    _stage(connection, target, frame)
    if table in _SHARED:
        _keep_own(connection, table, _SHARED[table])
    done = _make_equal(connection, target)
    _advance_sequence(connection, target)
    if table == "model_pricing":
        seed_prices(connection)
    return TableSync(table, frame.height, *done)


def _keep_cli_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    """Remember the CLI session that each conversation names: PocketDev keeps the last one only."""
    connection.execute(
        "delete from pocketdev_cli_sessions where conversation_uuid not in "
        "(select conversation_uuid from pocketdev_conversations "
        "where conversation_uuid is not null)"
    )
    connection.execute(
        "insert into pocketdev_cli_sessions select conversation_uuid, provider_session_id "
        "from pocketdev_conversations where conversation_uuid is not null "
        "and provider_session_id is not null except from pocketdev_cli_sessions"
    )


def _stage(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Load the rows into the temp table `wanted`, with the types of `table`."""
    connection.execute(f"create or replace temp table wanted as from {table} limit 0")
    if frame.is_empty():
        return
    names = [name for name, kind in _types(connection, table) if kind.startswith("JSON")]
    # JSON that DuckDB reads more strictly than PostgreSQL is kept as a JSON string.
    safe = ", ".join(f"if(json_valid({name}), {name}, to_json({name})) as {name}" for name in names)
    columns = f"* replace ({safe})" if safe else "*"
    with registered(connection, frame):
        connection.execute(f"insert into wanted by name select {columns} from incoming")
    _check_arrival(
        connection, frame, [name for name in frame.columns if frame[name].dtype == pl.Int64]
    )


def _check_arrival(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, whole: list[str]
) -> None:
    sums = "".join(f", coalesce(sum({name}), 0)::hugeint::varchar" for name in whole)
    filled = "".join(f", count({name})" for name in frame.columns)
    (found,) = connection.execute(f"select count(*){sums}{filled} from wanted").fetchall()
    expected = (
        frame.height,
        *(str(frame[name].cast(pl.Int128).sum()) for name in whole),
        *(frame[name].count() for name in frame.columns),
    )
    if found != expected:
        raise StoreError(
            f"the store took {found} for {expected} (rows, sums and values of "
            f"{', '.join(frame.columns)}); nothing was changed, sync again"
        )


def _keep_own(connection: duckdb.DuckDBPyConnection, table: str, key: str) -> None:
    """Add the store's own rows to `wanted`, with new ids where PocketDev uses theirs."""
    connection.execute(
        f"create or replace temp table own as select * from {table} "
        f"where {key} not in (select {key} from wanted) "
        "and not exists (select 1 from synced_rows where table_name = ? and synced_rows.key = "
        f"{table}.{key})",
        [table],
    )
    connection.execute(
        "update own set id = (select max(id) from (from (select id from own) union all "
        "select id from wanted)) + place from "
        "(select id as old, row_number() over (order by id) as place from own "
        "where id in (select id from wanted)) as moved where own.id = moved.old"
    )
    connection.execute("delete from synced_rows where table_name = ?", [table])
    connection.execute(f"insert into synced_rows select ?, {key} from wanted", [table])
    connection.execute("insert into wanted by name select * from own")


def _make_equal(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int, int]:
    """Make `table` hold the rows of `wanted`, writing only the difference.

    Returns:
        The number of rows added, changed and removed. The store's own rows do not count: only
        their ids can change.
    """
    if _digest(connection, "wanted") == _digest(connection, table):
        _drop_temporary(connection)
        return 0, 0, 0
    key = _types(connection, table)[0][0]
    for name, rows, others in (("fresh", "wanted", table), ("stale", table, "wanted")):
        connection.execute(
            f"create or replace temp table {name} as "
            f"(select * from {rows} except select * from {others})"
        )
    done = _changes(connection, table, _SHARED.get(table, key))
    connection.execute(f"delete from {table} where {key} in (select {key} from stale)")
    connection.execute(f"insert into {table} by name select * from fresh")
    _check_equal(connection, table)
    _drop_temporary(connection)
    return done


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[object, ...]:
    """The number of rows and a hash of all their values; cheaper than comparing row by row."""
    columns = ", ".join(sorted(name for name, _ in _types(connection, table)))
    (found,) = connection.execute(
        f"select count(*), sum(hash({columns})::hugeint) from {table}"
    ).fetchall()
    return tuple(found)


def _drop_temporary(connection: duckdb.DuckDBPyConnection) -> None:
    for name in ("wanted", "fresh", "stale", "own"):
        connection.execute(f"drop table if exists {name}")


def _changes(connection: duckdb.DuckDBPyConnection, table: str, key: str) -> tuple[int, int, int]:
    own = f"where {key} not in (select {key} from own)" if table in _SHARED else ""
    ((added, changed, removed),) = connection.execute(
        f"with fresh as (select {key} from fresh {own}), "
        f"stale as (select {key} from stale {own}) "
        f"select (select count(*) from fresh anti join stale using ({key})), "
        f"(select count(*) from fresh semi join stale using ({key})), "
        f"(select count(*) from stale anti join fresh using ({key}))"
    ).fetchall()
    return added, changed, removed


def _check_equal(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    sums = "".join(
        f", sum({name})" for name, kind in _types(connection, table) if kind.startswith(_SUMMED)
    )
    found, expected = (
        connection.execute(f"select count(*){sums} from {name}").fetchall()
        for name in (table, "wanted")
    )
    if found != expected:
        raise StoreError(
            f"{table} holds {found[0]} instead of {expected[0]} (rows and sums); "
            "nothing was changed, sync again"
        )


def _merge_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    query = (sql_dir() / "load" / "synced_sessions.sql").read_text("utf-8")
    connection.execute(f"create or replace temp table wanted as from {_SESSIONS} limit 0")
    connection.execute(f"insert into wanted by name ({query})")
    _make_equal(connection, _SESSIONS)
    _advance_sequence(connection, _SESSIONS)


def _advance_sequence(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make new ids begin after the highest id in the table."""
    sequences = connection.execute(
        "select last_value from duckdb_sequences() where sequence_name = ?", [f"{table}_id_seq"]
    ).fetchall()
    if not sequences:
        return
    ((last,),) = connection.execute(f"select max(id) from {table}").fetchall()
    if (last or 0) > (sequences[0][0] or 0):
        connection.execute("select setval(?, ?)", [f"{table}_id_seq", last]).fetchall()


def _types(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where table_name = ? and not internal order by column_index",
        [table],
    ).fetchall()
