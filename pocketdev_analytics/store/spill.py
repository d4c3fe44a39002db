"""Spill files: what does not fit into memory, next to the store, readable by its owner only.

DuckDB creates the folder with the rights that any folder gets, and the last of several
processes with one folder deletes the files of all. So each process has a folder of its own,
made before DuckDB needs it and removed when the process closes its last connection.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

import duckdb

__all__ = [
    "clear_spill",
    "limit_memory",
    "make_spill_dir",
    "raise_limit",
    "release_spill_dir",
    "spill_dir",
]

# What a batch takes, and the tables that it goes into as long as they are short: to read them
# again is a twentieth of the time. Without a limit DuckDB caches what it has read of these, the
# more the longer the history is, up to most of the memory.
_LIMIT_MB: Final = 240
# Less for a long history, whose list of files and DuckDB's own records take more in addition.
# With 64 MB batches no longer fit in an import of 5 GiB.
_LEAST_MB: Final = 80
_BYTES_PER_MB_LESS: Final = 800_000
# A store takes some 30 MB per gigabyte of session files.
_SHARE_OF_FILES: Final = 0.03
_MOST_MB: Final = 640

#: How many connections of this process use each folder.
_users: Final[Counter[Path]] = Counter()
_lock: Final = Lock()


def spill_dir(path: Path) -> Path:
    """The folder of this process for the store at `path`."""
    return path.with_name(f"{path.name}.tmp.{os.getpid()}")


def make_spill_dir(path: Path) -> None:
    """Make the folder for a connection that is open: nobody else removes it until it is closed."""
    with _lock:
        _users[spill_dir(path)] += 1
        with suppress(OSError):  # a folder that cannot be written to: DuckDB keeps to memory
            spill_dir(path).mkdir(mode=0o700, exist_ok=True)


def release_spill_dir(path: Path) -> None:
    """Remove the folder once no connection of this process uses it."""
    with _lock:
        folder = spill_dir(path)
        _users[folder] -= 1
        if _users[folder] <= 0:
            del _users[folder]
            shutil.rmtree(folder, ignore_errors=True)


def clear_spill(path: Path) -> None:
    """Remove the folders of killed processes; only a writer may, since it is alone."""
    with suppress(OSError):
        for folder in path.parent.iterdir():
            is_spill = folder.name == f"{path.name}.tmp" or (
                folder.name.startswith(f"{path.name}.tmp.")
                and folder.name.rpartition(".")[2].isdecimal()
            )
            if is_spill and folder != spill_dir(path):
                shutil.rmtree(folder, ignore_errors=True)


def limit_memory(connection: duckdb.DuckDBPyConnection, path: Path, new_bytes: int) -> int | None:
    """Limit how much of the store at `path` is in memory; the rest is spilled to disk.

    Args:
        connection: an open writer.
        path: the store.
        new_bytes: bytes of the session files that are about to be loaded.

    Returns:
        The limit in megabytes, None if there is none.
    """
    grown_bytes = path.stat().st_size + int(new_bytes * _SHARE_OF_FILES)
    return _set_limit(connection, max(_LEAST_MB, _LIMIT_MB - grown_bytes // _BYTES_PER_MB_LESS))


def raise_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Double the limit of `limit_mb`; return the new one, None if there is none."""
    return _set_limit(connection, limit_mb * 2)


def _set_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Set this limit, or twice that until what is in use fits; in the end DuckDB's own."""
    while limit_mb <= _MOST_MB:
        with suppress(duckdb.OutOfMemoryException):
            connection.execute(f"set memory_limit = '{limit_mb}MB'")
            return limit_mb
        limit_mb *= 2
    connection.execute("reset memory_limit")
    return None
