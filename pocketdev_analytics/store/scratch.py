"""Scratch folders for files that are being written, removed later if their process is killed.

A scratch folder lies next to its target, which may be on any disk, so that the result can be moved
there in one step. A note next to the store records the folder. Its process holds a lock on the
note while it runs: a process that can lock the note may remove the folder.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.files.regular import open_regular

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be removed there, which is as good
    fcntl = None  # type: ignore[assignment]

__all__ = ["clear_leftovers", "put_back", "replaced_in", "scratch"]

_SUFFIX: Final = r"[0-9a-f]{12}"
_FOLDER: Final = re.compile(rf"\..*\.partial-{_SUFFIX}", re.DOTALL)
_LONGEST_NOTE: Final = 2**16
#: The name in the scratch folder of the target that is being replaced.
_OLD: Final = "old"


@contextmanager
def scratch(store: Path, target: Path) -> Iterator[Path]:
    """Create a private folder next to `target`; it is removed when the block ends.

    Args:
        store: the store whose next writer removes the folder if this process is killed.
        target: the file or folder to write.

    Raises:
        StoreError: the folder cannot be created.
    """
    token = secrets.token_hex(6)
    folder = target.parent / f".{target.name}.partial-{token}"
    note = _write_note(_note_path(store, token), folder, target)
    try:
        try:
            folder.mkdir(0o700)
        except OSError as error:
            raise StoreError(f"cannot write to {target.parent}: {error.strerror}") from None
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if note:
            _note_path(store, token).unlink(missing_ok=True)
            note.close()


def replaced_in(folder: Path) -> Path:
    """Return where in a scratch folder the old target is kept while it is replaced."""
    return folder / _OLD


def put_back(folder: Path, target: Path) -> None:
    """Move the old target back, if nothing new exists there."""
    if (folder / _OLD).exists() and not target.exists():
        (folder / _OLD).rename(target)


def clear_leftovers(store: Path) -> None:
    """Remove the scratch folders that killed processes left."""
    with suppress(OSError):
        for entry in list(store.parent.iterdir()):
            if re.fullmatch(re.escape(f".{store.name}.note-") + _SUFFIX, entry.name):
                with suppress(OSError, ValueError):
                    _clear(entry)


def _note_path(store: Path, token: str) -> Path:
    return store.with_name(f".{store.name}.note-{token}")


def _write_note(path: Path, folder: Path, target: Path) -> BinaryIO | None:
    """Write and lock the note of a folder; return None if it cannot be written."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return None
    note = os.fdopen(descriptor, "r+b")
    with suppress(OSError):  # a writer that reads the notes may hold it for a moment
        _lock(note)
    names = (os.fsencode(os.path.abspath(each)) for each in (folder, target))  # noqa: PTH100
    note.write(b"\0".join(names))
    note.flush()
    return note


def _clear(path: Path) -> None:
    with open_regular(path) as note:
        _lock(note)  # an OSError if its process still runs
        content = note.read(_LONGEST_NOTE)
        folder, _, target = (Path(os.fsdecode(part)) for part in content.partition(b"\0"))
        if _FOLDER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            put_back(folder, target)
            shutil.rmtree(folder, ignore_errors=True)
        path.unlink(missing_ok=True)


def _lock(note: BinaryIO) -> None:
    if fcntl is not None:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
