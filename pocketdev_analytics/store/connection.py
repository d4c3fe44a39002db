"""Opening the DuckDB file: settings, locks and permissions."""

from __future__ import annotations

import re
import time
from pathlib import Path

import duckdb

from pocketdev_analytics.exceptions import StoreError, StoreLockedError, StoreTooNewError

__all__ = ["connect", "make_private"]

_HOLDER = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5


def connect(path: Path, *, read_only: bool, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    """Open the store's file; one writer shuts out everyone else, so wait for it.

    The connection speaks UTC and can touch no other file and no network.

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
        try:
            connection = _configured(duckdb.connect(path, read_only=read_only))
        except duckdb.Error as error:
            if "lock" not in str(error) or time.monotonic() > deadline:
                raise _store_error(path, error) from None
        else:
            if not read_only:
                make_private(path)
            return connection
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _configured(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_external_access = false")
    return connection


def make_private(path: Path) -> None:
    """Let only the owner read the store and the log that DuckDB keeps beside it."""
    for file in (path, path.with_name(path.name + ".wal")):
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


def _store_error(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error)
    if "lock" in text:
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
