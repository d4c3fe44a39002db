"""Files for people, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pocketdev_analytics.exceptions import ReportError

__all__ = ["told", "write_file"]


def write_file(path: Path, content: bytes) -> None:
    """Put `content` into the file `path`, whole or not at all.

    A link stays one: what it leads to is written. A pipe or a device gets the content as it
    comes. A file that was there keeps its rights, a new one has those that any file gets.

    Raises:
        ReportError: it cannot be written.
    """
    with told(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say in a sentence that `path` cannot be written, and why.

    Raises:
        ReportError: the file system refused something inside.
    """
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"cannot write {str(path)!r}: {error.strerror}; choose another file with -o"
        ) from None


def _replace(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".answer.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.chmod(mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """What new files are not allowed: it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
