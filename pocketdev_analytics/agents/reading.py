"""Read the new part of session files and decode it into frames.

A `Chunk` is a range of a file; the chunks of a file are decoded in any process and in any
order. A `Fingerprint` is what a file is recognised by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO

from isal.isal_zlib import crc32

from pocketdev_analytics.agents.checksum import prefix_crc32
from pocketdev_analytics.agents.compressed import is_compressed, open_history
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.registry import find_agent
from pocketdev_analytics.agents.rows import PackedRows, Rows
from pocketdev_analytics.agents.times import instant
from pocketdev_analytics.files.regular import open_regular

__all__ = [
    "Chunk",
    "Decoded",
    "DecodedChunk",
    "Fingerprint",
    "fingerprint",
    "head_digests",
    "read_chunks",
    "split",
]

CHUNK_BYTES = 16 * 2**20
EDGE_BYTES = 4096
#: A file up to this size is compared as a whole, which takes a millisecond.
SMALL_BYTES = 2**20
#: The agents of this package; one of another may fail as it likes.
_OWN = ("claude", "codex")
_SAMPLES = 16
# Bytes of a file in memory at a time. More is not faster, and the memory is not freed.
_PART_BYTES = 2**19


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines of a file that begin at or after `start` and before `stop`.

    `start` is the beginning of a line where `is_aligned`, else anywhere. `size` is
    the file's as listed: what is written after that waits for the next import. `product` is the
    name of the agent that wrote it.
    """

    path: str
    origin: Origin
    start: int
    stop: int
    size: int
    is_aligned: bool = True
    product: str = "claude"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of the first and the last 4 KiB before `bytes_read`, and of 16 blocks between."""

    bytes_read: int
    head: str
    tail: str
    samples: str = ""


@dataclass(frozen=True, slots=True)
class DecodedChunk:
    """What a chunk of `size` bytes held; `problem` is why it could not be read.

    `start` is where its first line begins. `ended_bytes` and `ended_crc32` are the size and the
    checksum of the lines that end; `first_line_digest` is that of the file's first line.
    `is_last` says that the chunk ends where the file did when it was listed.
    """

    file_id: int
    size: int
    span: Span
    fingerprint: Fingerprint
    problem: str | None = None
    is_last: bool = False
    ended_bytes: int = 0
    ended_crc32: int = 0
    start: int = 0
    first_line_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """The result of a task: its chunks in order, and the rows of all of them.

    The `line_no` of a row counts from its chunk's first line.
    """

    chunks: list[DecodedChunk]
    rows: PackedRows


def split(chunk: Chunk, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """Split a chunk into chunks of about `chunk_bytes`, so that no file fills the memory."""
    for start in range(chunk.start, max(chunk.stop, chunk.start + 1), chunk_bytes):
        yield replace(
            chunk,
            start=start,
            stop=min(start + chunk_bytes, chunk.stop),
            is_aligned=start == chunk.start,
        )


def read_chunks(chunks: Iterable[Chunk]) -> Decoded:
    """Decode chunks into one set of rows; one that cannot be read is a chunk with a problem."""
    rows = Rows()
    return Decoded([_read_chunk(chunk, rows) for chunk in chunks], rows.packed())


def fingerprint(path: str, bytes_read: int) -> Fingerprint:
    """Return the fingerprint of a file's first `bytes_read` bytes.

    Raises:
        OSError: the file cannot be read.
    """
    with open_regular(path) as file:
        return _fingerprint(file, bytes_read)


def head_digests(path: str, lengths: Iterable[int]) -> dict[int, str]:
    """Return for each length what `Fingerprint.head` would be after that many bytes.

    Raises:
        OSError: the file cannot be read.
    """
    with open_regular(path) as file:
        head = file.read(EDGE_BYTES)
    return {length: _digest(head[:length]) for length in lengths}


def _read_chunk(chunk: Chunk, rows: Rows) -> DecodedChunk:
    before = rows.sizes()
    try:
        if is_compressed(chunk.path):
            return _unpacked(chunk, rows)
        with open_regular(chunk.path) as file:
            return _decoded(chunk, file, rows)
    except Exception as error:
        rows.cut(before)  # it is read again as a whole
        if not isinstance(error, OSError) and chunk.product in _OWN:
            raise  # a fault of ours is not to be hidden
        problem = getattr(error, "strerror", None) or type(error).__name__
        return DecodedChunk(chunk.origin.file_id, 0, Span(), Fingerprint(0, "", ""), problem)


def _decoded(chunk: Chunk, file: BinaryIO, rows: Rows) -> DecodedChunk:
    start = end = ended = _first_line_at(file, chunk)
    decode = find_agent(chunk.product).decode
    span, checksum, first_line, head, data = Span(), 0, None, b"", b""
    previous_at = chunk.origin.previous_at
    for data, size in _parts(file, chunk, start):
        lines_before = chunk.origin.lines_before + span.count_lines
        origin = replace(
            chunk.origin, byte_offset=end, lines_before=lines_before, previous_at=previous_at
        )
        part = decode(data, origin, rows, size)
        span.add(part)
        if part.last_at is not None:
            previous_at = instant(part.last_at)
        if not end:
            first_line = _first_line_digest(data)
        if ended_bytes := data.rfind(b"\n", 0, size) + 1:
            checksum = crc32(memoryview(data)[:ended_bytes], checksum)
            ended = end + ended_bytes
        head += data[: min(EDGE_BYTES - len(head), size)]
        end += size
    # A file that was read in one part need not be read again.
    known_by = _fingerprint(BytesIO(data) if end == len(data) else file, ended)
    if not start:  # of what was read, even if the file has been rewritten since
        known_by = replace(known_by, head=_digest(head[:ended]))
    return DecodedChunk(
        *(chunk.origin.file_id, end - start, span, known_by),
        is_last=chunk.stop >= chunk.size,
        ended_bytes=ended - start,
        ended_crc32=checksum,
        start=start,
        first_line_digest=first_line,
    )


def _unpacked(chunk: Chunk, rows: Rows) -> DecodedChunk:
    """Decode a compressed file, which is read at once and known by its own bytes."""
    with open_history(chunk.path) as unpacked:
        data = unpacked.read()
    span = find_agent(chunk.product).decode(data, chunk.origin, rows, len(data))
    return DecodedChunk(
        *(chunk.origin.file_id, chunk.size, span, fingerprint(chunk.path, chunk.size)),
        is_last=True,
        ended_bytes=chunk.size,
        ended_crc32=prefix_crc32(chunk.path, chunk.size),
        first_line_digest=_first_line_digest(data),
    )


def _first_line_at(file: BinaryIO, chunk: Chunk) -> int:
    """Return where the first line of the chunk begins."""
    if chunk.is_aligned:
        return chunk.start
    # The line that covers `start` belongs to the chunk before.
    file.seek(chunk.start - 1)
    return chunk.start - 1 + len(file.readline())


def _parts(file: BinaryIO, chunk: Chunk, start: int) -> Iterator[tuple[bytes, int]]:
    """Yield the chunk's bytes from `start` on in entire lines, beyond `stop` if necessary.

    Each part comes with the number of its bytes that count; the rest begins the next part.
    """
    file.seek(start)
    while data := file.read(max(min(chunk.stop - start, _PART_BYTES), 0)):
        size = len(data)
        if start + size < chunk.size and not data.endswith(b"\n"):
            whole = data.rfind(b"\n") + 1
            if whole and start + size < chunk.stop:
                # Appending the rest of the line would copy everything before it.
                size = whole
                file.seek(start + size)
            else:
                data += file.readline(chunk.size - start - size)
                size = len(data)
        start += size
        yield data, size
        if data[size - 1 : size] != b"\n":
            return  # what may have been written since does not begin a line


def _fingerprint(file: BinaryIO, bytes_read: int) -> Fingerprint:
    file.seek(0)
    head = file.read(min(EDGE_BYTES, bytes_read))
    file.seek(max(bytes_read - EDGE_BYTES, 0))
    tail = file.read(min(EDGE_BYTES, bytes_read))
    return Fingerprint(bytes_read, _digest(head), _digest(tail), _samples_digest(file, bytes_read))


def _samples_digest(file: BinaryIO, bytes_read: int) -> str:
    """Return the digest of evenly spread blocks; "" where the entire file is checked anyway."""
    if bytes_read <= SMALL_BYTES:
        return ""
    digest = blake2b(digest_size=16)
    for number in range(1, _SAMPLES + 1):
        file.seek(bytes_read * number // (_SAMPLES + 1))
        digest.update(file.read(EDGE_BYTES))
    return digest.hexdigest()


def _first_line_digest(data: bytes) -> str | None:
    end = data.find(b"\n") + 1
    return _digest(data[:end]) if end else None


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
