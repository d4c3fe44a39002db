"""Folders for files that are being written, removed later if their process is killed.

A folder lies next to what it is for, to be moved there in one step, which may be on any disk.
A note next to the store says where it is. Its process holds a lock on the note as long as it
runs: whoever gets the lock may remove the folder.
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
from pocketdev_analytics.regular import open_regular

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be removed there, which is as good
    fcntl = None  # type: ignore[assignment]

__all__ = ["clear_leftovers", "put_back", "replaced_in", "scratch"]

_SUFFIX: Final = r"[0-9a-f]{12}"
_FOLDER: Final = re.compile(rf"\..*\.partial-{_SUFFIX}", re.DOTALL)
_LONGEST_NOTE: Final = 2**16
#: What a folder that is being replaced is called in the scratch folder.
_OLD: Final = "old"


@contextmanager
def scratch(store: Path, target: Path) -> Iterator[Path]:
    """A folder next to `target` for its owner only, removed when the block ends.

    Args:
        store: the store whose next writer removes the folder if this process is killed.
        target: what the folder is for.

    Raises:
        StoreError: it cannot be made.
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
    """Where in a scratch folder a target is moved to while it is replaced."""
    return folder / _OLD


def put_back(folder: Path, target: Path) -> None:
    """Move what was to be replaced back to `target`, if nothing has taken its place."""
    if (folder / _OLD).exists() and not target.exists():
        (folder / _OLD).rename(target)


def clear_leftovers(store: Path) -> None:
    """Remove the scratch folders of killed processes, and drafts of files next to the store."""
    with suppress(OSError):
        for entry in list(store.parent.iterdir()):
            if re.fullmatch(re.escape(f".{store.name}.note-") + _SUFFIX, entry.name):
                with suppress(OSError, ValueError):
                    _clear(entry)


def _note_path(store: Path, token: str) -> Path:
    return store.with_name(f".{store.name}.note-{token}")


def _write_note(path: Path, folder: Path, target: Path) -> BinaryIO | None:
    """Note where the folder is, and hold the note; None if nothing can be written there."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return None
    note = os.fdopen(descriptor, "r+b")
    with suppress(OSError):  # a writer that looks through the notes has it for a moment
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
