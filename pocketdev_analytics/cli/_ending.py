"""How an import ends: at once, when all that is left to do is taking Python apart."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from typing import Final

__all__ = ["end_at_once", "leaves_nothing"]

# Whether the command of this process has said so.
_SAID: Final[list[bool]] = []


def leaves_nothing() -> None:
    """Say that the running command has nothing open that Python would close for it.

    Its files are written and closed, and what it started has ended before it returns.
    """
    _SAID.append(True)


def end_at_once(end: SystemExit) -> None:
    """End the process as `end` would, if its command leaves nothing; else nothing happens.

    What modules asked for at exit is done, as taking away the folder in which processes were
    started. After that Python would take every module and object of Polars and DuckDB apart,
    which is an eighth of the time of a small import: the system takes all of it back at once.
    """
    code = end.code or 0
    if not _SAID or not isinstance(code, int):
        return
    if threading.active_count() > 1:  # somebody is waited for
        return
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - there is no other way to have it done
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # told of, or not, as ever
        return
    os._exit(code)
