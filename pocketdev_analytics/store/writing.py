"""What ends a write before it is done: a full disk, a missing right, Ctrl-C."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from polars.exceptions import ComputeError

from pocketdev_analytics.exceptions import StoreError

__all__ = ["interruptible", "writing"]

# In the middle of a query, of a commit, and of a frame that it reads.
_INTERRUPTED = re.compile(r"Query interrupted|INTERRUPT Error|KeyboardInterrupt")


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C inside is a KeyboardInterrupt, in whatever words DuckDB tells of it."""
    try:
        yield
    except (duckdb.Error, ComputeError, RuntimeError) as error:
        if _INTERRUPTED.search(str(error)):
            raise KeyboardInterrupt from None
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A write to the store inside that DuckDB cannot do is a StoreError."""
    try:
        with interruptible():
            yield
    except duckdb.Error as error:
        raise StoreError(
            f"cannot write to {path}: {str(error).splitlines()[0]}; what was committed before is"
            " kept, try again when there is room and leave to write"
        ) from None
