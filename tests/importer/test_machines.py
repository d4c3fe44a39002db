"""Which machine a file is from, and that everything it holds says so."""

from __future__ import annotations

import duckdb
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, answer, api_error, call, prompt, system
from tests.importer.stores import Books


def test_every_fact_names_the_machine_of_its_file(books: Books) -> None:
    error = {**api_error(), "uuid": "e1", "timestamp": "2026-11-01T09:02:00Z"}
    event = {**system("turn_duration", durationMs=5), "uuid": "d1"}
    books.write(A, prompt("Hello"), answer("msg_1", content=[call("t1")]), error, event)
    import_history([books.folder / "projects"], books.store, machine="laptop")
    with open_store(books.store) as store:
        frames = store.history().frames()
    for name, frame in frames.items():
        machines = frame.collect()["machine"].to_list()
        assert machines, name
        assert set(machines) == {"laptop"}, name


def test_reports_group_and_filter_by_machine(books: Books) -> None:
    first = books.write(A, answer("msg_1"))
    second = books.write(B, answer("msg_2"), answer("msg_3", "10:00:00"))
    import_history([first], books.store, machine="laptop")
    import_history([second], books.store, machine="tower")
    with open_store(books.store) as store:
        history = store.history()
    rows = reports.cost(history.usage, by=["machine"]).collect()
    assert dict(rows.select("machine", "responses").iter_rows()) == {"laptop": 1, "tower": 2}
    tower = reports.filter_history(history, machines=["tower"]).usage.collect()
    assert sorted(tower["response_id"]) == ["msg_2", "msg_3"]


def test_a_known_file_keeps_its_machine(books: Books) -> None:
    path = books.write(A, answer("msg_1"))
    import_history([path], books.store, machine="laptop")
    books.append(path, answer("msg_2", "10:00:00"))
    summary = import_history([path], books.store, machine="tower")
    assert summary.responses_added == 1
    assert books.values("select machine, count(*) from usage group by all") == [("laptop", 2)]


def test_a_rewritten_file_stays_of_its_machine(books: Books) -> None:
    path = books.write(A, answer("msg_1"))
    import_history([path], books.store, machine="laptop")
    path.unlink()
    books.write(A, answer("msg_9"))
    import_history([path], books.store, machine="tower")
    assert books.values("select distinct machine from session_files") == [("laptop",)]


def test_files_imported_before_machines_had_names_are_of_an_unknown_one(books: Books) -> None:
    books.write(A, answer("msg_1"))
    books.import_()
    with duckdb.connect(books.store) as connection:
        connection.execute("update session_files set machine = null")
    assert books.values("select machine from usage") == [("unknown",)]


@pytest.mark.parametrize("name", ["laptop", "tower"])
def test_the_settings_name_the_machine(
    books: Books, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("POCKETDEV_ANALYTICS_MACHINE", name)
    books.write(A, answer("msg_1"))
    books.import_()
    assert books.values("select machine from session_files") == [(name,)]
