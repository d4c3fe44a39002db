"""Decoding on every core: tasks go out to processes, results come back in order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from pocketdev_analytics.sources import Chunk, Decoded, read_chunks

__all__ = ["Task", "decode_in_order"]

Task = list[Chunk]
# Below this, processes take longer to start than the bytes to decode.
_WORTH_PROCESSES_BYTES = 96 * 2**20
# Results that wait to be loaded: enough to keep the processes busy while a batch is
# written, about a megabyte each.
_AHEAD_PER_PROCESS = 16


def decode_in_order(tasks: Iterable[Task], total_bytes: int) -> Iterator[Decoded]:
    """Decode tasks, here or in one process a core, and yield results in their order."""
    processes = _cores()
    if total_bytes < _WORTH_PROCESSES_BYTES or processes == 1:
        yield from map(read_chunks, tasks)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pocketdev_analytics.sources"])
    with ProcessPoolExecutor(processes, mp_context=context) as executor:
        yield from _in_order(executor, iter(tasks), processes * _AHEAD_PER_PROCESS)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_order(
    executor: ProcessPoolExecutor, tasks: Iterator[Task], ahead: int
) -> Iterator[Decoded]:
    waiting: deque[Future[Decoded]] = deque(
        executor.submit(read_chunks, task) for task in islice(tasks, ahead)
    )
    while waiting:
        decoded = waiting.popleft().result()
        waiting.extend(executor.submit(read_chunks, task) for task in islice(tasks, 1))
        yield decoded
