"""Memory limits and spill folders of connections.

Spill files lie next to the store, readable by their owner only. DuckDB would create their folder
with default permissions, and the last of several processes that share one deletes the files of
all. So each process creates a folder of its own before DuckDB needs it, and removes it when it
closes its last connection.
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

# Enough for a batch, and for the tables that it is inserted into while they are small; reading
# those again takes a twentieth of the time. Without a limit DuckDB's cache of them grows with the
# history, up to most of the memory.
_LIMIT_MB: Final = 240
# Less for a long history, whose list of files and DuckDB's own records need memory too.
# With 64 MB, the batches of an import of 5 GiB no longer fit.
_LEAST_MB: Final = 80
_BYTES_PER_MB_LESS: Final = 800_000
# A store is about 30 MB per gigabyte of session files.
_SHARE_OF_FILES: Final = 0.03
_MOST_MB: Final = 640

#: How many connections of this process use each folder.
_users: Final[Counter[Path]] = Counter()
_lock: Final = Lock()


def spill_dir(path: Path) -> Path:
    """Return this process's spill folder for the store at `path`."""
    return path.with_name(f"{path.name}.tmp.{os.getpid()}")


def make_spill_dir(path: Path) -> None:
    """Create the folder for an open connection; no other process removes it while that is open."""
    with _lock:
        _users[spill_dir(path)] += 1
        with suppress(OSError):  # not writable: DuckDB then does without spill files
            spill_dir(path).mkdir(mode=0o700, exist_ok=True)


def release_spill_dir(path: Path) -> None:
    """Remove the folder when no connection of this process uses it any more."""
    with _lock:
        folder = spill_dir(path)
        _users[folder] -= 1
        if _users[folder] <= 0:
            del _users[folder]
            shutil.rmtree(folder, ignore_errors=True)


def clear_spill(path: Path) -> None:
    """Remove the folders of killed processes; only for a writer, which has the store alone."""
    with suppress(OSError):
        for folder in path.parent.iterdir():
            is_spill = folder.name == f"{path.name}.tmp" or (
                folder.name.startswith(f"{path.name}.tmp.")
                and folder.name.rpartition(".")[2].isdecimal()
            )
            if is_spill and folder != spill_dir(path):
                shutil.rmtree(folder, ignore_errors=True)


def limit_memory(connection: duckdb.DuckDBPyConnection, path: Path, new_bytes: int) -> int | None:
    """Limit the memory that DuckDB uses for the store at `path`; it spills the rest to disk.

    Args:
        connection: an open writer.
        path: the store.
        new_bytes: size of the session files that are about to be loaded.

    Returns:
        The limit in megabytes, or None for no limit.
    """
    grown_bytes = path.stat().st_size + int(new_bytes * _SHARE_OF_FILES)
    return _set_limit(connection, max(_LEAST_MB, _LIMIT_MB - grown_bytes // _BYTES_PER_MB_LESS))


def raise_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Double the limit of `limit_mb`; return the new limit, or None for no limit."""
    return _set_limit(connection, limit_mb * 2)


def _set_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Set this limit, doubled until the memory in use fits, or else DuckDB's default."""
    while limit_mb <= _MOST_MB:
        with suppress(duckdb.OutOfMemoryException):
            connection.execute(f"set memory_limit = '{limit_mb}MB'")
            return limit_mb
        limit_mb *= 2
    connection.execute("reset memory_limit")
    return None
