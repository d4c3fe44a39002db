from __future__ import annotations

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from pocketdev_analytics.importer import import_history, run
from pocketdev_analytics.store import open_store, spill, store
from tests.importer.conftest import Books
from tests.importer.stores import facts
from tests.sources.by_hand import answer


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
    [(1, [16, 32]), (8, [16, 32]), (128, [])],  # the first cannot be set, 8 MB can
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


def test_what_no_limit_leaves_room_for_is_loaded_without_one(
    long: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_BATCH_BYTES", 1)
    monkeypatch.setattr(spill, "_LIMIT_MB", 8)
    monkeypatch.setattr(spill, "_LEAST_MB", 0)
    monkeypatch.setattr(spill, "_MOST_MB", 8)
    assert import_history([long.folder], long.store).responses == 20 * 300


def test_what_does_not_fit_is_for_the_owner_alone_and_gone_afterwards(long: Books) -> None:
    with open_store(long.store, read_only=False) as opened:
        opened.limit_memory(2**30)
        folder = spill.spill_dir(long.store)
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_what_a_killed_process_put_on_disk_is_taken_away(long: Books) -> None:
    folder = spill.spill_dir(long.store)
    folder.mkdir()
    (folder / "duckdb_temp_1_0_storage_DEFAULT-0.tmp").write_bytes(b"rows")
    with open_store(long.store):
        assert folder.exists()  # a reader does not know whose it is
    with open_store(long.store, read_only=False):
        assert not folder.exists()
