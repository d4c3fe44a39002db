"""Decoding on every core: tasks go out to processes, results come back in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import islice
from threading import Thread

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.sources import Chunk, Decoded, read_chunks

__all__ = ["Decode", "Task", "decoding"]

Task = list[Chunk]
#: Tasks and how many bytes they are, to their results in order.
Decode = Callable[[Iterable[Task], int], Iterator[Decoded]]
# Below this, processes take longer to start than the bytes to decode.
_WORTH_PROCESSES_BYTES = 96 * 2**20
# Results that wait to be loaded: enough to keep the processes busy while a batch is
# written, about a megabyte each.
_AHEAD_PER_PROCESS = 16


@contextmanager
def decoding(expected_bytes: int) -> Iterator[Decode]:
    """Decodes tasks, here or in one process a core.

    Where there is much to read, the processes begin to start at once, so that they are
    there when the tasks are known.
    """
    with ExitStack() as stack:
        executor = stack.enter_context(_started()) if _is_worth(expected_bytes) else None

        def decode(tasks: Iterable[Task], total_bytes: int) -> Iterator[Decoded]:
            """The tasks' results, in their order."""
            if not _is_worth(total_bytes):
                return map(read_chunks, tasks)
            return _in_order(executor or stack.enter_context(_started()), iter(tasks))

        yield decode


@contextmanager
def _started() -> Iterator[Executor]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pocketdev_analytics.sources"])
    executor = ProcessPoolExecutor(_cores(), mp_context=context)
    starting = Thread(target=_start, args=[executor])
    starting.start()
    try:
        yield executor
    finally:
        starting.join()
        executor.shutdown(cancel_futures=True)


def _start(executor: Executor) -> None:
    # Ctrl-C is for the process that imports: the others end with it, without a word.
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    for _ in range(_cores()):
        executor.submit(int)


def _is_worth(total_bytes: int) -> bool:
    return total_bytes >= _WORTH_PROCESSES_BYTES and _cores() > 1


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _in_order(executor: Executor, tasks: Iterator[Task]) -> Iterator[Decoded]:
    ahead = _cores() * _AHEAD_PER_PROCESS
    try:
        waiting: deque[Future[Decoded]] = deque(
            executor.submit(read_chunks, task) for task in islice(tasks, ahead)
        )
        while waiting:
            decoded = waiting.popleft().result()
            waiting.extend(executor.submit(read_chunks, task) for task in islice(tasks, 1))
            yield decoded
    except BrokenProcessPool:
        raise SourceError(
            "a process that reads session files was ended, perhaps for want of memory; what"
            " was loaded before stays: import again"
        ) from None
