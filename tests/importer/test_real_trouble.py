"""Imports in processes of their own, on files and disks that fail for real."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, answer
from tests.importer.stores import Books, facts

# The command line, with batches so small that several are committed, and without patience.
SMALL_BATCHES = """
from pocketdev_analytics.importer import run, tasks
from pocketdev_analytics.store import store
tasks._TASK_BYTES, run._BATCH_BYTES = 100_000, 400_000
store.open_store.__kwdefaults__["wait_seconds"] = 0.2
from pocketdev_analytics.cli import main
main()
"""
# The superuser reads everything: without these, only what is allowed.
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


def command(books: Books, *arguments: str, may_write: int | None = None) -> tuple[int, str]:
    """Run the command line as someone who may do no more than the files' modes say."""
    program = [sys.executable, "-c", SMALL_BATCHES, "--store", str(books.store), *arguments]
    if os.geteuid() == 0:
        program = [*UNPRIVILEGED, *program]

    def limit() -> None:
        if may_write is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (may_write, may_write))

    done = subprocess.run(
        program,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stderr


def import_all(books: Books, may_write: int | None = None) -> tuple[int, str]:
    return command(books, "import", str(books.folder / "projects"), may_write=may_write)


def assert_one_sentence(error: str, *words: str) -> None:
    assert "Traceback" not in error
    (line,) = [line for line in error.splitlines() if line]
    assert line.startswith("Error: ")
    for word in words:
        assert word in line


def test_a_full_disk_is_reported_and_the_next_import_completes(
    books: Books, empty_store: Path
) -> None:
    drawn = random.Random(1)  # noqa: S311 - no secret
    for number in range(30):
        name = f"{number:08}{A[8:]}"
        ids = [drawn.randbytes(60).hex() for _ in range(150)]
        books.write(name, *(answer(each, sessionId=name, requestId=each) for each in ids))
    limit = books.store.stat().st_size + 500_000
    code, error = import_all(books, may_write=limit)
    assert code == 1
    assert_one_sentence(error, "cannot write to", str(books.store))
    with open_store(books.store) as store:
        held = store.session_files().height
    assert 0 < held < 30
    assert import_all(books) == (0, "")
    found = facts(books.store)
    shutil.copy(empty_store, books.store)
    assert import_all(books) == (0, "")
    assert found == facts(books.store)


def test_a_read_only_store_can_be_read_and_an_import_says_why_not(books: Books) -> None:
    books.write(A, answer())
    books.import_()
    books.store.chmod(0o400)
    books.write(B, answer("msg_2", sessionId=B))
    code, error = import_all(books)
    assert code == 1
    assert_one_sentence(error, str(books.store))
    assert command(books, "report", "cost") == (0, "")


def test_a_store_in_a_read_only_folder_can_be_read_and_an_import_says_why_not(
    books: Books,
) -> None:
    books.write(A, answer())
    books.import_()
    books.write(B, answer("msg_2", sessionId=B))
    books.folder.chmod(0o500)
    try:
        code, error = import_all(books)
        reading = command(books, "report", "cost")
    finally:
        books.folder.chmod(0o700)
    assert code == 1
    assert_one_sentence(error, str(books.store))
    assert reading == (0, "")
    assert import_all(books)[0] == 0


def test_what_cannot_be_read_is_reported_and_the_rest_imported(books: Books) -> None:
    books.write(A, answer())
    unreadable = books.write(B, answer("msg_2", sessionId=B))
    folder = books.write("notes", answer("msg_3"), project="-closed").parent
    here = unreadable.parent
    (here / "dangling.jsonl").symlink_to(here / "nowhere")
    (here / "up").symlink_to(here.parent)
    (here / "loop").symlink_to(here / "loop")
    Path(os.fsdecode(os.fsencode(here) + b"/caf\xe9.jsonl")).write_bytes(b"")
    unreadable.chmod(0o000)
    folder.chmod(0o000)
    try:
        code, error = import_all(books)
    finally:
        folder.chmod(0o700)
        unreadable.chmod(0o600)
    assert code == 0
    reasons = dict(line.split(": ") for line in error.splitlines())
    assert {Path(path).name: reason for path, reason in reasons.items()} == {
        "-closed": "Permission denied",
        unreadable.name: "Permission denied",
        "dangling.jsonl": "No such file or directory",
        "up": "a link to a folder above it",
        "loop": "Too many levels of symbolic links",
        "caf\\xe9.jsonl": "its name is not UTF-8; rename it",
    }
    assert books.values("select response_id from responses") == [("msg_1",)]
    assert books.import_().responses == 3


@pytest.mark.parametrize("verb", ["import", "report"])
def test_a_second_process_gets_an_answer_while_another_writes(books: Books, verb: str) -> None:
    books.write(A, answer())
    books.import_()
    arguments = {"import": str(books.folder / "projects"), "report": "cost"}
    with open_store(books.store, read_only=False):
        code, error = command(books, verb, arguments[verb])
    assert code == 1
    assert_one_sentence(error, f"process {os.getpid()}", "try again")
    assert command(books, verb, arguments[verb]) == (0, "")
