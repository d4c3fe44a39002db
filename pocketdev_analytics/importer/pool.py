"""Decoding here or in processes, whichever is sooner done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

from pocketdev_analytics.cores import count_cores
from pocketdev_analytics.importer.tasks import Task
from pocketdev_analytics.sources import Decoded, read_chunks

__all__ = ["Decode", "decoding", "needs_cores"]

#: Tasks and how many bytes they are, to their results in order.
Decode = Callable[[Iterable[Task], int], Iterator[Decoded]]
# Below this, processes take longer to start than the bytes to decode.
_WORTH_PROCESSES_BYTES = 96 * 2**20


@contextmanager
def decoding() -> Iterator[Decode]:
    """Decodes tasks, here or in processes; these begin when they are told of the tasks."""
    with ExitStack() as stack:

        def decode(tasks: Iterable[Task], total_bytes: int) -> Iterator[Decoded]:
            """The tasks' results, in their order."""
            if not needs_cores(total_bytes):
                return map(read_chunks, tasks)
            # Most imports find little that is new, and are done before this is imported.
            from pocketdev_analytics.importer.workers import in_order

            try:
                return in_order(stack, iter(tasks))
            except OSError:  # not so much as their pipes could be made
                return map(read_chunks, tasks)

        yield decode


def needs_cores(total_bytes: int) -> bool:
    """Whether as much is decoded in processes."""
    return total_bytes >= _WORTH_PROCESSES_BYTES and count_cores() > 1
