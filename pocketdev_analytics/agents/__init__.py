"""Session files to frames, one folder an agent: which files there are, lines to rows."""

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.checksum import joined_crc32, prefix_crc32
from pocketdev_analytics.agents.compressed import is_compressed
from pocketdev_analytics.agents.discovery import (
    Discovery,
    Problem,
    SessionFile,
    check_paths,
    discover,
)
from pocketdev_analytics.agents.origin import AgentMeta, Origin, PathIdentity, Span
from pocketdev_analytics.agents.reading import (
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
from pocketdev_analytics.agents.registry import (
    agents,
    broken_agents,
    config_dirs,
    find_agent,
    history_dirs,
    identify,
    is_known,
)
from pocketdev_analytics.agents.rows import PackedRows, unpack_rows
from pocketdev_analytics.agents.times import datetime_of

__all__ = [
    "CHUNK_BYTES",
    "EDGE_BYTES",
    "SMALL_BYTES",
    "Agent",
    "AgentMeta",
    "Chunk",
    "Decoded",
    "DecodedChunk",
    "Discovery",
    "Fingerprint",
    "Origin",
    "PackedRows",
    "PathIdentity",
    "Problem",
    "SessionFile",
    "Span",
    "agents",
    "broken_agents",
    "check_paths",
    "config_dirs",
    "datetime_of",
    "discover",
    "find_agent",
    "fingerprint",
    "head_digests",
    "history_dirs",
    "identify",
    "is_compressed",
    "is_known",
    "joined_crc32",
    "prefix_crc32",
    "read_chunks",
    "split",
    "unpack_rows",
]
