"""Maintain the store's file: status, checks, backup and compaction.

Safe while others read: a backup and a compaction open the store read-only, which makes writers
wait, and the compacted file replaces the store in one step. Processes that have the old file open
can go on reading it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.checks import check_connection
from pocketdev_analytics.store.connection import connected, make_private, private_files, reading
from pocketdev_analytics.store.contents import contents, count_rows, objects
from pocketdev_analytics.store.copying import copy_file, publish, settle
from pocketdev_analytics.store.location import literal, log_of, store_path
from pocketdev_analytics.store.migrations import (
    applied_migrations,
    is_current,
    pending_migrations,
)
from pocketdev_analytics.store.scratch import clear_leftovers, scratch
from pocketdev_analytics.store.select import quoted
from pocketdev_analytics.store.upgrade import upgrade
from pocketdev_analytics.store.writing import writing

__all__ = ["StoreStatus", "backup", "check", "compact", "migrate_store", "status"]


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The state of a store: sizes in bytes, migrations by file name, rows by table."""

    path: Path
    size_bytes: int
    free_bytes: int
    has_log: bool
    applied: list[str]
    pending: list[str]
    rows: dict[str, int]
    synced_from: str | None
    synced_at: datetime | None


def migrate_store(path: Path, *, wait_seconds: float) -> list[str]:
    """Migrate the store to this version's schema; return the names of the applied migrations.

    An up-to-date store is not opened for writing, so there is no wait for readers.

    Raises:
        StoreError: there is no store, it is in use, a newer version wrote it, or it fails a
            check after the migration.
    """
    with _reading(path, wait_seconds) as connection:
        if is_current(connection):
            return []
    with connected(path, read_only=False, wait_seconds=wait_seconds) as connection, writing(path):
        return upgrade(connection, path)


def status(path: Path, *, wait_seconds: float) -> StoreStatus:
    """Return the state of the store without changing it.

    Raises:
        StoreError: there is no store, it is in use, or a newer version wrote it.
    """
    with _reading(path, wait_seconds) as connection:
        ((free,),) = connection.execute(
            "select free_blocks * block_size from pragma_database_size() "
            "where database_name = current_database()"
        ).fetchall()
        pending = pending_migrations(connection)
        source, taken_at = _last_sync(connection)
        return StoreStatus(
            path=path,
            size_bytes=path.stat().st_size,
            free_bytes=free,
            has_log=log_of(path).exists(),
            applied=applied_migrations(connection),
            pending=pending,
            rows=count_rows(connection),
            synced_from=source,
            synced_at=taken_at,
        )


def check(path: Path, *, wait_seconds: float) -> list[str]:
    """Run consistency checks; return one message per violation.

    Raises:
        StoreError: there is no store, it is in use, or a newer version wrote it.
    """
    with _reading(path, wait_seconds) as connection:
        pending = pending_migrations(connection)
        if pending:
            return [
                f"the schema lacks {', '.join(pending)}; run `pocketdev-analytics store migrate`"
            ]
        return check_connection(connection)


def backup(path: Path, target: Path, *, wait_seconds: float) -> int:
    """Copy the store to `target`, as of one moment, and check the copy; return its size in bytes.

    Raises:
        StoreError: there is no store, it is in use, `target` exists or cannot be
            written, or the copy is incomplete.
    """
    target = store_path(target)
    if target.exists():
        raise StoreError(f"{target} exists; name another file, or remove it first")
    clear_leftovers(store_path(path))
    with scratch(store_path(path), target) as folder:
        copy = folder / target.name
        with _reading(path, wait_seconds):
            copy_file(path, copy)
            if log_of(path).exists():
                copy_file(log_of(path), log_of(copy))
        settle(copy)
        publish(copy, target)
    return target.stat().st_size


def compact(path: Path, *, wait_seconds: float) -> tuple[int, int]:
    """Rewrite the store without its free space; return its size in bytes before and after.

    Raises:
        StoreError: there is no store, it is in use, or the new file is incomplete.
    """
    file = _existing(path).resolve()  # a link to the store stays one
    before = file.stat().st_size
    clear_leftovers(store_path(path))
    with (
        scratch(store_path(path), file) as folder,
        _without_log(file, wait_seconds, folder) as connection,
    ):
        fresh = folder / file.name
        with private_files():
            _rewrite(connection, fresh)
        _compare(connection, fresh)
        fresh.replace(file)
    return before, file.stat().st_size


@contextmanager
def _reading(
    path: Path, wait_seconds: float, *, folders: tuple[Path, ...] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a read-only connection; writers wait while it is open."""
    _existing(path)
    with (
        connected(path, read_only=True, wait_seconds=wait_seconds, folders=folders) as connection,
        reading(path),
    ):
        yield connection


def _existing(path: Path) -> Path:
    if not store_path(path).exists():
        raise StoreError(f"there is no store at {path}; run `pocketdev-analytics import` first")
    return path


@contextmanager
def _without_log(
    path: Path, wait_seconds: float, folder: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Merge the log of a killed writer, then open as `_reading`; `folder` is writable."""
    for _ in range(3):
        with _reading(path, wait_seconds, folders=(folder,)) as connection:
            if not log_of(path).exists():
                yield connection
                return
        with connected(path, read_only=False, wait_seconds=wait_seconds):
            pass  # closing merges the log
    raise StoreError(f"{path} is being written to by another process; try again later")


def _rewrite(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Write everything in the connection's store to the new file `fresh`."""
    try:
        ((name,),) = connection.execute("select current_database()").fetchall()
        other = quoted(f"{name}, rewritten")
        connection.execute(f"attach {literal(fresh)} as {other} (read_write)")
        connection.execute(f"copy from database {quoted(name)} to {other}")
        connection.execute(f"detach {other}")
    except duckdb.Error as error:
        raise StoreError(
            f"the store cannot be rewritten: {str(error).splitlines()[0]}; it was not changed"
        ) from None
    make_private(fresh)


def _compare(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    with connected(fresh, read_only=True, wait_seconds=0) as written:
        is_same = contents(written) == contents(connection) and objects(written) == objects(
            connection
        )
    if not is_same:
        raise StoreError("the rewritten store differs from the old one; the store was not changed")


def _last_sync(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, datetime | None]:
    try:
        rows = connection.sql(
            "select source, taken_at from synced_tables order by taken_at desc limit 1"
        ).pl()
    except duckdb.CatalogException:  # an older store
        return None, None
    return rows.row(0) if rows.height else (None, None)
