from __future__ import annotations

import multiprocessing

import pytest

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer import pool
from pocketdev_analytics.importer.batches import make_tasks
from pocketdev_analytics.importer.known import KnownFiles
from pocketdev_analytics.importer.plan import make_plan
from pocketdev_analytics.sources import discover
from tests.sources.by_hand import answer, write


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "_WORTH_PROCESSES_BYTES", 1)
    monkeypatch.setattr(pool, "count_cores", lambda: 2)
    for number in range(3):
        write(tmp_path, f"session-{number}", answer(f"msg_{number}"))
    new = make_plan(discover([tmp_path]), KnownFiles(), "here").new
    return [task for item in new for task in make_tasks([item])]


@pytest.mark.parametrize("total_bytes", [0, 10**9])
def test_results_come_in_the_order_of_their_tasks(tasks, total_bytes):
    with pool.decoding() as decode:
        results = [decoded.chunks[0].file_id for decoded in decode(tasks, total_bytes)]
    assert results == [task[0].origin.file_id for task in tasks]


def test_a_process_that_is_ended_is_told_in_one_sentence(tasks):
    before = set(multiprocessing.active_children())
    with pool.decoding() as decode:
        results = decode(tasks * 40, 10**9)
        next(results)
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
        with pytest.raises(SourceError, match="import again"):
            list(results)
