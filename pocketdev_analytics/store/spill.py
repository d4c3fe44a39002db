"""What does not fit the memory of a large import: files beside the store, for its owner alone."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

__all__ = ["clear_spill", "lift_limit", "limit_memory", "remove_spill_dir", "spill_dir"]

# What a batch takes, and little of the tables that it goes into. Without a limit DuckDB keeps
# what it has read of these, the more the longer the history is, up to most of the memory. With
# 96 MB it spends more time on the same rows, with 256 MB no less.
_LIMIT: Final = "128MB"


def spill_dir(path: Path) -> Path:
    """Where DuckDB puts what does not fit."""
    return path.with_name(path.name + ".tmp")


def limit_memory(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Hold little of the store at `path` in memory, and the rest of what is worked on on disk."""
    spill_dir(path).mkdir(mode=0o700, exist_ok=True)  # DuckDB would let everyone read it
    with suppress(duckdb.OutOfMemoryException):  # what is open takes more already
        connection.execute(f"set memory_limit = '{_LIMIT}'")


def lift_limit(connection: duckdb.DuckDBPyConnection) -> None:
    """Take as much memory as DuckDB does of itself."""
    connection.execute("reset memory_limit")


def clear_spill(path: Path) -> None:
    """Take away what a process left that was killed; the store is open to no other."""
    if spill_dir(path).exists():
        shutil.rmtree(spill_dir(path), ignore_errors=True)


def remove_spill_dir(path: Path) -> None:
    """Take the folder away that DuckDB has emptied."""
    with suppress(OSError):
        spill_dir(path).rmdir()
