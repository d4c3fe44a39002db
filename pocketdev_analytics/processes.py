"""Where processes to decode in come from: one that has imported what they need, and is copied.

It takes as long to start as its modules take to import. This imports nothing of ours, so
that it can be started before the process that asks for it imports the same.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import Final

__all__ = ["count_cores", "prepare", "process_context"]

_MODULES: Final = ["pocketdev_analytics.sources"]


def process_context() -> BaseContext:
    """How processes are started: as copies of a prepared one, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_MODULES)
    return context


def prepare() -> None:
    """Begin to start the process that others are copied from, and do not wait for it."""
    if count_cores() > 1 and process_context().get_start_method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        # First, since it lets Ctrl-C through again when it has started.
        resource_tracker.ensure_running()
        with _undisturbed():
            forkserver.ensure_running()


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _undisturbed() -> Iterator[None]:
    # Ctrl-C is for the process that imports: those it starts end with it, without a word.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
