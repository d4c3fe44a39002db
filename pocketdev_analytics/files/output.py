"""Output files, written atomically."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pocketdev_analytics.exceptions import ReportError

__all__ = ["output_errors", "write_file"]


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to the file `path`, atomically.

    A symbolic link is followed. A pipe or a device is written directly. An existing file keeps
    its permissions; a new one gets the default permissions.

    Raises:
        ReportError: the file cannot be written.
    """
    with output_errors(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path.resolve(), content)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Raise ReportError for file system errors about `path` inside the block.

    Raises:
        ReportError: `path` cannot be written.
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
    """Return the umask, which can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
