"""Repair a damaged store: keep a copy, recover what is readable, and list what is lost.

Importing the session files again restores their facts (`importer.repair`). Data that only the
store had, such as a price that a person set, is lost with the unreadable part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pocketdev_analytics.exceptions import (
    NotAStoreError,
    StoreError,
    StoreLockedError,
    StoreTooNewError,
)
from pocketdev_analytics.store.arrow import fetch, registered
from pocketdev_analytics.store.connection import connected, private_files
from pocketdev_analytics.store.contents import contents, tables
from pocketdev_analytics.store.copying import copy_file
from pocketdev_analytics.store.location import log_of, store_path
from pocketdev_analytics.store.refusals import opening
from pocketdev_analytics.store.scratch import scratch

__all__ = ["Damage", "set_aside"]

_AGAIN = "sync again, and set again the prices and settings that were changed since"


@dataclass(frozen=True, slots=True)
class Damage:
    """Where the damaged store is kept, and what is lost: one sentence per loss."""

    kept: Path | None = None
    lost: list[str] = field(default_factory=list)


def set_aside(path: Path, *, wait_seconds: float) -> Damage:
    """Make the store at `path` readable; a readable store is not changed.

    The damaged file and its log are kept in a folder next to the store. The log is replayed up to
    the damage. If the file itself is damaged, its readable tables are copied to a new one.

    Raises:
        StoreLockedError: another process has the store open.
        StoreTooNewError: a newer version wrote it.
        NotAStoreError: the file is another program's.
        StoreError: there is no store, or no disk space for the copy.
    """
    file = store_path(path).resolve()
    if not file.exists():
        raise StoreError(f"there is no store at {path}; run `pocketdev-analytics import` first")
    if _is_readable(file, wait_seconds):
        return Damage()
    kept = file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    kept.mkdir(mode=0o700)
    copy_file(file, kept / file.name)
    lost = _cut_log(file, kept) if log_of(file).exists() else []
    if not _is_readable(file, wait_seconds):
        lost += _rebuild(file, kept)
    return Damage(kept, lost)


def _is_readable(path: Path, wait_seconds: float) -> bool:
    """Whether every value of the store can be read.

    Raises:
        StoreLockedError: another process has the store open.
        StoreTooNewError: a newer version wrote it.
        NotAStoreError: the file is another program's.
    """
    try:
        with (
            connected(path, read_only=True, wait_seconds=wait_seconds) as connection,
            opening(path),
        ):
            contents(connection)
    except (NotAStoreError, StoreLockedError, StoreTooNewError):
        raise
    except StoreError:
        return False
    return True


def _cut_log(path: Path, kept: Path) -> list[str]:
    """Move the log to `kept`, and merge its readable part; return what is lost."""
    log = log_of(path)
    log.rename(log_of(kept / path.name))
    content = log_of(kept / path.name).read_bytes()
    length = _readable_length(path, content)
    with private_files():
        log.write_bytes(content[:length])
    with connected(path, read_only=False, wait_seconds=0), opening(path):
        pass  # opening for writing merges the log
    missing = len(content) - length
    return [f"the last {missing:,} of {len(content):,} bytes of the log; {_AGAIN}"]


def _readable_length(path: Path, log: bytes) -> int:
    """Return how many bytes of the log are readable: DuckDB ignores a truncated entry.

    Every prefix that includes the damage fails, so the longest good one is found by bisection.
    """
    with scratch(path, path) as folder:
        # Not a symbolic link: DuckDB would look for the log next to the link's target.
        try:
            (folder / path.name).hardlink_to(path)
        except OSError:  # a disk without links
            copy_file(path, folder / path.name)
        low, high = 0, len(log)
        while low + 1 < high:
            middle = (low + high) // 2
            low, high = (middle, high) if _opens(folder, path, log[:middle]) else (low, middle)
    return low


def _opens(folder: Path, path: Path, log: bytes) -> bool:
    log_of(folder / path.name).write_bytes(log)
    try:
        with connected(folder / path.name, read_only=True, wait_seconds=0):
            return True  # opening reads the log to its end
    except StoreError:
        return False


def _rebuild(path: Path, kept: Path) -> list[str]:
    """Replace a damaged file by a new store with its readable tables."""
    from pocketdev_analytics.store.migrations import migrate

    lost = []
    path.unlink()
    log_of(path).unlink(missing_ok=True)
    damaged = kept / path.name
    with connected(path, read_only=False, wait_seconds=0) as fresh:
        migrate(fresh)
        try:
            with connected(damaged, read_only=True, wait_seconds=0):
                pass
        except StoreError as error:
            return [f"every table ({error})", _AGAIN]
        for name, table in tables(fresh).items():
            if name not in {"schema_migrations", "store_properties"}:
                reason = _copy_table(damaged, fresh, table)
                if reason:
                    lost.append(f"the table {name} ({reason})")
        # So that the next import reads every existing session file from its beginning.
        fresh.execute("update session_files set decoder_version = null")
    return [*lost, _AGAIN] if lost else lost


def _copy_table(damaged: Path, fresh: duckdb.DuckDBPyConnection, table: str) -> str | None:
    """Copy the rows of a table. Return an error message, or None."""
    try:
        with (
            connected(damaged, read_only=True, wait_seconds=0) as connection,
            opening(damaged),
        ):
            rows = fetch(connection, f"select * from {table}")
        with registered(fresh, rows):
            fresh.execute(f"delete from {table}")
            fresh.execute(f"insert into {table} by name select * from incoming")
    except (StoreError, duckdb.Error) as error:
        return str(error).splitlines()[0]
    return None
