"""Open and close the DuckDB file: settings, locks and permissions."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb
from polars.exceptions import ComputeError

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.location import literal, log_of, store_path
from pocketdev_analytics.store.ownership import refuse_foreign
from pocketdev_analytics.store.refusals import LOCKED, REPAIR, store_error
from pocketdev_analytics.store.scratch import clear_leftovers
from pocketdev_analytics.store.spill import (
    clear_spill,
    make_spill_dir,
    release_spill_dir,
    spill_dir,
)

__all__ = ["connect", "connected", "disconnect", "make_private", "private_files", "reading"]

_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
# The size of the log at which it is merged into the store. Merging at every commit makes an
# import of 10 GiB a fifth slower; a larger log leaves more to merge at the end, when there is
# nothing left to decode in parallel. Closing always merges it.
_LOG_SIZE = "40MB"
# Set on connect: DuckDB opens the file before any statement can run. For an SQLite file it would
# load an installed extension, or else look for one on the network.
_NO_EXTENSIONS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "extension_directory": os.devnull,
}


def connect(
    path: Path, *, read_only: bool, wait_seconds: float, folders: tuple[Path, ...] = ()
) -> duckdb.DuckDBPyConnection:
    """Open the store's file; wait for a writer, which excludes all other processes.

    The connection uses UTC, and has no access to the network or to files outside `folders`.
    Close it with `disconnect`.

    Raises:
        StoreLockedError: another process still holds the file after `wait_seconds`.
        StoreTooNewError: a newer DuckDB wrote it.
        StoreError: `path` does not name a local file, or the file cannot be opened or is not
            a store.
    """
    path = store_path(path)
    if not read_only:
        _make_folder(path)
    deadline = time.monotonic() + wait_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        before = _identity(path)
        try:
            with private_files():
                config = {**_NO_EXTENSIONS, "temp_directory": str(spill_dir(path))}
                connection = duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            if not LOCKED.search(str(error)) or time.monotonic() > deadline:
                raise store_error(path, error) from None
        else:
            if before in {None, _identity(path)}:
                return _prepare(connection, path, folders, read_only=read_only)
            connection.close()  # a compacted store replaced the one that was being opened
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def disconnect(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Close a connection that `connect` opened."""
    with private_files():
        connection.close()
    release_spill_dir(store_path(path))


@contextmanager
def connected(
    path: Path, *, read_only: bool, wait_seconds: float, folders: tuple[Path, ...] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connect, and disconnect when the block ends."""
    connection = connect(path, read_only=read_only, wait_seconds=wait_seconds, folders=folders)
    try:
        yield connection
    finally:
        disconnect(connection, path)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    folders: tuple[Path, ...],
    *,
    read_only: bool,
) -> duckdb.DuckDBPyConnection:
    make_spill_dir(path)
    try:
        with private_files():
            _confine(connection, folders)
            _configure(connection, read_only=read_only)
            refuse_foreign(connection, path)
            if not read_only:
                make_private(path)
                _clear_up(connection, path)
    except duckdb.Error as error:
        disconnect(connection, path)
        raise store_error(path, error) from None
    except BaseException:
        disconnect(connection, path)
        raise
    return connection


def _confine(connection: duckdb.DuckDBPyConnection, folders: tuple[Path, ...]) -> None:
    # Not in the configuration, which DuckDB applies in any order: the folders must come first.
    if folders:
        connection.execute(f"set allowed_directories = [{', '.join(map(literal, folders))}]")
    connection.execute("set enable_external_access = false")


def _configure(connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> None:
    # Global: a new cursor would otherwise use the time zone of the process.
    connection.execute("set global TimeZone = 'UTC'")
    # In interactive Python, DuckDB draws a progress bar for a slow query. In a notebook without
    # ipywidgets it draws none, and refuses this setting.
    with suppress(duckdb.InvalidInputException):
        connection.execute("set enable_progress_bar = false")
    if not read_only:
        connection.execute(f"set checkpoint_threshold = '{_LOG_SIZE}'")


def _clear_up(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Remove what killed processes left, and merge their log.

    Closing merges only a log that this connection began. An older one would stay, to be read on
    every open.
    """
    clear_spill(path)
    clear_leftovers(path)
    if log_of(path).exists():
        with suppress(duckdb.Error):  # no disk space to merge it now: nothing is lost
            connection.execute("checkpoint")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return the device and inode of the file at a path; None if there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


@contextmanager
def private_files() -> Iterator[None]:
    """Create files inside the block, such as DuckDB's log, readable by their owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private(path: Path) -> None:
    """Make the store and its log readable by their owner only."""
    for file in (path, log_of(path)):
        with suppress(OSError):  # missing, or owned by another user who allows writing
            file.chmod(0o600)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"cannot create {path.parent} for the store: {error.strerror}; "
            "name another file with --store"
        ) from None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise StoreError for a read inside the block that DuckDB cannot do."""
    try:
        yield
    except (duckdb.Error, ComputeError) as error:  # the latter after the first rows arrived
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise StoreError(f"cannot read the store {path}: {reason}; {REPAIR}") from None
