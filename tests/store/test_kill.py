"""Killed at any moment, an import leaves a store that the next import completes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer, call, prompt, result, title
from tests.importer.stores import Books, facts

MOMENTS = int(os.environ.get("POCKETDEV_TEST_KILLS", "4"))
FILES = 12
# Imports in a process of its own each, forked from one that has read the libraries.
SERVER = """
import functools, os, sys
from pocketdev_analytics.importer import import_history, run, tasks
from pocketdev_analytics.agents import reading
tasks.CHUNK_BYTES = 20_000
tasks.split = functools.partial(reading.split, chunk_bytes=20_000)
tasks._TASK_BYTES, run._BATCH_BYTES = 10_000, 40_000
import duckdb, polars, pyarrow
for line in sys.stdin:
    process = os.fork()
    if not process:
        import_history([sys.argv[1]], sys.argv[2])
        os._exit(0)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


class Importer:
    """Starts imports of a history into a store, and ends them."""

    def __init__(self, history: Books, store: Path) -> None:
        command = [sys.executable, "-c", SERVER, str(history.folder), str(store)]
        self.server = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
        self.process = 0

    def start(self) -> None:
        assert self.server.stdin
        self.server.stdin.write("\n")
        self.server.stdin.flush()
        self.process = self.read()

    def read(self) -> int:
        assert self.server.stdout
        return int(self.server.stdout.readline())

    def kill_after(self, seconds: float) -> None:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        assert self.read() in {0, -signal.SIGKILL}


@pytest.fixture
def history(books: Books) -> Books:
    """Files that take several batches, some of them more than one each."""
    for number in range(FILES):
        name = f"{number:08}{A[8:]}"
        lines = [
            line
            for turn in range(10 + number * 3)
            for line in (
                prompt("Hello", f"10:{turn:02}:00", uuid=f"p{turn}", sessionId=name),
                answer(f"m{number}-{turn}", content=[call(f"t{number}-{turn}")], sessionId=name),
                answer(f"m{number % 3}-{turn}", "10:00:09", sessionId=name, padding="x" * 300),
                prompt([result(f"t{number}-{turn}")], sessionId=name),
                b"{broken",
            )
        ]
        books.write(name, *lines, title("ai-title", f"Title {number}", sessionId=name))
    return books


def test_an_import_killed_at_any_moment_is_completed_by_the_next(
    history: Books, tmp_path: Path
) -> None:
    store = tmp_path / "killed.duckdb"
    importer = Importer(history, store)
    shutil.copy(history.store, store)
    importer.start()
    begun = time.monotonic()
    assert importer.read() == 0
    takes = time.monotonic() - begun
    expected = facts(store)
    assert len(expected["session_files"]) == FILES
    moments = random.Random(7)  # noqa: S311 - no secret
    interrupted = 0
    for _ in range(MOMENTS):
        for file in tmp_path.glob("killed.duckdb*"):
            file.unlink()
        shutil.copy(history.store, store)
        importer.start()
        importer.kill_after(moments.uniform(0, takes))
        with open_store(store) as opened:
            files = opened.session_files().height
        interrupted += 0 < files < FILES
        import_history([history.folder], store)
        assert facts(store) == expected
        # Nobody has to read again what the killed process left in the log.
        assert [file.name for file in tmp_path.glob("killed.duckdb*")] == ["killed.duckdb"]
    importer.server.communicate()
    assert interrupted or MOMENTS < 5
