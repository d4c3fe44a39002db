"""What stores hold together depends on what they saw of a disk, not on which saw it, or when.

They are compared with a store that imported every state of the disk that any of them saw.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.export import export_store
from pocketdev_analytics.store.maintenance import check
from tests.importer.disks import Disk, emptied

EXAMPLES = int(os.environ.get("POCKETDEV_TEST_EXAMPLES", "3"))

#: What is there once by its key: of equal copies in several files any may stand for it.
BY_KEY = ("responses", "tool_uses", "tool_results", "prompts")
#: What each file says, with the file and the line: each once, since of a file that was cut off
#: and grew again nobody can tell whether it is the shorter one or a third.
BY_LINE = ("usage_lines", "quarantine", "session_titles", "cost_states")
SESSIONS = "select * exclude (id) from claude_sessions order by all"
FILE = (
    "path, machine, session_id, project_path, first_at, last_at, count_lines, size_bytes, "
    "bytes_read, unread_bytes, head_digest, tail_digest, content_crc32, first_line_digest"
)
IN_FORCE, REPLACED = (
    f"select {FILE} from session_files where superseded_at is {state} order by all"
    for state in ("null", "not null")
)


def facts(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a store holds, but for the keys of its files and what says when it imported them."""
    queries = {
        "session_files": IN_FORCE,
        "claude_sessions": SESSIONS,
        **{
            table: f"select * exclude (file_id, line_no) from {table} order by all"
            for table in BY_KEY
        },
        **{
            table: f"select distinct path, rows.* exclude (file_id) from {table} as rows "
            "inner join session_files using (file_id) order by all"
            for table in BY_LINE
        },
    }
    return {name: _rows(store, sql) for name, sql in queries.items()}


@dataclass
class Stores:
    """Stores that see a disk now and then, and what they export."""

    folder: Path
    empty_store: Path
    log: list[str]
    exports: list[Path] = field(default_factory=list)

    def path(self, name: str) -> Path:
        path = self.folder / f"{name}.duckdb"
        if not path.exists():
            shutil.copy(self.empty_store, path)
        return path

    def see(self, name: str) -> None:
        """Import the disk into a store, and what it sees into the one that saw everything."""
        self.log.append(f"{name} imports the disk")
        for store in (name, "everything"):
            import_history([self.folder / "projects"], self.path(store), machine="laptop")

    def export(self, name: str) -> None:
        export = self.folder / f"export-{len(self.exports)}"
        self.log.append(f"{name} exports {export.name}")
        export_store(export, self.path(name))
        self.exports.append(export)

    def bring(self, export: Path, name: str) -> None:
        self.log.append(f"{name} imports {export.name}")
        import_history([export], self.path(name), machine="laptop")


def run(folder: Path, empty_store: Path, draw: Callable[[int], int]) -> Stores:
    """Let things happen to a disk, to stores and to exports; all of these are united at last."""
    emptied(folder)
    disk = Disk(emptied(folder / "projects"), draw)
    stores = Stores(folder, empty_store, disk.log)
    names = ("first", "second")
    for _ in range(3 + draw(5)):
        for _ in range(1 + draw(1)):
            disk.change()
        name = names[draw(1)]
        stores.see(name)
        if draw(1):
            stores.export(name)
        if stores.exports and draw(1):
            stores.bring(stores.exports[draw(len(stores.exports) - 1)], names[draw(1)])
    for name in names:
        stores.export(name)
    left = list(stores.exports)
    while left:
        stores.bring(left.pop(draw(len(left) - 1)), "united")
    return stores


def _replaced_unseen(stores: Stores) -> bool:
    """Whether a file was replaced while no store looked that had seen it and looked again.

    What replaced it may have been moved before the next look: then nothing tells of it, and
    what it says of titles and cost states still counts. Usage counts by its ids, and once.
    """
    everything, *others = (
        set(_rows(stores.path(name), REPLACED)) for name in ("everything", "first", "second")
    )
    return not everything.issubset(set.union(*others))


def _rows(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_store(store) as opened:
        return opened.query(sql).rows()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disk")


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_stores_that_saw_a_disk_hold_together_what_one_that_saw_it_all_does(
    folder: Path, empty_store: Path, data: st.DataObject
) -> None:
    stores = run(folder, empty_store, lambda most: data.draw(st.integers(0, most)))
    united, everything = stores.path("united"), stores.path("everything")
    found, expected = facts(united), facts(everything)
    if _replaced_unseen(stores):
        found, expected = ({table: rows[table] for table in BY_KEY} for rows in (found, expected))
    assert found == expected, "\n".join(stores.log)
    assert check(united, wait_seconds=1) == []
    assert check(everything, wait_seconds=1) == []
