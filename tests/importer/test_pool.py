from __future__ import annotations

import itertools
import multiprocessing
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pocketdev_analytics import processes
from pocketdev_analytics.agents import discover
from pocketdev_analytics.cores import count_cores
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer import pool
from pocketdev_analytics.importer.known import KnownFiles
from pocketdev_analytics.importer.plan import make_plan
from pocketdev_analytics.importer.tasks import make_tasks
from tests.agents.claude.by_hand import answer, write


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "_WORTH_PROCESSES_BYTES", 1)
    monkeypatch.setattr(pool, "count_cores", lambda: 2)
    for number in range(3):
        write(tmp_path, f"session-{number}", answer(f"msg_{number}"))
    new = make_plan(discover([tmp_path]), KnownFiles(), "here").new
    return [task for item in new for task in make_tasks([item.chunk()])]


@pytest.mark.parametrize("total_bytes", [0, 10**9])
def test_results_come_in_the_order_of_their_tasks(tasks, total_bytes):
    with pool.decoding() as decode:
        results = [decoded.chunks[0].file_id for decoded in decode(tasks, total_bytes)]
    assert results == [task[0].origin.file_id for task in tasks]


def test_a_killed_process_is_an_error_in_one_sentence(tasks):
    before = set(multiprocessing.active_children())
    with pool.decoding() as decode:
        results = decode(tasks * 40, 10**9)
        next(results)
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
        with pytest.raises(SourceError, match="import again"):
            list(results)


@pytest.mark.parametrize("failing", [{1}, {2}, {2, 3}, set(range(1000))])
def test_a_task_that_no_process_can_take_is_decoded_all_the_same(tasks, monkeypatch, failing):
    submit, calls = ProcessPoolExecutor.submit, itertools.count(1)

    def refusing(executor, *work):
        if next(calls) in failing:
            raise OSError(11, "Resource temporarily unavailable")
        return submit(executor, *work)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refusing)
    with pool.decoding() as decode:
        results = [decoded.chunks[0].file_id for decoded in decode(tasks, 10**9)]
    assert results == [task[0].origin.file_id for task in tasks]


def test_without_any_worker_process_everything_is_decoded_in_process(tasks, monkeypatch):
    def refusing(*_args, **_options):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", refusing)
    with pool.decoding() as decode:
        results = [decoded.chunks[0].file_id for decoded in decode(tasks, 10**9)]
    assert results == [task[0].origin.file_id for task in tasks]


SCRIPT = """
from pocketdev_analytics.importer import import_history, pool
pool._WORTH_PROCESSES_BYTES, pool.count_cores = 1, lambda: 2
print("begun", flush=True)
print(import_history([{history!r}], {store!r}).responses)
"""


@pytest.mark.parametrize("is_piped", [False, True])
def test_a_script_without_a_guard_is_run_once(tmp_path, is_piped):
    write(tmp_path, "session", answer())
    script = tmp_path / "script.py"
    store = str(tmp_path / "store.duckdb")
    script.write_text(SCRIPT.format(history=str(tmp_path / "projects"), store=store))
    done = subprocess.run(
        [sys.executable, "-" if is_piped else str(script)],
        input=script.read_text() if is_piped else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("begun\n1\n", "", 0)


PREPARED = """
import multiprocessing, time
from pocketdev_analytics.processes import prepared
{before}
def pids():
    return sorted(child.pid for child in multiprocessing.active_children())
with prepared() as processes:
    ready = pids()
    from pocketdev_analytics.importer import pool
    from pocketdev_analytics.agents import Chunk, Origin
    pool.count_cores = lambda: 2
    tasks = [[Chunk({path!r}, Origin(number), 0, 1, 1)] for number in range(20)]
    with pool.decoding(processes) as decode:
        results = decode(tasks, {total_bytes})
        next(results)
        working = pids()
        print(*working, flush=True)
        time.sleep({seconds})
        count = 1 + len(list(results))
print(count, bool(ready), ready == working, pids())
"""


WAITING = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"


FAILING = """
import itertools, os, threading
calls, works, here = itertools.count(1), {what}, os.getpid()
def failing(*arguments):
    if next(calls) == {number} and os.getpid() == here:
        raise (RuntimeError if threading.Thread.start is failing else OSError)(11, "no more")
    return works(*arguments)
{what} = failing
"""


def _script(folder, *, before="", total_bytes=10**9, seconds=0):
    path = str(write(folder, "session", answer()))
    script = folder / "script.py"
    script.write_text(
        PREPARED.format(before=before, path=path, total_bytes=total_bytes, seconds=seconds)
    )
    return script


@pytest.mark.skipif(
    sys.platform != "linux" or count_cores() < 2,
    reason="copied on Linux, for many cores",
)
@pytest.mark.parametrize(
    ("before", "total_bytes", "said"),
    [
        ("", 10**9, "20 True True []"),
        ("", 1, "20 True True []"),  # too little for processes: they end all the same
        # What has threads already is not copied.
        ("import polars", 10**9, "20 False False []"),
        (WAITING, 10**9, "20 False False []"),
        # What cannot be copied as often as it takes has no copy left that waits for work.
        (FAILING.format(what="os.fork", number=2), 10**9, "20 False False []"),
        (FAILING.format(what="os.pipe", number=1), 1, "20 False True []"),
        (FAILING.format(what="threading.Thread.start", number=1), 10**9, "20 False False []"),
        (FAILING.format(what="os.pipe", number=6), 1, "20 False True []"),
    ],
)
def test_processes_are_copies_of_one_that_has_begun_nothing(tmp_path, before, total_bytes, said):
    script = _script(tmp_path, before=before, total_bytes=total_bytes)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines()[1] == said


@pytest.mark.parametrize("before", ["", "import polars"])
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_import_that_started_it(tmp_path, signal_number, before):
    script = _script(tmp_path, before=before, seconds=60)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    working = [int(pid) for pid in parent.stdout.readline().split()]
    assert working
    parent.send_signal(signal_number)
    parent.communicate()
    until = time.monotonic() + 30
    while left := [pid for pid in working if _is_running(pid)]:
        assert time.monotonic() < until, left
        time.sleep(0.05)


def _is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2]
    except OSError:
        return False
    return not state.startswith("Z")
