"""Session files to frames: which files there are, which bytes are new, lines to rows."""

from pocketdev_analytics.sources.authors import helper_type
from pocketdev_analytics.sources.checksum import joined_crc32, prefix_crc32
from pocketdev_analytics.sources.decode import DECODER_VERSION, Origin, Span
from pocketdev_analytics.sources.discovery import (
    AgentMeta,
    Discovery,
    Problem,
    SessionFile,
    check_paths,
    discover,
    path_identity,
    read_agent_meta,
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
from pocketdev_analytics.sources.rows import PackedRows, unpack_rows
from pocketdev_analytics.sources.values import datetime_of

__all__ = [
    "CHUNK_BYTES",
    "DECODER_VERSION",
    "EDGE_BYTES",
    "SMALL_BYTES",
    "AgentMeta",
    "Chunk",
    "Decoded",
    "DecodedChunk",
    "Discovery",
    "Fingerprint",
    "Origin",
    "PackedRows",
    "Problem",
    "SessionFile",
    "Span",
    "check_paths",
    "datetime_of",
    "discover",
    "fingerprint",
    "head_digests",
    "helper_type",
    "joined_crc32",
    "path_identity",
    "prefix_crc32",
    "read_agent_meta",
    "read_chunks",
    "split",
    "unpack_rows",
]
