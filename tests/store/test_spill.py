from __future__ import annotations

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from pocketdev_analytics.importer import import_history, run
from pocketdev_analytics.store import open_store, spill, store
from tests.agents.claude.by_hand import answer
from tests.importer.conftest import Books
from tests.importer.stores import facts


@pytest.fixture
def long(books: Books) -> Books:
    """A history of more responses than a megabyte has room for."""
    for number in range(20):
        books.write(
            f"{number:08}-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
            *(answer(f"msg_{number}_{turn}", uuid=f"u-{number}-{turn}") for turn in range(300)),
        )
    return books


@pytest.mark.parametrize(
    ("limit", "raised"),
    [(1, [16, 32, 64]), (8, [16, 32, 64]), (128, [])],  # the first cannot be set, 8 MB can
)
def test_an_import_within_any_memory_gives_the_same_rows(
    long: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, raised: list[int]
) -> None:
    import_history([long.folder], tmp_path / "free.duckdb")
    limits = []

    def raise_limit(connection: DuckDBPyConnection, limit_mb: int) -> int | None:
        limits.append(spill.raise_limit(connection, limit_mb))
        return limits[-1]

    monkeypatch.setattr(run, "_BATCH_BYTES", 1)
    monkeypatch.setattr(spill, "_LIMIT_MB", limit)
    monkeypatch.setattr(spill, "_LEAST_MB", 0)
    monkeypatch.setattr(store, "raise_limit", raise_limit)
    import_history([long.folder], tmp_path / "within.duckdb")
    assert facts(tmp_path / "within.duckdb") == facts(tmp_path / "free.duckdb")
    assert limits == raised[: len(limits)]
    assert bool(limits) == bool(raised)


def test_a_batch_beyond_every_limit_is_loaded_without_a_limit(
    long: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_BATCH_BYTES", 1)
    monkeypatch.setattr(spill, "_LIMIT_MB", 8)
    monkeypatch.setattr(spill, "_LEAST_MB", 0)
    monkeypatch.setattr(spill, "_MOST_MB", 8)
    assert import_history([long.folder], long.store).responses == 20 * 300


def test_spill_files_of_readers_and_writers_are_private_and_removed(long: Books) -> None:
    for read_only in (True, False):
        with open_store(long.store, read_only=read_only):
            folder = spill.spill_dir(long.store)
            assert folder.stat().st_mode & 0o777 == 0o700
        assert not folder.exists()


def test_the_folder_stays_until_the_last_connection_of_a_process_is_closed(long: Books) -> None:
    folder = spill.spill_dir(long.store)
    first = open_store(long.store)
    with open_store(long.store) as second:
        lazy = second.usage()
        first.close()
        first.close()
        assert folder.exists()
    assert not folder.exists()
    assert lazy.collect().is_empty()
    assert not folder.exists()


def test_reading_in_a_folder_that_cannot_be_written_to_works(
    long: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with open_store(long.store) as opened:
            assert opened.counts()["responses"] == 0


def test_a_large_read_spills_into_the_private_folder(long: Books) -> None:
    seen: set[tuple[bool, int]] = set()
    large = (
        "create temp table sorted as select i, repeat(i::varchar, 20) as text "
        "from range(2000000) as each_row(i)"
    )
    with open_store(long.store) as opened:
        opened._connection.execute("set memory_limit = '40MB'; set threads = 1")
        opened._connection.execute(large)
        for path in long.store.parent.glob("store.duckdb.tmp*"):
            seen.add((any(path.iterdir()), path.stat().st_mode & 0o777))
    assert seen == {(True, 0o700)}


def test_the_writer_removes_what_killed_processes_left(long: Books) -> None:
    names = ("store.duckdb.tmp", "store.duckdb.tmp.999999999")
    folders = [long.store.with_name(name) for name in names]
    other = long.store.with_name("store.duckdb.tmp.mine")
    for folder in (*folders, other):
        folder.mkdir()
        (folder / "duckdb_temp_1_0_storage_DEFAULT-0.tmp").write_bytes(b"rows")
    with open_store(long.store):
        assert all(folder.exists() for folder in folders)  # a reader does not know whose they are
    with open_store(long.store, read_only=False):
        assert not any(folder.exists() for folder in folders)
    assert other.exists()
