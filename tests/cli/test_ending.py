"""An import ends without taking Python apart, and with all that it had to say and to write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agents.claude.by_hand import A, answer, write

ROOT = Path(__file__).parents[2]
_TOLD = "taken apart"
_SCRIPT = f"""
import sys, threading
from pocketdev_analytics.__main__ import main

class Part:
    def __del__(self, write=sys.stdout.write):
        write("{_TOLD}")

part = Part()
if sys.argv[1] == "and wait":
    threading.Thread(target=threading.main_thread().join).start()
sys.argv = ["pocketdev-analytics", *sys.argv[2:]]
main()
"""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    write(tmp_path / "projects", A, answer())
    return tmp_path


def run(folder: Path, *arguments: str, then: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _SCRIPT, then, "--store", str(folder / "s.duckdb"), *arguments],
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def test_an_import_ends_when_everything_is_printed_and_written(history: Path) -> None:
    done = run(history, "import", str(history), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["responses"] == 1
    assert not (history / "s.duckdb.wal").exists()
    assert run(history, "import", str(history)).stdout.endswith("holds 1 response in 1 session.\n")


def test_an_import_leaves_no_folder_in_which_processes_were_started(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary := history / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    assert run(history, "import", str(history)).returncode == 0
    assert list(temporary.iterdir()) == []


def test_an_import_that_fails_ends_with_its_code_and_its_words(history: Path) -> None:
    done = run(history, "import", str(history / "nowhere"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot read ")
    assert _TOLD not in done.stdout
    assert run(history, "import", "--format", "pictures").returncode == 2


def test_other_commands_and_threads_that_still_run_end_as_usual(history: Path) -> None:
    assert _TOLD in run(history, "import", str(history), then="and wait").stdout
    assert _TOLD in run(history, "report", "cost").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cannot_be_written_is_a_failure(history: Path) -> None:
    command = [sys.executable, "-m", "pocketdev_analytics", "import", str(history)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    environment["POCKETDEV_ANALYTICS_STORE"] = str(history / "s.duckdb")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, env=environment, check=False
        )
    assert done.returncode != 0
