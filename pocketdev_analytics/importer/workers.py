"""Decoding on several cores: tasks go out to processes, results come back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import islice
from threading import Thread

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer.tasks import Task
from pocketdev_analytics.processes import count_processes, executor
from pocketdev_analytics.sources import Decoded, read_chunks

__all__ = ["in_order"]

# Results that wait to be loaded: enough to keep the processes busy while a batch is
# written, about a megabyte each.
_AHEAD_PER_PROCESS = 8


def in_order(stack: ExitStack, tasks: Iterator[Task]) -> Iterator[Decoded]:
    """The results of tasks in their order, of processes that end with `stack`.

    Raises:
        OSError: no process can be had at all.
    """
    processes = stack.enter_context(executor())
    waiting: deque[tuple[Task, Future[Decoded] | None]] = deque()

    def go_on(number: int) -> None:
        waiting.extend((task, _handed_out(processes, task)) for task in islice(tasks, number))

    # Handing out the first task waits until there is a process to take it.
    beginning = Thread(target=go_on, args=[count_processes() * _AHEAD_PER_PROCESS])
    beginning.start()
    stack.callback(beginning.join)

    def end() -> None:
        # What is done last, with nothing left to decode, has their memory.
        ending = Thread(target=processes.shutdown, kwargs={"cancel_futures": True})
        ending.start()
        stack.callback(ending.join)

    return _results(beginning, waiting, go_on, end)


def _handed_out(processes: Executor, task: Task) -> Future[Decoded] | None:
    """The result to be of a task; None where no process can be had: it is decoded here then."""
    try:
        return processes.submit(read_chunks, task)
    except (OSError, RuntimeError, EOFError):  # for want of memory, files, processes or threads
        return None


def _results(
    beginning: Thread,
    waiting: deque[tuple[Task, Future[Decoded] | None]],
    go_on: Callable[[int], None],
    end: Callable[[], None],
) -> Iterator[Decoded]:
    beginning.join()
    try:
        go_on(1)
        while waiting:
            task, future = waiting.popleft()
            yield future.result() if future else read_chunks(task)
            go_on(1)
        end()
    except BrokenProcessPool:
        raise SourceError(
            "a process that reads session files was ended, perhaps for want of memory; what"
            " was loaded before stays: import again"
        ) from None
