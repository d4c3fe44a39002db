"""End a command at once, if only the shutdown of Python is left to do."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from dataclasses import dataclass

__all__ = ["Ending"]


@dataclass(slots=True)
class Ending:
    """The end of this process's command.

    `is_immediate` is set by a command that leaves nothing open that Python would close for it:
    its files are written and closed, and what it started has ended before it returns.
    """

    is_immediate: bool = False

    def exit(self, end: SystemExit) -> None:
        """End the process as `end` would if it can end at once; otherwise do nothing.

        Functions registered with `atexit` run, such as removing the folder in which processes
        were started. After that Python would take every module and object of Polars and DuckDB
        apart, an eighth of the time of a small import; the system frees all of it at once.
        """
        code = end.code or 0
        if not self.is_immediate or not isinstance(code, int):
            return
        if threading.active_count() > 1:  # another thread is still at work
            return
        try:
            atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to run them
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):  # Python reports what could not be written
            return
        os._exit(code)
