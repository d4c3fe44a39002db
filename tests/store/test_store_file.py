from __future__ import annotations

import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pocketdev_analytics.exceptions import (
    QueryError,
    StoreError,
    StoreLockedError,
)
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer
from tests.importer.stores import Books

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reads")
print("held", flush=True)
sys.stdin.readline()
connection.close()
"""


@contextmanager
def another_process(store: Path, how: str = "writes") -> Iterator[subprocess.Popen[str]]:
    """A process that holds the store until it is shown to let go."""
    command = [sys.executable, "-c", HOLD, str(store), how]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.communicate("\n")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_the_store_and_its_log(books: Books) -> None:
    books.store.unlink()
    seen: set[int] = set()

    def look(*_: int) -> None:
        seen.update(mode(path) & 0o677 for path in books.folder.glob("*store.duckdb*"))

    books.write(A, answer())
    import_history([books.folder], books.store, progress=look)
    look()
    assert seen == {0o600}


def test_the_folder_of_the_store_is_made_for_the_owner_only(tmp_path: Path) -> None:
    store = tmp_path / "data" / "store.duckdb"
    open_store(store, read_only=False).close()
    assert mode(store.parent) == 0o700


def test_a_missing_store_cannot_be_read_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"no store at .*store\.duckdb; run `pocketdev-analytics im"
    ):
        open_store(tmp_path / "store.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_a_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"cannot open the store .*notes\.duckdb"):
        open_store(path, read_only=False)


def test_a_damaged_store_is_refused_at_once_and_not_taken_for_a_locked_one(books: Books) -> None:
    content = bytearray(books.store.read_bytes())
    content[12:20] = (250).to_bytes(8, "little")
    books.store.write_bytes(bytes(content))
    begun = time.monotonic()
    with pytest.raises(StoreError, match="cannot open the store") as error:
        open_store(books.store)
    assert not isinstance(error.value, StoreLockedError)
    assert time.monotonic() - begun < 3


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot create .*file/data"):
        open_store(tmp_path / "file" / "data" / "store.duckdb", read_only=False)


@pytest.mark.parametrize(
    ("how", "read_only"), [("writes", True), ("writes", False), ("reads", False)]
)
def test_a_lock_error_names_the_process_and_comes_after_a_bounded_wait(
    books: Books,
    how: str,
    read_only: bool,  # noqa: FBT001 - a parameter
) -> None:
    with another_process(books.store, how) as process:
        begun = time.monotonic()
        with pytest.raises(
            StoreLockedError, match=r"is in use by .*close it, or try again"
        ) as error:
            open_store(books.store, read_only=read_only, wait_seconds=0.3)
        assert 0.3 <= time.monotonic() - begun < 3
        found = re.search(r"process (\d+)", str(error.value))
        assert found
        assert int(found[1]) == process.pid


def test_many_may_read_at_once(books: Books) -> None:
    with another_process(books.store, "reads"), open_store(books.store) as store:
        assert store.counts()["responses"] == 0


def test_a_lock_that_is_let_go_in_time_is_waited_for(books: Books) -> None:
    with another_process(books.store) as process:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
        open_store(books.store, read_only=False, wait_seconds=10).close()


def test_a_store_open_for_reading_cannot_be_changed(books: Books) -> None:
    with open_store(books.store) as store, pytest.raises(duckdb.Error, match="read-only"):
        store.set_property("is_sample", "true")


@pytest.mark.parametrize(
    "reach",
    [
        "select * from read_text('{file}')",
        "copy (select 1) to '{file}.csv'",
        "attach '{file}.db'",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_a_query_reaches_no_other_file(books: Books, tmp_path: Path, reach: str) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("secret")
    before = set(tmp_path.iterdir())
    with open_store(books.store) as store, pytest.raises(QueryError):
        store.query(reach.format(file=file))
    assert set(tmp_path.iterdir()) == before
