"""Session files as they were before they were compressed."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, Final

from pocketdev_analytics.files.regular import open_regular

__all__ = ["is_compressed", "open_history"]

_SUFFIX: Final = ".zst"
#: No session file is larger when unpacked; one that is was made to fill the memory.
_MOST_BYTES: Final = 2**31
_BLOCK_BYTES: Final = 2**20


def is_compressed(path: str) -> bool:
    """Return whether a file is compressed, by its name."""
    return path.endswith(_SUFFIX)


def open_history(path: str) -> BinaryIO:
    """Open a session file; a compressed one as what it holds.

    Raises:
        OSError: the file cannot be opened, or is not what its name says.
    """
    file = open_regular(path)
    if not is_compressed(path):
        return file
    with file:
        return BytesIO(_unpacked(file))


def _unpacked(file: BinaryIO) -> bytes:
    import pyarrow as pa  # only where there is such a file

    parts: list[bytes] = []
    size = 0
    # Invalid data raises OSError, too.
    with pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd") as stream:
        while part := stream.read(_BLOCK_BYTES):
            size += len(part)
            if size > _MOST_BYTES:
                raise OSError(0, "larger than 2 GiB when unpacked")
            parts.append(part)
    return b"".join(parts)
