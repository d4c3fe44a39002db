"""Decoding on every core: tasks go out to processes, results come back in order."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from threading import Thread

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.processes import count_cores, prepare, process_context
from pocketdev_analytics.sources import Chunk, Decoded, read_chunks

__all__ = ["Decode", "Task", "decoding", "needs_cores"]

Task = list[Chunk]
#: Tasks and how many bytes they are, to their results in order.
Decode = Callable[[Iterable[Task], int], Iterator[Decoded]]
# Below this, processes take longer to start than the bytes to decode.
_WORTH_PROCESSES_BYTES = 96 * 2**20
# Results that wait to be loaded: enough to keep the processes busy while a batch is
# written, about two megabytes each.
_AHEAD_PER_PROCESS = 8


@contextmanager
def decoding() -> Iterator[Decode]:
    """Decodes tasks, here or in one process a core; these begin when they are told of the tasks."""
    with ExitStack() as stack:

        def decode(tasks: Iterable[Task], total_bytes: int) -> Iterator[Decoded]:
            """The tasks' results, in their order."""
            if not needs_cores(total_bytes):
                return map(read_chunks, tasks)
            return _in_order(stack, iter(tasks))

        yield decode


def needs_cores(total_bytes: int) -> bool:
    """Whether as much is decoded in processes, on every core."""
    return total_bytes >= _WORTH_PROCESSES_BYTES and count_cores() > 1


def _in_order(stack: ExitStack, tasks: Iterator[Task]) -> Iterator[Decoded]:
    executor = stack.enter_context(_processes())
    waiting: deque[Future[Decoded]] = deque()

    def go_on(number: int) -> None:
        waiting.extend(executor.submit(read_chunks, task) for task in islice(tasks, number))

    def begin() -> None:
        with suppress(BrokenProcessPool):  # told of when results are asked for
            go_on(count_cores() * _AHEAD_PER_PROCESS)

    # Handing out the first task waits until there is a process to take it.
    beginning = Thread(target=begin)
    beginning.start()
    stack.callback(beginning.join)
    return _results(beginning, waiting, go_on)


def _results(
    beginning: Thread, waiting: deque[Future[Decoded]], go_on: Callable[[int], None]
) -> Iterator[Decoded]:
    beginning.join()
    try:
        go_on(1)
        while waiting:
            yield waiting.popleft().result()
            go_on(1)
    except BrokenProcessPool:
        raise SourceError(
            "a process that reads session files was ended, perhaps for want of memory; what"
            " was loaded before stays: import again"
        ) from None


@contextmanager
def _processes() -> Iterator[Executor]:
    prepare()
    # What is decoded never refers back to itself: there is nothing for a collector to find.
    executor = ProcessPoolExecutor(
        count_cores(), mp_context=process_context(), initializer=gc.disable
    )
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
