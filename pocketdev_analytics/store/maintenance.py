"""Looking after the store's file: its state, backups and the space it takes.

Safe beside readers, who never see half of anything: a backup and a compaction read the
store as readers do, which keeps writers waiting, and the compacted file takes the
store's place in one step. Who still reads the old file reads on, undisturbed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.checks import check_connection
from pocketdev_analytics.store.connection import connect, log_of, make_private
from pocketdev_analytics.store.migrations import (
    applied_migrations,
    is_current,
    migrate,
    pending_migrations,
)
from pocketdev_analytics.store.select import quoted

__all__ = ["StoreStatus", "backup", "check", "compact", "migrate_store", "status"]

_COPY: Final = "import shutil, sys; shutil.copyfile(*sys.argv[1:])"


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
    """Bring the store to this version's schema: the names of the migrations that ran.

    A store that is up to date is not opened for writing, and so waits for no reader.

    Raises:
        StoreError: there is none, it is in use, or a newer version wrote it.
    """
    with _reading(path, wait_seconds) as connection:
        if is_current(connection):
            return []
    connection = connect(path, read_only=False, wait_seconds=wait_seconds)
    try:
        return migrate(connection)
    finally:
        connection.close()


def status(path: Path, *, wait_seconds: float) -> StoreStatus:
    """The state of the store, which stays as it is.

    Raises:
        StoreError: there is none, it is in use, or a newer version wrote it.
    """
    with _reading(path, wait_seconds) as connection:
        ((free,),) = connection.execute(
            "select free_blocks * block_size from pragma_database_size()"
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
            rows=_rows(connection),
            synced_from=source,
            synced_at=taken_at,
        )


def check(path: Path, *, wait_seconds: float) -> list[str]:
    """What is wrong with the store's rows, a sentence each: nothing, it is to be hoped.

    Raises:
        StoreError: there is none, it is in use, or a newer version wrote it.
    """
    with _reading(path, wait_seconds) as connection:
        pending = pending_migrations(connection)
        if pending:
            return [
                f"the schema lacks {', '.join(pending)}; run `pocketdev-analytics store migrate`"
            ]
        return check_connection(connection)


def backup(path: Path, target: Path, *, wait_seconds: float) -> int:
    """Copy the store to `target`, as of one moment, and check the copy: its size in bytes.

    Raises:
        StoreError: there is no store, it is in use, `target` exists or cannot be
            written, or the copy is not whole.
    """
    if target.exists():
        raise StoreError(f"{target} exists; name another file, or remove it first")
    with _scratch(target) as copy:
        with _reading(path, wait_seconds):
            _copy(path, copy)
            if log_of(path).exists():
                _copy(log_of(path), log_of(copy))
        _settle(copy)
        _publish(copy, target)
    return target.stat().st_size


def compact(path: Path, *, wait_seconds: float) -> tuple[int, int]:
    """Write the store anew without its free space: its size in bytes before and after.

    Raises:
        StoreError: there is no store, it is in use, or the new one is not whole.
    """
    file = _existing(path).resolve()  # a link to the store stays one
    before = file.stat().st_size
    with _scratch(file) as fresh, _without_log(file, wait_seconds) as connection:
        _write_anew(connection, fresh)
        _compare(connection, fresh)
        fresh.replace(file)
    return before, file.stat().st_size


@contextmanager
def _reading(
    path: Path, wait_seconds: float, *, is_confined: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that only reads; as long as it is open nobody writes."""
    _existing(path)
    connection = connect(path, read_only=True, wait_seconds=wait_seconds, is_confined=is_confined)
    try:
        yield connection
    finally:
        connection.close()


def _existing(path: Path) -> Path:
    if not path.exists():
        raise StoreError(f"there is no store at {path}; run `pocketdev-analytics import` first")
    return path


@contextmanager
def _without_log(path: Path, wait_seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """`_reading`, after what a killed writer left in the log was written into the store."""
    for _ in range(3):
        with _reading(path, wait_seconds, is_confined=False) as connection:
            if not log_of(path).exists():
                yield connection
                return
        connect(path, read_only=False, wait_seconds=wait_seconds).close()
    raise StoreError(f"{path} is being written to again and again; try again later")


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A file in a private folder beside `target`, on the same disk; the folder goes afterwards."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise StoreError(f"cannot write to {target.parent}: {error.strerror}") from None
    with folder as name:
        yield Path(name) / target.name


def _copy(source: Path, target: Path) -> None:
    # In a process of its own: closing the file in this one would end every lock that
    # this one holds on it, DuckDB's too (POSIX says so of fcntl locks).
    done = subprocess.run(  # noqa: S603 - our own interpreter, and paths as arguments
        [sys.executable, "-I", "-c", _COPY, str(source), str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it was interrupted"])[-1]
        raise StoreError(f"cannot copy {source} to {target.parent}: {reason}")


def _settle(copy: Path) -> None:
    """Write the copy's log into the copy, and read all of it once."""
    connection = connect(copy, read_only=False, wait_seconds=0)
    try:
        connection.execute("checkpoint")
        _contents(connection)
    except duckdb.Error as error:
        raise StoreError(f"the copy is not whole: {str(error).splitlines()[0]}") from None
    finally:
        connection.close()


def _publish(copy: Path, target: Path) -> None:
    """Give the copy its name, which nobody else may have taken meanwhile."""
    make_private(copy)
    try:
        os.link(copy, target)
    except FileExistsError:
        raise StoreError(f"{target} exists by now; name another file") from None
    except OSError:  # a disk without links
        copy.replace(target)


def _write_anew(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    """Write everything that the connection's store holds to the new file `fresh`."""
    try:
        ((name,),) = connection.execute("select current_database()").fetchall()
        connection.execute(f"attach {_literal(fresh)} as fresh (read_write)")
        connection.execute(f"copy from database {quoted(name)} to fresh")
        connection.execute("detach fresh")
    except duckdb.Error as error:
        raise StoreError(
            f"the store cannot be written anew: {str(error).splitlines()[0]}; it stays as it was"
        ) from None
    make_private(fresh)


def _compare(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
    written = connect(fresh, read_only=True, wait_seconds=0)
    try:
        same = _contents(written) == _contents(connection) and _objects(written) == _objects(
            connection
        )
    finally:
        written.close()
    if not same:
        raise StoreError("the new store does not hold what the old one does; it stays as it was")


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    tables = connection.execute(
        "select table_name from duckdb_tables() where not internal and not temporary order by 1"
    ).fetchall()
    return {
        name: connection.execute(f'select count(*) from "{name}"').fetchall()[0][0]
        for (name,) in tables
    }


def _contents(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """How many rows each table has, and a digest of all that is in them: reads every value."""
    return {
        name: connection.execute(
            f"select count(*), bit_xor(hash(rows)) from {quoted(name)} as rows"
        ).fetchall()[0]
        for name in _rows(connection)
    }


def _objects(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Everything of the schema that a copy could lose."""
    return connection.execute(
        "select 'column', table_name, column_name, data_type, is_nullable, column_default, comment "
        "from duckdb_columns() where not internal union all "
        "select 'index', table_name, index_name, expressions, is_unique, null, null "
        "from duckdb_indexes() union all "
        "select 'constraint', table_name, constraint_text, null, null, null, null "
        "from duckdb_constraints() union all "
        "select 'sequence', sequence_name, last_value::varchar, null, null, null, null "
        "from duckdb_sequences() order by all"
    ).fetchall()


def _last_sync(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, datetime | None]:
    try:
        rows = connection.sql(
            "select source, taken_at from synced_tables order by taken_at desc limit 1"
        ).pl()
    except duckdb.CatalogException:  # an older store
        return None, None
    return rows.row(0) if rows.height else (None, None)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
