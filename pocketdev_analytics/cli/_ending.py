"""How an import ends: at once, when all that is left to do is taking Python apart."""

from __future__ import annotations

import os
import sys
import threading
from typing import Final

__all__ = ["end_at_once"]

# The words of commands that leave nothing to be done at exit: files are written and closed, and
# what they started has ended before they return. Kernels and drivers of others may clean up then.
_WORDS: Final = {"import"}


def end_at_once(end: SystemExit) -> None:
    """End the process of an import as `end` would; of any other command nothing happens.

    Python would take every module and object of Polars and DuckDB apart, which is an eighth of
    the time of a small import: the system takes all of it back at once.
    """
    code = end.code or 0
    if _WORDS.isdisjoint(sys.argv[1:]) or not isinstance(code, int):
        return
    if threading.active_count() > 1:  # somebody is waited for
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # told of, or not, as ever
        return
    os._exit(code)
