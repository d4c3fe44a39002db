"""Where bytes come from, and what their lines state together: in and out of every decoder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

__all__ = ["COMPANION", "AgentMeta", "Origin", "PathIdentity", "Span"]


#: How the file ends that states what kind of subagent wrote the session file next to it.
COMPANION: Final = ".meta.json"


class PathIdentity(NamedTuple):
    """The session and the subagent that a path names; None for one that it does not name."""

    session_id: str | None = None
    agent_id: str | None = None


class AgentMeta(NamedTuple):
    """What is known of the subagent that wrote a file without reading its lines."""

    agent_type: str | None = None
    name: str | None = None
    spawn_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from: their file, and what its path says of the session.

    `session_id` and `agent_id` are None where the path does not tell; `fallback_id` is then the
    session of lines that name none either. `previous_at` is the latest time of the lines before
    these bytes and `written_at` when the file was written, in microseconds since 1970: a line
    whose own time cannot be read is given the first of them that is known.
    """

    file_id: int
    byte_offset: int = 0
    lines_before: int = 0
    session_id: str | None = None
    agent_id: str | None = None
    fallback_id: str = "unknown"
    previous_at: int | None = None
    written_at: int | None = None


@dataclass(slots=True)
class Span:
    """What the lines of some bytes state together."""

    count_lines: int = 0
    unread_bytes: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    session_id: str | None = None
    project_path: str | None = None
    attribution_agent: str | None = None

    def add(self, later: Span) -> None:
        """Add the span of the bytes that follow."""
        self.count_lines += later.count_lines
        self.unread_bytes = later.unread_bytes
        self.first_at = min(filter(None, (self.first_at, later.first_at)), default=None)
        self.last_at = max(filter(None, (self.last_at, later.last_at)), default=None)
        self.session_id = self.session_id or later.session_id
        self.project_path = self.project_path or later.project_path
        self.attribution_agent = self.attribution_agent or later.attribution_agent
