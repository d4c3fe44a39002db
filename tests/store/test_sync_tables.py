"""PocketDev's tables go into the store, on frames made by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.pocketdev.tables import TABLES
from pocketdev_analytics.store import Store, TableSync, open_store

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
UUIDS = [f"6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1a{digit}" for digit in range(10)]
SESSION = {
    "project_path": "/work",
    "model": "claude-opus-5-5",
    "turn_count": 2,
    "status": "active",
}


def frame(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    columns = {column.name: column.dtype for column in TABLES[table].columns}
    return pl.DataFrame(list(rows), schema=columns)


def session(number: int, **values: Any) -> dict[str, Any]:
    return SESSION | {"id": number, "claude_session_id": UUIDS[number]} | values


def price(number: int, name: str, **values: Any) -> dict[str, Any]:
    multipliers = {"cache_write_multiplier": "1.250", "cache_read_multiplier": "0.050"}
    return {
        "id": number,
        "model_name": name,
        "input_price_per_million": "4",
        **multipliers,
    } | values


def setting(number: int, key: str, value: str | None) -> dict[str, Any]:
    return {"id": number, "key": key, "value": value}


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("new") / "store.duckdb"
    open_store(path, read_only=False).close()
    return path


@pytest.fixture
def store(tmp_path: Path, new: Path) -> Iterator[Store]:
    with open_store(shutil.copy(new, tmp_path), read_only=False) as opened:
        yield opened


def sync(store: Store, **tables: list[dict[str, Any]]) -> list[TableSync]:
    frames = {name: frame(name, *rows) for name, rows in tables.items()}
    return store.sync(frames, source="d at h:5432", taken_at=AT)


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return store.query(sql).rows()


def test_rows_come_as_they_are_with_their_ids(store: Store) -> None:
    state = '{"b": 1.10,  "a": [null]}'
    at = datetime(2026, 11, 1, 10, 0, 0, 123456)  # noqa: DTZ001
    sync(store, claude_sessions=[session(5, streaming_state=state, last_activity_at=at)])
    found = store.query("select * from claude_sessions").to_dicts()
    assert found == [
        session(5, streaming_state=state, last_activity_at=at)
        | {"title": None, "created_at": None, "updated_at": None}
    ]


def test_repeating_a_sync_writes_nothing(store: Store) -> None:
    tables = {
        "claude_sessions": [session(1), session(2, claude_session_id=None)],
        "model_pricing": [price(1, "claude-opus-5-5"), price(2, "my-model")],
        "app_settings": [setting(1, "openai_api_key", "sealed")],
        "users": [{"id": 1, "name": "Kim", "email": "k@example.org", "password": ""}],
    }
    first = sync(store, **tables)
    assert [(done.table, done.rows, done.added, done.changed) for done in first] == [
        ("claude_sessions", 2, 2, 0),
        ("model_pricing", 2, 1, 1),
        ("app_settings", 1, 1, 0),
        ("users", 1, 1, 0),
    ]
    again = sync(store, **tables)
    assert {(done.added, done.changed, done.removed) for done in again} == {(0, 0, 0)}


def test_rows_that_are_gone_at_the_source_are_gone_here(store: Store) -> None:
    sync(store, claude_sessions=[session(1), session(2)], users=[])
    (done,) = sync(store, claude_sessions=[session(2, title="renamed"), session(3)])
    assert (done.rows, done.added, done.changed, done.removed) == (2, 1, 1, 1)
    assert rows(store, "select id, title from claude_sessions order by id") == [
        (2, "renamed"),
        (3, None),
    ]
    sync(store, claude_sessions=[])
    assert rows(store, "select * from claude_sessions") == []


def test_keys_may_change_places(store: Store) -> None:
    sync(store, claude_sessions=[session(1), session(2)])
    swapped = [session(1, claude_session_id=UUIDS[2]), session(2, claude_session_id=UUIDS[1])]
    sync(store, claude_sessions=swapped)
    assert rows(store, "select id, claude_session_id from claude_sessions order by id") == [
        (1, UUIDS[2]),
        (2, UUIDS[1]),
    ]


def test_a_table_that_was_not_read_stays_as_it_was(store: Store) -> None:
    sync(store, claude_sessions=[session(1)], app_settings=[setting(1, "a", "sealed")])
    sync(store, app_settings=[])
    assert rows(store, "select id from claude_sessions") == [(1,)]
    assert rows(store, "select * from app_settings") == []


def test_later_ids_begin_after_those_that_came(store: Store) -> None:
    sync(store, app_settings=[setting(70, "a", "sealed")])
    store.app_settings().put({"b": "own"})
    assert rows(store, "select id from app_settings where key = 'b'") == [(71,)]


def test_prices_of_pocketdev_win_and_the_seeded_ones_come_back_when_they_go(store: Store) -> None:
    seeded = rows(store, "select model_name, input_price_per_million from model_pricing")
    mine = price(3, "my-model", input_price_per_million="0.000001")
    sync(store, model_pricing=[price(1, "claude-opus-5-5", input_price_per_million="9"), mine])
    found = {
        name: (number, str(amount))
        for number, name, amount in rows(
            store, "select id, model_name, input_price_per_million from model_pricing"
        )
    }
    assert found["claude-opus-5-5"] == (1, "9.000000")
    assert found["my-model"] == (3, "0.000001")
    assert len(found) == len(seeded) + 1
    assert len({number for number, _ in found.values()}) == len(found)
    sync(store, model_pricing=[])
    after = rows(store, "select model_name, input_price_per_million from model_pricing")
    assert sorted(after) == sorted(seeded)


def test_settings_of_the_store_are_kept_next_to_those_of_pocketdev(store: Store) -> None:
    store.app_settings().put({"own": "mine", "both": "here"})
    sync(store, app_settings=[setting(1, "both", "there"), setting(2, "theirs", None)])
    assert store.app_settings().all() == {"both": "there", "own": "mine", "theirs": None}
    sync(store, app_settings=[])
    assert store.app_settings().all() == {"own": "mine"}


def test_json_that_duckdb_reads_more_strictly_is_kept_as_text(store: Store) -> None:
    sync(store, claude_sessions=[session(1, streaming_state=r'{"text": "\ud83d"}')])
    ((state,),) = rows(
        store, "select json_extract_string(streaming_state, '$') from claude_sessions"
    )
    assert state == r'{"text": "\ud83d"}'


def test_rows_that_do_not_fit_do_not_change_the_store(store: Store) -> None:
    sync(store, claude_sessions=[session(1)])
    with pytest.raises(StoreError, match="cannot write to"):
        sync(
            store,
            claude_sessions=[session(2), session(3)],
            jobs=[{"id": 1, "queue": "q", "payload": "", "attempts": 999}],
        )
    assert rows(store, "select id from claude_sessions") == [(1,)]
    assert rows(store, "select table_name, count_rows from synced_tables") == [
        ("claude_sessions", 1)
    ]


def test_a_store_says_from_where_and_when_its_tables_are(store: Store) -> None:
    sync(store, users=[])
    found = store.query("select * from synced_tables").to_dicts()
    assert found == [
        {
            "table_name": "users",
            "source": "d at h:5432",
            "taken_at": AT,
            "count_rows": 0,
            "gone_at": None,
        }
    ]


def test_rows_that_differ_from_those_sent_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pocketdev_analytics.store import sync as module

    honest = module._check_arrival

    def lossy(connection: duckdb.DuckDBPyConnection, *rest: Any) -> None:
        connection.execute("update wanted set turn_count = turn_count + 1")
        honest(connection, *rest)

    monkeypatch.setattr(module, "_check_arrival", lossy)
    with pytest.raises(StoreError, match="nothing was changed, sync again"):
        sync(store, claude_sessions=[session(1)])
    assert rows(store, "select * from claude_sessions") == []
