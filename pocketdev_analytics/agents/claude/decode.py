"""Decode lines into rows: stateless, without a store, a clock or an order between files.

docs/session-files.md lists the rules with their reasons. What needs more than one line (one
response from its lines, forks, sessions) is decided later on keys, in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import ValidationError

from pocketdev_analytics.agents.claude import conversation, events
from pocketdev_analytics.agents.claude.lines import Line
from pocketdev_analytics.agents.claude.position import NEVER, Position
from pocketdev_analytics.agents.json_lines import LineLoop
from pocketdev_analytics.agents.lenient import OddValue
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.agents.times import datetime_of, instant
from pocketdev_analytics.model.paths import canonical_path

__all__ = ["DECODER_VERSION", "decode"]

#: Raised when lines are decoded into other rows than before: files are then read again.
DECODER_VERSION: Final = 3

#: What becomes of a line, by its type; lines of other types are other tools' business.
_HANDLERS: Final[dict[str | None, Callable[[Position, Line], None]]] = {
    "assistant": conversation.add_assistant_line,
    "user": conversation.add_user_line,
    "progress": conversation.add_progress_line,
    "attachment": conversation.add_attachment,
    "system": events.add_system_line,
    "cost-state": events.add_cost_state,
    "worktree-state": events.add_worktree,
    "pr-link": events.add_pull_request,
    **dict.fromkeys(events.TITLE_KINDS, events.add_title),
}


def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
    """Decode `data`, which begins at the start of a line, or the first `size` bytes into `rows`.

    Complete objects of a last line without its newline are read, but the line is not counted:
    it may still be written on, and then its rows are made again. Lines that cannot be read
    become rows of `rows.quarantine`, odd fields rows of `rows.odd_fields`.

    Returns:
        The span of the lines: `count_lines` are those that end, `unread_bytes` is the size of
        a last line that is not complete.
    """
    return _Decoder(origin, rows).run(data, size)


class _Decoder(LineLoop[Line]):
    shape = Line

    def __init__(self, origin: Origin, rows: Rows) -> None:
        super().__init__(origin, rows)
        self.position = Position(origin, rows)

    def run(self, data: bytes, size: int | None = None) -> Span:
        span, position = super().run(data, size), self.position
        if position.first_at < NEVER:
            span.first_at = datetime_of(position.first_at)
            span.last_at = datetime_of(position.last_at)
        return span

    def read_odd(
        self, line: Line, raw: bytes | memoryview, odd: tuple[OddValue, ...]
    ) -> str | None:
        if _type_of(line) not in _HANDLERS:
            return None  # another tool's, or of a type that is not read
        return self.read(line, raw, odd if _is_ours(line) else ())

    def read(
        self, line: Line, raw: bytes | memoryview, odd: tuple[OddValue, ...] = ()
    ) -> str | None:
        if (kind := line.type or _type_of(line)) == "bridge-session":
            return None  # it carries account ids
        position, span = self.position, self.span
        position.line_no = self.line_no
        position.raw = raw
        position.odd = odd
        self._set_time(position, line)
        if not span.session_id:
            span.session_id = line.line_session_id
        if not span.project_path and line.project_path:
            span.project_path = canonical_path(line.project_path)
        if not span.attribution_agent:
            span.attribution_agent = line.attribution_agent
        if (handler := _HANDLERS.get(kind)) is not None:
            try:
                handler(position, line)
            except ValidationError as error:
                return f"unexpected shape: {error}"
            if position.odd:
                position.rows.odd_fields.extend(position.odd_rows())
        return None

    def _set_time(self, position: Position, line: Line) -> None:
        position.at = None
        if (time := line.timestamp) is None:
            return
        position.at = at = instant(time)
        if at is None:
            position.note_odd("timestamp", "string")
            return
        if at > position.last_at:  # noqa: PLR1730 - a call of max takes twice as long
            position.last_at = at
        if at < position.first_at:  # noqa: PLR1730
            position.first_at = at


def _type_of(line: Line) -> str | None:
    """The type of a line; a response that states none, or an odd one, is known by its message."""
    if line.type is None and line.message and line.message.role == "assistant":
        return "assistant" if line.message.usage is not None else None
    return line.type


def _is_ours(line: Line) -> bool:
    """Whether odd values of a line of a type that is read are of a part that is read."""
    if line.type == "progress":  # most carry what hooks and shells print, in many shapes
        inner = line.data.message if line.data else None
        return inner is not None and inner.message is not None and inner.message.usage is not None
    return True
