"""`watch` in a process of its own, on files that grow."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.agents.claude.by_hand import A, answer, as_bytes, prompt, write


@contextmanager
def watching(folder: Path, store: Path) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-m", "pocketdev_analytics", "--store", str(store), "watch"]
    process = subprocess.Popen(
        [*program, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_watch_imports_what_is_appended_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    file = write(tmp_path / "projects", A, prompt(), answer("msg_1"))
    with watching(tmp_path, tmp_path / "store.duckdb") as process:
        assert "in 1 response;" in next_line(process)
        # At once: whether the watch has begun by now or not, the line is not lost.
        with file.open("ab") as opened:
            opened.write(as_bytes(answer("msg_2", "10:00:05")))
        assert "in 2 responses" in next_line(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stderr
        assert "Traceback" not in process.stderr.read()
