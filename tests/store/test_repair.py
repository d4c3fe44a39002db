"""A damaged store is kept, read as far as it goes, and completed from the files on disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer, call, prompt, result
from tests.importer.stores import Books, facts

# A writer that is killed after an import: all of that is in the log alone.
KILLED = """
import os, sys, duckdb
from pocketdev_analytics.importer import import_history, run
from pocketdev_analytics.store import Store
Store.merge_log = lambda _: None
Store.close = lambda _: os._exit(9)
import_history([sys.argv[1]], sys.argv[2])
"""


@pytest.fixture
def killed(books: Books) -> Books:
    """A store whose last import is in its log alone."""
    books.write(A, *(answer(f"m{number}") for number in range(20)))
    books.import_()
    books.write(
        A.replace("a", "c"),
        *(answer(f"n{number}", content=[call(f"t{number}")]) for number in range(20)),
        *(prompt([result(f"t{number}")], "11:00:00") for number in range(20)),
    )
    command = [sys.executable, "-c", KILLED, str(books.folder), str(books.store)]
    assert subprocess.run(command, check=False).returncode == 9
    assert books.store.with_name("store.duckdb.wal").stat().st_size > 10_000
    return books


def run(store: Path, *verb: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(store), "store", *verb])


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("kind", ["a flipped bit", "a zeroed block"])
def test_a_damaged_log_is_read_to_the_damage_and_completed_from_disk(
    killed: Books, kind: str, share: float
) -> None:
    log = killed.store.with_name("store.duckdb.wal")
    content = bytearray(log.read_bytes())
    place = max(int(len(content) * share), 100)
    if kind == "a flipped bit":
        content[place] ^= 1
    else:
        content[place : place + 512] = bytes(512)
    log.write_bytes(content)
    damaged = killed.store.read_bytes()
    found = run(killed.store, "check")
    assert found.exit_code == 1
    assert "run `pocketdev-analytics store repair`" in found.output
    assert isinstance(found.exception, SystemExit)
    done = run(killed.store, "repair")
    assert "lost: the last" in done.output, done.output
    (kept,) = killed.folder.glob("store.duckdb.damaged-*")
    assert kept.stat().st_mode & 0o777 == 0o700
    assert (kept / "store.duckdb").read_bytes() == damaged
    assert (kept / "store.duckdb.wal").read_bytes() == bytes(content)
    assert run(killed.store, "check").exit_code == 0
    fresh = killed.folder / "fresh.duckdb"
    CliRunner().invoke(main, ["--store", str(fresh), "import", str(killed.folder)])
    CliRunner().invoke(main, ["--store", str(killed.store), "import", str(killed.folder)])
    assert {name: len(rows) for name, rows in facts(killed.store).items()} == {
        name: len(rows) for name, rows in facts(fresh).items()
    }


def test_a_file_that_cannot_be_opened_is_set_aside_and_imported_again(books: Books) -> None:
    books.write(A, *(answer(f"m{number}") for number in range(20)))
    books.import_()
    content = bytearray(books.store.read_bytes())
    content[4096:12288] = bytes(8192)  # both headers
    books.store.write_bytes(content)
    done = run(books.store, "repair")
    assert "was damaged; it is kept as it was in" in done.output
    assert "lost: every table" in done.output
    assert run(books.store, "check").exit_code == 0
    CliRunner().invoke(main, ["--store", str(books.store), "import", str(books.folder)])
    with open_store(books.store) as store:
        assert store.counts()["responses"] == 20


def test_a_store_in_order_is_left_alone(books: Books) -> None:
    before = books.store.read_bytes()
    done = run(books.store, "repair")
    assert (done.exit_code, done.output) == (0, f"{books.store} is in order.\n")
    assert books.store.read_bytes() == before


def test_values_that_no_file_can_have_are_found_and_put_in_quarantine(books: Books) -> None:
    books.write(A, prompt(), *(answer(f"m{number}") for number in range(5)))
    books.import_()
    with duckdb.connect(books.store) as connection:
        connection.execute(
            "update usage_lines set output_tokens = 9000000000000000000 where response_id = 'm1'"
        )
        connection.execute(
            "update usage_lines set responded_at = timestamptz 'infinity' where response_id = 'm2'"
        )
        connection.execute("update session_files set gone_at = timestamptz 'infinity'")
        connection.execute("update prompts set version = repeat('v', 100000)")
    found = run(books.store, "check").output
    for column in ("output_tokens", "responded_at", "gone_at", "version"):
        assert f"{column} is not" in found
    done = run(books.store, "repair")
    assert "3 rows with values out of range are in quarantine now." in done.output
    assert run(books.store, "check").exit_code == 0, run(books.store, "check").output
    with open_store(books.store) as store:
        assert store.counts()["responses"] == 3
        reasons = store.query("select reason from quarantine order by all")["reason"].to_list()
    both = "value out of range: output_tokens, responded_at"
    assert reasons == [both, both, "value out of range: version"]
