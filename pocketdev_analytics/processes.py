"""Worker processes for decoding: copies of a process that has imported what they need.

That is this process itself if they are requested before it does anything else (`prepared`), which
saves a second import; otherwise a process that is started for it, which takes as long as its
imports.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext, SpawnContext, SpawnProcess
from threading import Thread, active_count
from types import ModuleType
from typing import Any, Final

from pocketdev_analytics.cores import count_cores

__all__ = ["count_processes", "executor", "prepared"]

_MODULE: Final = "pocketdev_analytics.agents"
# After its first computation it has a thread pool, which a copy of the process would lack.
_THREADED: Final = "polars"
# Decoding takes about twice as long as loading, which one process does: more would be idle.
_MOST: Final = 4
_MAIN: Final = "__main__"
# Loading decoded lines has priority: decoding processes cannot help with it at the end.
_NICENESS: Final = 5


class _Spawned(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - as its class calls it
        with _without_main():
            return SpawnProcess._Popen(process_obj)  # noqa: SLF001


class _Spawning(SpawnContext):
    Process = _Spawned


if sys.platform != "win32":
    from multiprocessing.context import ForkServerContext, ForkServerProcess

    class _Forked(ForkServerProcess):
        @staticmethod
        def _Popen(process_obj: Any) -> Any:  # noqa: N802 - as its class calls it
            with _without_main():
                return ForkServerProcess._Popen(process_obj)  # noqa: SLF001

    class _Forking(ForkServerContext):
        Process = _Forked


def count_processes() -> int:
    """Return the number of processes that decode in parallel."""
    return min(count_cores(), _MOST)


@contextmanager
def prepared() -> Iterator[ProcessPoolExecutor | None]:
    """Yield processes to pass to `executor`, copies of this one as it is now; end them at the end.

    Yield None where this one cannot be copied: then the process that others are copied from
    starts in the background.
    """
    processes = None
    if count_cores() > 1:
        if sys.platform == "linux" and _THREADED not in sys.modules and active_count() == 1:
            import_module(_MODULE)
            processes = _copy()
        else:
            _start_server()
    try:
        yield processes
    finally:
        if processes:
            processes.shutdown()


def _copy() -> ProcessPoolExecutor | None:
    before = set(multiprocessing.active_children())
    try:
        processes = _executor(multiprocessing.get_context("fork"))
        with _undisturbed():
            processes.submit(int)  # the first task starts them all
    except (OSError, RuntimeError):  # for want of memory, files, processes or threads
        # If not all processes can be started, the others would wait for work forever.
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
            child.join()
        return None
    return processes


@contextmanager
def executor(prepared: ProcessPoolExecutor | None = None) -> Iterator[ProcessPoolExecutor]:
    """Yield processes, as many as `count_processes` says, and end them at the end.

    Args:
        prepared: Processes that were started before; default is to start some.

    Raises:
        OSError: no process can be started at all.
    """
    processes = prepared
    if processes is None:
        _start_server()
        processes = _executor(_context())
    try:
        yield processes
    finally:
        processes.shutdown(cancel_futures=True)


def _executor(context: BaseContext) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count_processes(), mp_context=context, initializer=_begin_worker)


def _context() -> BaseContext:
    """Return how processes are started: as copies of a prepared one, if the system supports it.

    They know nothing of the program that starts them: a script without a guard would be run
    again in each of them, and one that comes from a pipe cannot be.
    """
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return _Spawning()
    context = _Forking()
    context.set_forkserver_preload([_MODULE])
    return context


def _start_server() -> None:
    """Begin to start the process that others are copied from, and do not wait for it."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        # What cannot be started is missed when there is work for it, and done without.
        with suppress(OSError):
            # First, since it lets Ctrl-C through again when it has started.
            resource_tracker.ensure_running()
            with _undisturbed():
                forkserver.ensure_running()


def _begin_worker() -> None:
    """Initialise a worker process: make it end with its parent."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    gc.disable()  # what is decoded never refers back to itself: there is nothing to collect
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _without_main() -> Iterator[None]:
    main = sys.modules[_MAIN]
    sys.modules[_MAIN] = ModuleType(_MAIN)
    try:
        yield
    finally:
        sys.modules[_MAIN] = main


@contextmanager
def _undisturbed() -> Iterator[None]:
    # Ctrl-C is for the process that imports: those it starts end with it, without a word.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
