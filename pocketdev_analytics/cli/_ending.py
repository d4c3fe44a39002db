"""How an import ends: at once, when all that is left to do is taking Python apart."""

from __future__ import annotations

import os
import sys
import threading
from typing import Final

__all__ = ["end_at_once", "leaves_nothing"]

# Whether the command of this process has said so.
_SAID: Final[list[bool]] = []


def leaves_nothing() -> None:
    """Say that the running command leaves nothing to be done at exit.

    Its files are written and closed, and what it started has ended before it returns. Kernels
    and drivers that others use may clean up at exit.
    """
    _SAID.append(True)


def end_at_once(end: SystemExit) -> None:
    """End the process as `end` would, if its command leaves nothing; else nothing happens.

    Python would take every module and object of Polars and DuckDB apart, which is an eighth of
    the time of a small import: the system takes all of it back at once.
    """
    code = end.code or 0
    if not _SAID or not isinstance(code, int):
        return
    if threading.active_count() > 1:  # somebody is waited for
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # told of, or not, as ever
        return
    os._exit(code)
