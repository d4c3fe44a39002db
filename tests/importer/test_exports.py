"""Exports of several machines in one store: nothing counts twice, in any order."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import Store, open_store
from pocketdev_analytics.store.export import export_store
from tests.agents.claude.by_hand import A, B, Line, answer, as_bytes, prompt, title, write
from tests.importer.histories import History, histories
from tests.importer.stores import FACTS, facts

EXAMPLES = int(os.environ.get("POCKETDEV_TEST_EXAMPLES", "3"))
MACHINES = ("laptop", "tower")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Machine:
    """A machine: its store, and session files at the same paths as every other machine's."""

    name: str
    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / f"{self.name}.duckdb"

    @property
    def projects(self) -> Path:
        return self.folder / "projects"

    def import_(self, history: History) -> None:
        """Make its disk hold just these files, and import them."""
        shutil.rmtree(self.projects, ignore_errors=True)
        for name, content in history.items():
            path = self.projects / "-one" / f"{name}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.projects.mkdir(exist_ok=True)
        import_history([self.projects], self.store, machine=self.name)

    def export(self, name: str) -> Path:
        folder = self.folder / name
        export_store(folder, self.store, made_at=NOON)
        return folder


def rows(store: Path, *, but: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all fact tables; of sessions without the number they happened to get."""
    found = {}
    with duckdb.connect(store, read_only=True) as connection:
        for table in FACTS:
            names = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
            left_out = {"id", *but} if table == "claude_sessions" else set(but)
            texts = ", ".join(f'"{name}"::varchar' for name in names if name not in left_out)
            found[table] = connection.execute(
                f"select {texts} from {table} order by all"
            ).fetchall()
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("machines")


def machines(folder: Path, empty_store: Path) -> list[Machine]:
    shutil.rmtree(folder)
    folder.mkdir()
    made = [Machine(name, folder) for name in MACHINES]
    for machine in made:
        shutil.copy(empty_store, machine.store)
    return made


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(history=histories(), data=st.data())
def test_any_split_over_machines_in_any_order_makes_the_same_store(
    folder: Path, empty_store: Path, history: History, data: st.DataObject
) -> None:
    exports = []
    for machine in machines(folder, empty_store):
        mine = {name: text for name, text in history.items() if data.draw(st.booleans())}
        early = {name: text[: data.draw(st.integers(0, len(text)))] for name, text in mine.items()}
        machine.import_(early)
        exports.append(machine.export(f"{machine.name}-early"))
        machine.import_(mine)
        exports.append(machine.export(f"{machine.name}-late"))
    late = [path for path in exports if path.name.endswith("late")]
    expected = _united(folder / "expected.duckdb", empty_store, late)
    order = data.draw(st.permutations([*exports, data.draw(st.sampled_from(exports))]))
    assert rows(_united(folder / "any.duckdb", empty_store, order)) == rows(expected)
    with open_store(expected) as store:
        responses = store.usage().collect()["response_id"].to_list()
    assert len(responses) == len(set(responses))


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(history=histories(), data=st.data())
def test_files_read_here_and_an_export_of_them_are_the_same(
    folder: Path, empty_store: Path, history: History, data: st.DataObject
) -> None:
    machine, other = machines(folder, empty_store)
    other.import_({name: text for name, text in history.items() if data.draw(st.booleans())})
    foreign = other.export("foreign")
    machine.import_(
        {name: text[: data.draw(st.integers(0, len(text)))] for name, text in history.items()}
    )
    early = machine.export("early")
    machine.import_(history)
    late = machine.export("late")
    expected = _united(folder / "expected.duckdb", empty_store, [late, foreign])
    target = folder / "any.duckdb"
    shutil.copy(empty_store, target)
    steps = data.draw(st.permutations([early, late, foreign, machine.projects]))
    for step in steps:
        import_history([step], target, machine=machine.name)
    of_the_run = ("is_remote", "noted_at")
    assert rows(target, but=of_the_run) == rows(expected, but=of_the_run)


def _united(store: Path, empty_store: Path, exports: list[Path]) -> Path:
    shutil.copy(empty_store, store)
    for export in exports:
        import_history([export], store)
    return store


def exported(folder: Path, machine: str, *lines: Line, name: str = A) -> Path:
    """An export of a machine of that name with one session file."""
    history = folder / machine
    write(history, name, *lines)
    import_history([history / "projects"], history / "store.duckdb", machine=machine)
    export_store(history / "export", history / "store.duckdb")
    return history / "export"


def test_a_response_of_two_machines_counts_once(tmp_path: Path) -> None:
    first = exported(tmp_path, "laptop", prompt(), answer("msg_1"), answer("msg_2", "10:05:00"))
    second = exported(tmp_path, "tower", prompt(), answer("msg_1"), answer("msg_3", "10:06:00"))
    summary = import_history([first, second], tmp_path / "store.duckdb")
    assert (summary.files, summary.files_read, summary.responses) == (2, 2, 3)
    again = import_history([second, first], tmp_path / "store.duckdb")
    assert (again.files_read, again.responses_added, again.responses) == (0, 0, 3)


def test_an_export_is_the_same_in_one_batch_and_in_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = {"one": [prompt(), answer("msg_1")], "two": [answer("msg_1"), answer("msg_2")]}
    folders = [exported(tmp_path, name, *shown) for name, shown in lines.items()]
    collected, whole, parts = (tmp_path / f"{name}.duckdb" for name in ("all", "whole", "parts"))
    import_history(folders, collected)
    export_store(tmp_path / "both", collected, made_at=NOON)
    import_history([tmp_path / "both"], whole)
    monkeypatch.setattr("pocketdev_analytics.importer.exports._BATCH_BYTES", 1)
    loaded: list[int] = []
    monkeypatch.setattr(
        Store, "load", lambda store, batch, load=Store.load: (loaded.append(1), load(store, batch))
    )
    assert import_history([tmp_path / "both"], parts).files_read == len(loaded) == 2
    assert facts(parts) == facts(whole)
    assert len(facts(whole)["responses"]) == 2


def test_equal_paths_of_two_machines_are_two_files(tmp_path: Path, empty_store: Path) -> None:
    (tmp_path / "both").mkdir()
    laptop, tower = machines(tmp_path / "both", empty_store)
    laptop.import_({A: as_bytes(answer("msg_1"))})
    first = laptop.export("first")
    tower.import_({A: as_bytes(answer("msg_2"))})
    summary = import_history([first], tower.store, machine="tower")
    assert summary.responses == 2
    with open_store(tower.store) as store:
        files = store.session_files()
    assert files["path"].n_unique() == 1
    assert sorted(files.select("machine", "is_remote").rows()) == [
        ("laptop", True),
        ("tower", False),
    ]


def test_files_of_another_machine_are_never_missed_here(tmp_path: Path) -> None:
    export = exported(tmp_path, "laptop", answer("msg_1"))
    shutil.rmtree(tmp_path / "laptop" / "projects")
    store = tmp_path / "store.duckdb"
    import_history([export], store)
    (tmp_path / "laptop" / "projects").mkdir()
    summary = import_history([tmp_path / "laptop" / "projects"], store, machine="tower")
    assert summary.files_gone == 0
    with open_store(store) as opened:
        assert opened.session_files()["gone_at"].to_list() == [None]


def test_a_later_export_takes_the_place_of_a_machines_earlier_rows(tmp_path: Path) -> None:
    early = exported(tmp_path, "laptop", title("ai-title", "Old"), answer("msg_1", stop=None))
    store = tmp_path / "store.duckdb"
    import_history([early], store)
    lines = (title("ai-title", "Old"), answer("msg_1", stop=None), answer("msg_1", "10:01:00"))
    late = exported(tmp_path, "laptop", *lines, title("ai-title", "New"))
    import_history([late], store)
    with open_store(store) as opened:
        assert opened.query("select count(*) as n from usage_lines").item() == 2
        assert opened.query("select title from session_titles").item() == "New"
        responses = opened.usage().filter(kind="response").collect()
        assert responses["is_lower_bound"].to_list() == [False]


@dataclass
class Lookers:
    """Two stores that look at one disk now and then, and one that unites what they export."""

    folder: Path

    def look(self, name: str) -> None:
        projects = self.folder / "projects"
        import_history([projects], self.folder / f"{name}.duckdb", machine="laptop")

    def united(self, *order: str) -> pl.DataFrame:
        """The files that they know together, those with few lines first."""
        path = self.folder / "united.duckdb"
        for name in order:
            export_store(self.folder / name, self.folder / f"{name}.duckdb")
            import_history([self.folder / name], path, machine="laptop")
        with open_store(path) as opened:
            return opened.session_files().sort("count_lines")


IN_EITHER_ORDER = pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])


@IN_EITHER_ORDER
def test_seeing_a_file_replaced_outranks_finding_it_gone(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    stores = Lookers(tmp_path)
    replaced = write(tmp_path, A, answer("msg_1"), project="-one")
    stores.look("first")
    stores.look("second")
    write(tmp_path, A, answer("msg_2"), answer("msg_3"), project="-one")
    stores.look("first")
    replaced.parent.rename(tmp_path / "projects" / "-two")
    stores.look("second")
    files = stores.united(*order)
    assert files["count_lines"].to_list() == [1, 2]
    assert files["superseded_at"].is_null().to_list() == [False, True]
    assert files["gone_at"].is_null().to_list() == [False, True]


@IN_EITHER_ORDER
def test_a_file_that_was_moved_is_not_replaced_by_what_stands_where_it_was(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    stores = Lookers(tmp_path)
    path = write(tmp_path, A, answer("msg_1"), project="-one")
    stores.look("first")
    moved = path.parent.rename(tmp_path / "projects" / "-two")
    stores.look("second")
    shutil.rmtree(moved)
    write(tmp_path, A, answer("msg_2"), answer("msg_3"), project="-one")
    stores.look("first")
    files = stores.united(*order)
    assert [Path(path).parent.name for path in files["path"]] == ["-two", "-one"]
    assert files["superseded_at"].null_count() == 2
    assert files["gone_at"].is_null().to_list() == [False, True]


@IN_EITHER_ORDER
def test_a_file_is_gone_when_either_store_missed_it_after_both_had_seen_it(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    stores = Lookers(tmp_path)
    path = write(tmp_path, A, answer("msg_1"))
    stores.look("first")
    stores.look("second")
    path.unlink()
    stores.look("first")
    assert stores.united(*order)["gone_at"].null_count() == 0
    write(tmp_path, A, answer("msg_1"))
    stores.look("second")
    shutil.rmtree(tmp_path / "second")
    assert stores.united("second")["gone_at"].null_count() == 1


@IN_EITHER_ORDER
def test_the_same_state_of_a_file_is_one_also_where_another_has_its_key(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    stores = Lookers(tmp_path)
    path = write(tmp_path, A, answer("msg_1"), answer("msg_2"), project="-one")
    whole = path.read_bytes()
    stores.look("second")
    write(tmp_path, A, answer("msg_1"), project="-one")
    stores.look("first")
    moved = path.parent.rename(tmp_path / "projects" / "-two")
    stores.look("first")
    path.parent.mkdir()
    path.write_bytes(whole)
    stores.look("first")
    shutil.rmtree(moved)
    stores.look("second")
    files = stores.united(*order)
    assert [Path(path).parent.name for path in files["path"]] == ["-two", "-one"]
    assert files["superseded_at"].null_count() == 2


def test_files_of_no_known_machine_get_one_by_the_store_they_come_from(tmp_path: Path) -> None:
    exports = []
    for name, message in (("one", "msg_1"), ("two", "msg_2")):
        exported(tmp_path, name, answer(message))
        store = tmp_path / name / "store.duckdb"
        with duckdb.connect(store) as connection:
            # As they were before machines had names: the key is of the path alone.
            for table in ("usage_lines", "responses", "session_files"):
                connection.execute(f"update {table} set file_id = 7")
            connection.execute("update session_files set machine = null")
        export_store(tmp_path / name / "export", store)
        exports.append(tmp_path / name / "export")
    summary = import_history(exports, tmp_path / "store.duckdb")
    assert summary.responses == 2
    with open_store(tmp_path / "store.duckdb") as opened:
        machines_found = opened.session_files()["machine"].to_list()
    assert len(set(machines_found)) == 2
    assert all(name.startswith("unknown-") for name in machines_found)
    own = import_history([exports[0]], tmp_path / "one" / "store.duckdb")
    assert own.files_read == 0


def test_a_manifest_of_another_tool_in_a_history_is_not_an_export(tmp_path: Path) -> None:
    write(tmp_path, A, answer("msg_1"))
    (tmp_path / "manifest.json").write_text('{"name": "a plugin"}')
    assert import_history([tmp_path], tmp_path / "store.duckdb").responses == 1


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file, _: file.unlink(), r"rows\.parquet is missing, and the manifest names it"),
        (lambda file, _: file.write_bytes(b""), r"rows\.parquet is not as it was written"),
        (
            lambda file, _: file.write_bytes(file.read_bytes()[:-9]),
            r"rows\.parquet is not as it was written .*nothing was imported; copy the export again",
        ),
        (lambda _, manifest: manifest.unlink(), r"manifest\.json is missing: .* is incomplete"),
        (
            lambda _, manifest: manifest.write_text(manifest.read_text()[:-50]),
            r"cannot read .*manifest\.json: it is not JSON; copy the export again",
        ),
        (
            lambda _, manifest: manifest.write_text(
                manifest.read_text().replace('"format_version": 1', '"format_version": 2')
            ),
            r"manifest\.json has format version 2, .* upgrade pocketdev_analytics",
        ),
        (
            lambda _, manifest: manifest.write_text(
                manifest.read_text().replace('"usage_lines/', '"../usage_lines/')
            ),
            r"manifest\.json is damaged .* is not a file of an export",
        ),
    ],
)
def test_a_damaged_export_is_refused_and_nothing_imported(
    tmp_path: Path, damage: Any, message: str
) -> None:
    whole = exported(tmp_path, "tower", answer("msg_2"), name=B)
    export = exported(tmp_path, "laptop", answer("msg_1"))
    (file,) = (export / "usage_lines").rglob("*.parquet")
    damage(file, export / "manifest.json")
    with pytest.raises(SourceError, match=message):
        import_history([whole, export], tmp_path / "store.duckdb")
    assert not (tmp_path / "store.duckdb").exists()
