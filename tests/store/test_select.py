"""A person's own query: right columns, no changes, errors in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from pocketdev_analytics.exceptions import QueryError
from pocketdev_analytics.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.duckdb", read_only=False) as opened:
        yield opened


def test_columns_of_one_name_keep_their_own_values(store: Store) -> None:
    rows = store.query('select 1 as n, 2 as n, 3 as "N", 4 as n_1')
    assert rows.row(0) == (1, 2, 3, 4)
    assert len({name.lower() for name in rows.columns}) == 4


def test_an_infinite_time_is_null_and_others_are_kept(store: Store) -> None:
    rows = store.query("select 'infinity'::timestamp as a, date '2026-11-01' as b, now() as c")
    assert rows["a"].to_list() == [None]
    assert str(rows["b"][0]) == "2026-11-01"
    assert rows["c"][0] is not None


def test_values_that_a_frame_cannot_hold_come_as_text(store: Store) -> None:
    rows = store.query("select union_value(k := 1) as u, interval 1 day as i, [now()] as l")
    assert rows["u"].to_list() == ["1"]
    assert rows["i"].to_list() == ["1 day"]


@pytest.mark.parametrize(
    "sql",
    ["delete from model_pricing", "select 1; drop table responses", "set threads = 1", ""],
)
def test_a_query_changes_nothing_on_a_writable_store_neither(store: Store, sql: str) -> None:
    before = store.query("select count(*) as n from model_pricing")["n"][0]
    with pytest.raises(QueryError, match="one select"):
        store.query(sql)
    assert store.query("select count(*) as n from model_pricing")["n"][0] == before > 0


def test_an_invalid_query_is_refused_in_one_line(store: Store) -> None:
    with pytest.raises(QueryError, match="the query is refused: Parser Error") as caught:
        store.query("selec 1")
    assert "\n" not in str(caught.value)


def test_ctrl_c_in_a_query_is_not_a_query_error(store: Store) -> None:
    endless = "select count(*) from range(10_000_000) as a, range(10_000_000) as b"
    timer = Timer(0.3, store._connection.interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        store.query(endless)
    timer.join()
