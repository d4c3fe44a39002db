"""Opening the DuckDB file: settings, locks and permissions."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from polars.exceptions import ComputeError

from pocketdev_analytics.exceptions import StoreError, StoreLockedError, StoreTooNewError
from pocketdev_analytics.store.spill import clear_spill

__all__ = ["connect", "log_of", "make_private", "private_files", "reading"]

# Not just "lock": a damaged file is reported with the number of a block.
_LOCKED = re.compile(r"lock on file|lock is held|used by another process")
_HOLDER = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
# How long the log beside the store grows before it is merged. Merged at every commit, an
# import of 10 GiB takes a fifth longer; with a longer log the last merge has more to do, when
# nothing is left to decode beside it. Closing merges it in any case.
_LOG_SIZE = "40MB"


def connect(
    path: Path, *, read_only: bool, wait_seconds: float, is_confined: bool = True
) -> duckdb.DuckDBPyConnection:
    """Open the store's file; one writer shuts out everyone else, so wait for it.

    The connection speaks UTC and, confined, can touch no other file and no network.

    Raises:
        StoreLockedError: another process still holds the file after `wait_seconds`.
        StoreTooNewError: a newer DuckDB wrote it.
        StoreError: it cannot be opened for any other reason.
    """
    if not read_only:
        _make_folder(path)
    deadline = time.monotonic() + wait_seconds
    pause = _FIRST_PAUSE_SECONDS
    while True:
        before = _identity(path)
        try:
            with private_files():
                connection = duckdb.connect(path, read_only=read_only)
                _configure(connection, read_only=read_only, is_confined=is_confined)
        except duckdb.Error as error:
            if not _LOCKED.search(str(error)) or time.monotonic() > deadline:
                raise _store_error(path, error) from None
        else:
            if not read_only:
                make_private(path)
            if before in {None, _identity(path)}:
                if not read_only:
                    _clear_up(connection, path)
                return connection
            connection.close()  # a compacted store took its place while this one was opened
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _clear_up(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Take away what a process left that was killed while it wrote.

    Closing merges a log that it began itself; one that was there stays, and everyone who
    opens the store reads all of it first.
    """
    clear_spill(path)
    if log_of(path).exists():
        with suppress(duckdb.Error):  # no room for it now: nothing is lost
            connection.execute("checkpoint")


def _configure(
    connection: duckdb.DuckDBPyConnection, *, read_only: bool, is_confined: bool
) -> None:
    connection.execute("set TimeZone = 'UTC'")
    # Where Python is interactive, DuckDB would draw a bar for a slow query. In a notebook
    # without ipywidgets it neither draws one nor lets it be switched off.
    with suppress(duckdb.InvalidInputException):
        connection.execute("set enable_progress_bar = false")
    if not read_only:
        connection.execute(f"set checkpoint_threshold = '{_LOG_SIZE}'")
    if is_confined:
        connection.execute("set enable_external_access = false")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file the path names; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def log_of(path: Path) -> Path:
    """The log that DuckDB keeps beside the store while it is written."""
    return path.with_name(path.name + ".wal")


@contextmanager
def private_files() -> Iterator[None]:
    """Files made inside are their owner's only: DuckDB makes its log when it first writes."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private(path: Path) -> None:
    """Let only the owner read the store and the log that DuckDB keeps beside it."""
    for file in (path, log_of(path)):
        if file.exists():
            file.chmod(0o600)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"cannot create {path.parent} for the store: {error.strerror}; "
            "name another place with --store"
        ) from None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """A read of the store inside that DuckDB cannot do is a StoreError."""
    try:
        yield
    except (duckdb.Error, ComputeError) as error:  # the latter once rows have begun to come
        raise StoreError(
            f"cannot read {path}: {str(error).splitlines()[0]}; "
            "`pocketdev-analytics store check` says what is damaged"
        ) from None


def _store_error(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error)
    if _LOCKED.search(text):
        held = _HOLDER.search(text)
        holder = f"{held['program']} (process {held['pid']})" if held else "another process"
        return StoreLockedError(
            f"{path} is in use by {holder}; close it, or try again when it is done"
        )
    if "version number" in text:
        return StoreTooNewError(
            f"{path} was written by a newer DuckDB; upgrade pocketdev_analytics"
        )
    return StoreError(f"cannot open the store {path}: {text.splitlines()[0]}")
