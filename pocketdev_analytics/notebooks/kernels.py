"""Executing notebooks in processes of their own, which share one start of Python."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader, FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, Any, Final, Self, cast

from pocketdev_analytics.exceptions import NotebookError

__all__ = ["Cell", "DiedError", "Kernels"]

#: Number in the notebook, source, tags.
Cell = tuple[int, str, Sequence[str]]

_COMMAND: Final = (sys.executable, "-P", "-m", "pocketdev_analytics.notebooks.kernel")
_CAN_FORK: Final = hasattr(os, "fork") and hasattr(socket, "send_fds")


class DiedError(NotebookError):
    """The process ended in the middle of the cell of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"died in cell {number}")
        self.number = number


class Kernels:
    """Processes that execute notebooks, each in one of its own, forked from a warm one.

    A context manager; the warm process starts with it and ends with it. Notebooks of several
    threads are executed at the same time.
    """

    def __enter__(self) -> Self:
        self._folders = TemporaryDirectory(prefix="pocketdev-analytics-")
        self._lock = Lock()
        if _CAN_FORK:
            self._control, other = socket.socketpair()
            with other:
                self._server = subprocess.Popen(  # noqa: S603 - our own Python
                    [*_COMMAND, str(other.fileno())],
                    pass_fds=[other.fileno()],
                    start_new_session=True,  # Ctrl-C is for the process that waits
                    **_options(self._folders.name),
                )
        return self

    def __exit__(self, *_: object) -> None:
        if _CAN_FORK:
            self._control.close()
            self._server.wait()
        self._folders.cleanup()

    def execute(
        self, cells: Sequence[Cell], environment: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """Execute the cells until one fails, in an empty folder.

        Returns:
            For each cell that ran: `number`, `execution_count`, `outputs`.

        Raises:
            DiedError: the process died.
        """
        with TemporaryDirectory(dir=self._folders.name) as folder:
            request = {
                "folder": folder,
                "environment": {**environment, "IPYTHONDIR": str(Path(folder, ".ipython"))},
                "cells": cells,
            }
            with self._connected() as (incoming, send):
                with suppress(OSError):  # it has died, as its answer shows
                    send(json.dumps(request).encode() + b"\n")
                return _answer(incoming)

    @contextmanager
    def _connected(self) -> Iterator[tuple[IO[bytes], Callable[[bytes], object]]]:
        if not _CAN_FORK:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
            options = {**_options(self._folders.name), **pipes}
            with subprocess.Popen([*_COMMAND, "once"], **options) as one:  # noqa: S603
                read, write = cast("FileIO", one.stdout), cast("FileIO", one.stdin).write
                yield BufferedReader(read), write
            return
        own, other = socket.socketpair()
        with other, self._lock, suppress(OSError):  # a dead one is noticed by who reads
            socket.send_fds(self._control, [b"."], [other.fileno()])
        with own, own.makefile("rb") as incoming:
            yield incoming, own.sendall


def _options(folder: str) -> dict[str, Any]:
    return {
        "cwd": folder,
        "env": {**os.environ, "PLOTLY_RENDERER": "plotly_mimetype"},
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }


def _answer(incoming: IO[bytes]) -> list[dict[str, Any]]:
    """What is said at the end; before that, the number of each cell that begins."""
    begun = 0
    with suppress(OSError):  # as if it had ended
        for line in incoming:
            said = json.loads(line)
            if isinstance(said, list):
                return said
            begun = said
    raise DiedError(begun)
