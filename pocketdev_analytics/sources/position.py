"""Where a line is, and what its place says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketdev_analytics.sources.lines import Line
from pocketdev_analytics.sources.rows import Rows
from pocketdev_analytics.sources.values import required

__all__ = ["Origin", "Position"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from: their file, and what its path says of the session.

    `session_id` and `agent_id` are None where the path does not tell; `fallback_id`
    is then the session of lines that name none either.
    """

    file_id: int
    byte_offset: int = 0
    lines_before: int = 0
    session_id: str | None = None
    agent_id: str | None = None
    fallback_id: str = "unknown"


class Position:
    """The line being read, and the rows it goes to.

    `raw` are its bytes, `at` its time in microseconds since 1970, where it has one.
    """

    __slots__ = ("_context", "_said", "at", "line_no", "origin", "raw", "rows")

    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.origin = origin
        self.rows = rows
        self._said: tuple[Any, ...] = ()
        self._context = 0
        self.line_no = origin.lines_before
        self.raw: bytes | memoryview = b""
        self.at: int | None = None

    def required_at(self) -> int:
        """The time of a line that must have one."""
        return required(self.at, "$.timestamp")

    @property
    def is_first_line(self) -> bool:
        """Whether it is the first line of its file."""
        return self.line_no == 1 and self.origin.byte_offset == 0

    def session(self, line: Line) -> str:
        """The session that the line belongs to: what the path says goes first."""
        return self.origin.session_id or line.session_id or self.origin.fallback_id

    def context(self, line: Line) -> int:
        """What most rows begin with: the number of the line's context among `rows.contexts`."""
        said = (
            line.session_id,
            line.cwd,
            line.git_branch,
            line.version,
            line.is_sidechain,
            line.agent_id,
        )
        if said != self._said:  # most lines say what the one before said
            self._said, self._context = said, self._number(line)
        return self._context

    def _number(self, line: Line) -> int:
        agent_id = line.agent_id or self.origin.agent_id
        return self.rows.context(
            (
                self.origin.file_id,
                self.session(line),
                line.cwd,
                line.git_branch or None,
                line.version,
                bool(line.is_sidechain) or agent_id is not None,
                agent_id,
            )
        )
