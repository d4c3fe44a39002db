"""A batch is checked before it is committed, and kept as a whole or not at all."""

from __future__ import annotations

import duckdb
import pytest

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.importer import run
from pocketdev_analytics.store import load
from tests.agents.claude.by_hand import A, B, answer, call, prompt
from tests.importer.stores import FACTS, Books, facts


@pytest.fixture
def grown(books: Books) -> Books:
    """A history of which the store knows one session and not yet the other."""
    books.write(A, prompt(), answer(content=[call()]))
    books.import_()
    books.write(B, prompt("Two", sessionId=B), answer("msg_2", sessionId=B, content=[call("t2")]))
    return books


class Lossy:
    """A connection that loses the rows of one kind of statement."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statement: str) -> None:
        self.connection = connection
        self.statement = statement

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)

    def execute(self, sql: str, *values: object) -> duckdb.DuckDBPyConnection:
        lost = " limit 0" if sql.startswith(self.statement) else ""
        return self.connection.execute(sql + lost, *values)


@pytest.mark.parametrize("table", ["usage_lines", "prompts", "tool_uses"])
def test_rows_that_do_not_arrive_roll_the_batch_back(
    grown: Books, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    before = facts(grown.store)
    loading = load.load_batch

    def lossy(connection: duckdb.DuckDBPyConnection, batch: load.Batch) -> None:
        loading(Lossy(connection, f"insert into {table} "), batch)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("pocketdev_analytics.store.store.load_batch", lossy)
        with pytest.raises(StoreError, match=f"{table}.*nothing of this batch was kept"):
            grown.import_()
    assert facts(grown.store) == before
    assert grown.import_().responses == 2


@pytest.mark.parametrize(
    "shown",
    [
        RuntimeError("Query interrupted"),
        duckdb.InterruptException("INTERRUPT Error: Interrupted!"),
        duckdb.InvalidInputException("reading 'incoming' failed: KeyboardInterrupt: "),
    ],
)
def test_ctrl_c_during_a_batch_is_not_a_store_error(
    grown: Books, monkeypatch: pytest.MonkeyPatch, shown: Exception
) -> None:
    before = facts(grown.store)

    def interrupted(connection: duckdb.DuckDBPyConnection) -> None:
        raise shown

    with monkeypatch.context() as patch:
        patch.setattr(load, "fold_sessions", interrupted)
        with pytest.raises(KeyboardInterrupt):
            grown.import_()
    assert facts(grown.store) == before
    assert grown.import_().responses == 2


def test_a_failure_anywhere_in_a_batch_rolls_all_of_it_back(
    grown: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = facts(grown.store)

    def fail(*_: object) -> None:
        raise duckdb.IOException("Could not write: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(load, "fold_sessions", fail)
        with pytest.raises(StoreError, match=r"cannot write to .*No space left on device"):
            grown.import_()
    assert facts(grown.store) == before
    assert grown.import_().responses == 2


def test_batches_before_a_failure_are_kept(grown: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        grown.write(f"notes-{number}", answer(f"note_{number}", sessionId=A))
    fold, calls = load.fold_sessions, iter(range(100))

    def fail_late(connection: duckdb.DuckDBPyConnection) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt
        fold(connection)

    monkeypatch.setattr(run, "_BATCH_BYTES", 1)
    monkeypatch.setattr("pocketdev_analytics.importer.tasks._TASK_FILES", 1)
    with monkeypatch.context() as patch:
        patch.setattr(load, "fold_sessions", fail_late)
        with pytest.raises(KeyboardInterrupt):
            grown.import_()
    assert len(facts(grown.store)["responses"]) == 3
    assert grown.import_().responses == 5


def test_every_fact_table_is_compared() -> None:
    assert set(load.LINE_FRAMES) <= set(FACTS)
