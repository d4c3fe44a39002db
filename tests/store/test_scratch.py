"""Files next to the store are private from the first byte, and go with the process they are of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pocketdev_analytics.redaction import store_redaction
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.export import export_store
from pocketdev_analytics.store.maintenance import backup, compact
from pocketdev_analytics.store.scratch import clear_leftovers, scratch
from tests.agents.claude.by_hand import A, answer
from tests.importer.stores import Books

# Each stops forever in the middle of its work, and is killed there.
KILLED = {
    "backup": "maintenance.publish = stop; maintenance.backup(store, target, wait_seconds=9)",
    "compact": "maintenance._compare = stop; maintenance.compact(store, wait_seconds=9)",
    "export": "export._put = stop; export.export_store(target, store)",
    "migration": "upgrade.migrate = stop\nmigrations._RENEWED = ()\n"
    "upgrade.pending_migrations = lambda _: ['9000_later.sql']\n"
    "store_module.open_store(store, read_only=False)",
}
PROCESS = """
import sys, time
from pathlib import Path
from pocketdev_analytics.store import export, maintenance, migrations, upgrade
from pocketdev_analytics.store import store as store_module
def stop(*_, **__):
    print("stopped", flush=True)
    time.sleep(600)
store, target = Path(sys.argv[1]), Path(sys.argv[2])
"""


@pytest.fixture
def store(books: Books) -> Path:
    books.write(A, answer())
    books.import_()
    return books.store


def start(store: Path, target: Path, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROCESS + KILLED[what], str(store), str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, umask=0)
    assert process.stdout
    assert process.stdout.readline() == "stopped\n"
    return process


def entries(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777
        for path in folder.rglob("*")
        if "projects" not in path.parts
    }


@pytest.mark.parametrize("what", KILLED)
def test_what_a_killed_process_left_is_private_and_removed_by_the_next_writer(
    store: Path, tmp_path: Path, what: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    before = entries(tmp_path)
    process = start(store, elsewhere / "target", what)
    try:
        made = {name: mode for name, mode in entries(tmp_path).items() if name not in before}
        assert made
        top = {name: mode for name, mode in made.items() if ".partial-" in Path(name).name}
        assert set(top.values()) == {0o700}
        modes = {
            mode & 0o077
            for name, mode in made.items()
            if ".partial-" not in name  # what is in a private folder cannot be reached
        }
        assert modes <= {0}
        clear_leftovers(store)  # while it runs, nothing of it is removed
        assert made.keys() <= entries(tmp_path).keys()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    open_store(store, read_only=False).close()
    assert entries(tmp_path).keys() == before.keys()


def test_a_killed_replacement_of_an_export_leaves_the_earlier_one(
    store: Path, tmp_path: Path
) -> None:
    target = tmp_path / "export"
    export_store(target, store)
    code = PROCESS + "export.Path.rename = (lambda rename: lambda path, to: ("
    code += "rename(path, to) if to.name == 'old' else stop()))(export.Path.rename)\n"
    code += "export.export_store(target, store)"
    command = [sys.executable, "-c", code, str(store), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "stopped\n"
        assert not target.exists()
        process.kill()
    open_store(store, read_only=False).close()
    assert (target / "manifest.json").exists()
    assert not list(tmp_path.glob(".*partial*"))


def test_a_note_that_names_another_folder_removes_nothing(store: Path, tmp_path: Path) -> None:
    other = tmp_path / "mine"
    other.mkdir()
    note = store.with_name(f".{store.name}.note-0123456789ab")
    for content in (os.fsencode(other), b"", b"\0", b"/\0/", os.fsencode(tmp_path / ".x")):
        note.write_bytes(content)
        clear_leftovers(store)
        assert other.exists()
        assert not note.exists()


def test_a_scratch_folder_needs_no_note(store: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "store.duckdb"  # as a folder that cannot be written to
    with scratch(missing, tmp_path / "target") as folder:
        assert folder.is_dir()
    assert not folder.exists()


def test_every_file_next_to_the_store_is_created_private(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a umask that lets everyone read, and without anybody's chmod afterwards."""
    monkeypatch.setattr(Path, "chmod", lambda *_, **__: None)
    before = os.umask(0)
    try:
        fresh = tmp_path / "data" / "fresh.duckdb"
        with open_store(fresh, read_only=False) as opened:
            opened.set_property("a", "b")
            tables = opened.price_tables()
            tables.set_alias("mine", "claude-opus-4-6")
            tables.drop_alias("mine")
            opened.app_settings().put({"key": None})
            opened.app_settings().remove("key")
            modes = entries(fresh.parent)
        store_redaction(fresh)
        backup(fresh, fresh.with_name("backup.duckdb"), wait_seconds=9)
        compact(fresh, wait_seconds=9)
        export_store(fresh.with_name("export"), fresh)
        modes |= entries(fresh.parent)
    finally:
        os.umask(before)
    assert {"fresh.duckdb", "fresh.duckdb.wal", "backup.duckdb", "export"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_the_log_of_every_single_write_is_created_private(store: Path) -> None:
    log = store.with_name(f"{store.name}.wal")
    before = os.umask(0)
    try:
        for write in (
            lambda opened: opened.set_property("a", "b"),
            lambda opened: opened.mark_gone([1]),
            lambda opened: opened.price_tables().remove("claude-opus-4-6"),
            lambda opened: opened.price_tables().set_alias("mine", "claude-sonnet-4-6"),
            lambda opened: opened.price_tables().drop_alias("mine"),
            lambda opened: opened.app_settings().put({"key": None}),
            lambda opened: opened.app_settings().remove("key"),
        ):
            with open_store(store, read_only=False) as opened:
                write(opened)
                if log.exists():
                    assert log.stat().st_mode & 0o077 == 0
    finally:
        os.umask(before)
