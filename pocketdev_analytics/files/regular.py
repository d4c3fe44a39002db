"""Open untrusted files: regular files only, of limited size.

Opening a named pipe waits for a writer, and reading a device or an endless file fills the memory.
So a file is checked after it is open, when nothing can replace it any more.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import BinaryIO, Final, TextIO

__all__ = [
    "MEBIBYTE",
    "check_regular",
    "check_size",
    "open_regular",
    "open_regular_text",
    "read_regular",
    "read_regular_text",
]

MEBIBYTE: Final = 2**20
# Windows lacks some of these; there, a pipe is not a path in a folder.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_KINDS: Final = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


def check_regular(status: os.stat_result, path: str | os.PathLike[str]) -> None:
    """Check that a file is a regular file.

    Raises:
        OSError: `status` is that of a folder, pipe, socket or device; `strerror` names it.
    """
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "special file")
        raise OSError(errno.EINVAL, f"not a regular file but a {kind}", os.fspath(path))


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file for reading, without blocking.

    Raises:
        OSError: the file cannot be opened, or is not a regular file.
    """
    check_regular(os.stat(path), path)  # noqa: PTH116 - opening a device may do something
    descriptor = os.open(path, _FLAGS)
    try:
        check_regular(os.fstat(descriptor), path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: str | os.PathLike[str], most_bytes: int = MEBIBYTE) -> bytes:
    """Read a regular file of at most `most_bytes`.

    Raises:
        OSError: the file cannot be read, is not a regular file, or is larger.
    """
    with open_regular(path) as file:
        check_size(os.fstat(file.fileno()).st_size, path, most_bytes)
        # Some system files have a stated size of 0, and any file may grow.
        content = file.read(most_bytes + 1)
    check_size(len(content), path, most_bytes)
    return content


def check_size(size_bytes: int, path: str | os.PathLike[str], most_bytes: int = MEBIBYTE) -> None:
    """Check that a file has at most `most_bytes`.

    Raises:
        OSError: the file is larger.
    """
    if size_bytes > most_bytes:
        raise OSError(errno.EFBIG, f"larger than {most_bytes // MEBIBYTE:,} MiB", os.fspath(path))


def open_regular_text(path: str | os.PathLike[str], encoding: str = "utf-8") -> TextIO:
    """Open a regular file as text with unchanged line endings, as `csv` needs.

    Raises:
        OSError: the file cannot be opened, or is not a regular file.
    """
    return io.TextIOWrapper(open_regular(path), encoding, newline="")


def read_regular_text(
    path: str | os.PathLike[str], encoding: str = "utf-8", most_bytes: int = MEBIBYTE
) -> str:
    """Read the text of a regular file, with any line ending as a newline.

    Raises:
        OSError: as `read_regular`.
        UnicodeDecodeError: the file is not in this encoding.
    """
    text = read_regular(path, most_bytes).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")
