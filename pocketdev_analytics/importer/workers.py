"""Decode tasks in several processes and yield their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import islice
from threading import Thread

from pocketdev_analytics.agents import Decoded, read_chunks
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer.tasks import Task
from pocketdev_analytics.processes import count_processes, executor

__all__ = ["in_order"]

# Results that may wait to be loaded, about a megabyte each: enough to keep the processes busy
# while a batch is written.
_AHEAD_PER_PROCESS = 8


def in_order(
    stack: ExitStack, tasks: Iterator[Task], prepared: ProcessPoolExecutor | None = None
) -> Iterator[Decoded]:
    """Yield the results of tasks in order, from processes that end with `stack`.

    Raises:
        OSError: no process can be started at all.
    """
    processes = stack.enter_context(executor(prepared))
    waiting: deque[tuple[Task, Future[Decoded] | None]] = deque()

    def submit(number: int) -> None:
        waiting.extend((task, _submit(processes, task)) for task in islice(tasks, number))

    # Submitting the first task waits until a process has started.
    beginning = Thread(target=submit, args=[count_processes() * _AHEAD_PER_PROCESS])
    beginning.start()
    stack.callback(beginning.join)

    def end() -> None:
        # Frees their memory for what the import does after the last task.
        ending = Thread(target=processes.shutdown, kwargs={"cancel_futures": True})
        ending.start()
        stack.callback(ending.join)

    return _results(beginning, waiting, submit, end)


def _submit(processes: Executor, task: Task) -> Future[Decoded] | None:
    """Submit the task. Return None if no worker is available: decode it in-process then."""
    try:
        return processes.submit(read_chunks, task)
    except (OSError, RuntimeError, EOFError):  # out of memory, files, processes or threads
        return None


def _results(
    beginning: Thread,
    waiting: deque[tuple[Task, Future[Decoded] | None]],
    submit: Callable[[int], None],
    end: Callable[[], None],
) -> Iterator[Decoded]:
    beginning.join()
    try:
        submit(1)
        while waiting:
            task, future = waiting.popleft()
            yield future.result() if future else read_chunks(task)
            submit(1)
        end()
    except BrokenProcessPool:
        raise SourceError(
            "a process that decodes session files was killed, perhaps for lack of memory; what was"
            " loaded before is kept: import again"
        ) from None
