"""Session files to frames: which files there are, which bytes are new, lines to rows."""

from pocketdev_analytics.sources.checksum import joined_crc32, prefix_crc32
from pocketdev_analytics.sources.decode import Origin, Span
from pocketdev_analytics.sources.discovery import (
    Discovery,
    Problem,
    SessionFile,
    agent_type,
    check_paths,
    discover,
    path_identity,
)
from pocketdev_analytics.sources.reading import (
    CHUNK_BYTES,
    EDGE_BYTES,
    SMALL_BYTES,
    Chunk,
    Decoded,
    DecodedChunk,
    Fingerprint,
    fingerprint,
    head_digests,
    read_chunks,
    split,
)
from pocketdev_analytics.sources.rows import Packed, unpacked
from pocketdev_analytics.sources.values import datetime_of

__all__ = [
    "CHUNK_BYTES",
    "EDGE_BYTES",
    "SMALL_BYTES",
    "Chunk",
    "Decoded",
    "DecodedChunk",
    "Discovery",
    "Fingerprint",
    "Origin",
    "Packed",
    "Problem",
    "SessionFile",
    "Span",
    "agent_type",
    "check_paths",
    "datetime_of",
    "discover",
    "fingerprint",
    "head_digests",
    "joined_crc32",
    "path_identity",
    "prefix_crc32",
    "read_chunks",
    "split",
    "unpacked",
]
