"""What a store holds depends on the files, not on how many imports it took or in which order."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pocketdev_analytics.importer import import_history
from tests.importer.histories import History, histories
from tests.importer.stores import facts

EXAMPLES = int(os.environ.get("POCKETDEV_TEST_EXAMPLES", "3"))
many = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


class Run:
    """One store, filled step by step, from files that grow at the same paths as always."""

    def __init__(self, folder: Path, empty_store: Path) -> None:
        shutil.rmtree(folder)
        self.projects = folder / "projects" / "-one"
        self.projects.mkdir(parents=True)
        self.store = folder / "store.duckdb"
        shutil.copy(empty_store, self.store)

    def grow(self, name: str, content: bytes) -> Path:
        path = self.projects / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.stat().st_size if path.exists() else 0
        with path.open("ab") as file:
            file.write(content[written:])
        return path

    def finish(self, history: History) -> dict[str, list[tuple[object, ...]]]:
        for name, content in history.items():
            self.grow(name, content)
        import_history([self.projects], self.store)
        return facts(self.store)


@many
@given(history=histories(), data=st.data())
def test_files_may_be_imported_in_any_order_and_any_number_of_imports(
    folder: Path, empty_store: Path, history: History, data: st.DataObject
) -> None:
    expected = Run(folder, empty_store).finish(history)
    run = Run(folder, empty_store)
    order = data.draw(st.permutations(sorted(history)))
    for name in order:
        path = run.grow(name, history[name])
        if data.draw(st.booleans()):
            import_history([path], run.store)
    assert run.finish(history) == expected


@many
@given(history=histories(), data=st.data())
def test_files_may_grow_by_any_number_of_bytes_between_imports(
    folder: Path, empty_store: Path, history: History, data: st.DataObject
) -> None:
    expected = Run(folder, empty_store).finish(history)
    run = Run(folder, empty_store)
    for _ in range(data.draw(st.integers(1, 3))):
        grown = [run.projects]
        for name in data.draw(st.lists(st.sampled_from(sorted(history)), max_size=2)):
            cut = data.draw(st.integers(0, len(history[name])))
            grown.append(run.grow(name, history[name][:cut]))
        import_history([data.draw(st.sampled_from(grown))], run.store)
    assert run.finish(history) == expected


@many
@given(history=histories())
def test_a_second_import_changes_nothing(folder: Path, empty_store: Path, history: History) -> None:
    run = Run(folder, empty_store)
    expected = run.finish(history)
    summary = import_history([run.projects], run.store)
    assert (summary.files_read, summary.bytes_read, summary.responses_added) == (0, 0, 0)
    assert facts(run.store) == expected
