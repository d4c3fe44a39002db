"""Decode in this process or in several, whichever is faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pocketdev_analytics.agents import Decoded, read_chunks
from pocketdev_analytics.cores import count_cores
from pocketdev_analytics.importer.tasks import Task

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

__all__ = ["Decode", "decoding", "needs_cores"]

#: Takes tasks and their total bytes, yields their results in order.
Decode = Callable[[Iterable[Task], int], Iterator[Decoded]]
# Below this, starting processes takes longer than decoding.
_WORTH_PROCESSES_BYTES = 96 * 2**20


@contextmanager
def decoding(prepared: ProcessPoolExecutor | None = None) -> Iterator[Decode]:
    """Yield the function that decodes tasks; its processes end with the context."""
    with ExitStack() as stack:

        def decode(tasks: Iterable[Task], total_bytes: int) -> Iterator[Decoded]:
            """Yield the results of `tasks` in order."""
            if not needs_cores(total_bytes):
                return map(read_chunks, tasks)
            # Most imports find little that is new and never need this module.
            from pocketdev_analytics.importer.workers import in_order

            try:
                return in_order(stack, iter(tasks), prepared)
            except OSError:  # not even their pipes could be created
                return map(read_chunks, tasks)

        yield decode


def needs_cores(total_bytes: int) -> bool:
    """Return whether so many bytes are decoded in several processes."""
    return total_bytes >= _WORTH_PROCESSES_BYTES and count_cores() > 1
