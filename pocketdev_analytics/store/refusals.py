"""Translate DuckDB's errors on opening a file into one sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from pocketdev_analytics.exceptions import (
    NotAStoreError,
    StoreError,
    StoreLockedError,
    StoreTooNewError,
)
from pocketdev_analytics.files.regular import open_regular
from pocketdev_analytics.store.location import log_of

__all__ = ["LOCKED", "REPAIR", "opening", "store_error"]

# Not just "lock": errors about a damaged file name a "block".
LOCKED: Final = re.compile(r"lock on file|lock is held|used by another process")
REPAIR: Final = "run `pocketdev-analytics store repair`"
_HOLDER: Final = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
_LOG: Final = re.compile(r"\bwal\b|write.ahead", re.IGNORECASE)
_NOT_DUCKDB: Final = re.compile(r"not a valid DuckDB database|^IO Error: Extension ")
_TRUNCATED: Final = re.compile(r"[Cc]ould not read enough bytes|end of file")
_DAMAGED: Final = re.compile(r"[Cc]orrupt|[Ss]eriali[sz]ation|INTERNAL|checksum|FATAL")
# First bytes of files that are mistaken for a store; DuckDB's own mark follows a checksum.
_BEGINNINGS: Final = (
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PAR1", "a Parquet file"),
    (b"{", "a JSON file"),
)


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Raise StoreError for DuckDB errors on the first reads of the store at `path`."""
    try:
        yield
    except duckdb.Error as error:
        raise store_error(path, error) from None


def store_error(path: Path, error: duckdb.Error) -> StoreError:
    """Return this package's error for one that DuckDB raised while opening `path`."""
    text = str(error)
    if LOCKED.search(text):
        held = _HOLDER.search(text)
        holder = f"{held['program']} (process {held['pid']})" if held else "another process"
        return StoreLockedError(
            f"{path} is in use by {holder}; close it, or try again when it is done"
        )
    if "version number" in text:
        return StoreTooNewError(
            f"{path} was written by a newer DuckDB; upgrade pocketdev_analytics"
        )
    if _NOT_DUCKDB.search(text) and (kind := _other_kind(path)):
        return NotAStoreError(
            f"cannot open the store {path}: it is {kind}; name another file with --store"
        )
    return StoreError(_sentence(path, text))


def _sentence(path: Path, text: str) -> str:
    subject = f"cannot open the store {path}"
    if _NOT_DUCKDB.search(text):
        return (
            f"{subject}: its beginning is not that of a DuckDB file; name another file with"
            f" --store or, if this was the store, {REPAIR}"
        )
    reason = text.splitlines()[0] if text else "DuckDB does not say why"
    if log_of(path).exists() and _LOG.search(text):
        return f"{subject}: its log {log_of(path).name} is damaged ({reason}); {REPAIR}"
    if "has been invalidated" in text:  # by an earlier failure in this process, not by the file
        return f"{subject}: writing to it failed; free disk space and try again"
    if _TRUNCATED.search(text):
        return f"{subject}: it is truncated ({reason}); {REPAIR}, or restore a backup"
    if _DAMAGED.search(text):
        return f"{subject}: it is damaged ({reason}); {REPAIR}"
    return f"{subject}: {reason}"


def _other_kind(path: Path) -> str | None:
    """Return what the file is if its first bytes show that it never was a store, else None.

    Only for a file that DuckDB did not open: closing one that this process also has open in
    DuckDB would end DuckDB's lock on it (POSIX releases all locks of a process then).
    """
    try:
        with open_regular(path) as file:
            beginning = file.read(64)
    except OSError:
        return None
    if not beginning:
        return "an empty file"
    for mark, name in _BEGINNINGS:
        if beginning.startswith(mark):
            return name
    is_text = beginning.isascii() and min(beginning) >= ord("\t")
    return "a text file" if is_text else None
