"""Turn a write that fails (a full disk, missing permission) or is interrupted into its error."""

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
    """Raise KeyboardInterrupt for Ctrl-C inside the block, however DuckDB reports it."""
    try:
        yield
    except (duckdb.Error, ComputeError, RuntimeError) as error:
        if _INTERRUPTED.search(str(error)):
            raise KeyboardInterrupt from None
        raise


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise StoreError for a write inside the block that DuckDB cannot do."""
    try:
        with interruptible():
            yield
    except duckdb.Error as error:
        raise StoreError(
            f"cannot write to {path}: {str(error).splitlines()[0]}; earlier commits are kept, free"
            " disk space or check permissions, then try again"
        ) from None
