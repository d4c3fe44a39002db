"""What does not fit the memory of a large import: files beside the store, for its owner alone."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

__all__ = ["clear_spill", "limit_memory", "raise_limit", "remove_spill_dir", "spill_dir"]

# What a batch takes, and the tables that it goes into as long as they are short: to read them
# again is a twentieth of the time. Without a limit DuckDB keeps what it has read of these, the
# more the longer the history is, up to most of the memory.
_LIMIT_MB: Final = 240
# Less for a long history, whose list of files and DuckDB's own records take more beside it.
# With 64 MB batches no longer fit in an import of 5 GiB.
_LEAST_MB: Final = 80
_BYTES_A_MB_LESS: Final = 800_000
# A store takes some 30 MB a gigabyte of session files.
_SHARE_OF_FILES: Final = 0.03
_MOST_MB: Final = 640


def spill_dir(path: Path) -> Path:
    """Where DuckDB puts what does not fit."""
    return path.with_name(path.name + ".tmp")


def limit_memory(connection: duckdb.DuckDBPyConnection, path: Path, new_bytes: int) -> int | None:
    """Hold little of the store at `path` in memory, and the rest of what is worked on on disk.

    `new_bytes` are those of the files that it is to grow by.

    Returns:
        The limit in megabytes, None where there is none.
    """
    spill_dir(path).mkdir(mode=0o700, exist_ok=True)  # DuckDB would let everyone read it
    grown_bytes = path.stat().st_size + int(new_bytes * _SHARE_OF_FILES)
    return _set_limit(connection, max(_LEAST_MB, _LIMIT_MB - grown_bytes // _BYTES_A_MB_LESS))


def raise_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Take twice as much memory as `limit_mb`; the new limit, None where there is none."""
    return _set_limit(connection, limit_mb * 2)


def _set_limit(connection: duckdb.DuckDBPyConnection, limit_mb: int) -> int | None:
    """Take as much, or twice that until what is open fits; at last what DuckDB does by itself."""
    while limit_mb <= _MOST_MB:
        with suppress(duckdb.OutOfMemoryException):
            connection.execute(f"set memory_limit = '{limit_mb}MB'")
            return limit_mb
        limit_mb *= 2
    connection.execute("reset memory_limit")
    return None


def clear_spill(path: Path) -> None:
    """Take away what a process left that was killed; the store is open to no other."""
    if spill_dir(path).exists():
        shutil.rmtree(spill_dir(path), ignore_errors=True)


def remove_spill_dir(path: Path) -> None:
    """Take the folder away that DuckDB has emptied."""
    with suppress(OSError):
        spill_dir(path).rmdir()
