"""Decode lines into rows: stateless, without a store, a clock or an order between files.

docs/session-files.md lists the rules with their reasons. What needs more than one line (one
response from its lines, forks, sessions) is decided later on keys, in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec
from msgspec import ValidationError

from pocketdev_analytics.agents.claude import conversation, events
from pocketdev_analytics.agents.claude.lines import Line, decode_line
from pocketdev_analytics.agents.claude.position import NEVER, Position
from pocketdev_analytics.agents.lenient import OddValue, read_leniently
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.agents.salvage import leading_objects, split_objects
from pocketdev_analytics.agents.times import datetime_of, instant
from pocketdev_analytics.model import QuarantinedLine
from pocketdev_analytics.model.paths import canonical_path

__all__ = ["DECODER_VERSION", "decode"]

#: Raised when lines are decoded into other rows than before: files are then read again.
DECODER_VERSION: Final = 3

_NOT_ONE_OBJECT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

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
    return _Decoder(origin, rows).run(data, len(data) if size is None else size)


class _Decoder:
    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.position = Position(origin, rows)
        self.span = Span()

    def run(self, data: bytes, size: int) -> Span:
        # Slices of one view: a line is never copied.
        view, start, find, position = memoryview(data)[:size], 0, data.find, self.position
        while (end := find(b"\n", start, size)) >= 0:
            raw = view[start:end]
            position.line_no += 1
            try:
                reason = self._read(decode_line(raw), raw)
            except _NOT_ONE_OBJECT as error:
                reason = self._read_otherwise(raw, error)
            if reason is not None:
                self._quarantine(raw, start, reason)
            start = end + 1
        self.span.count_lines = position.line_no - position.origin.lines_before
        if start < size:
            self._read_last(view[start:], start)
        if position.first_at < NEVER:
            self.span.first_at = datetime_of(position.first_at)
            self.span.last_at = datetime_of(position.last_at)
        return self.span

    def _read_last(self, raw: memoryview, offset: int) -> None:
        """Read the complete objects of a line that has not ended."""
        objects, is_whole = leading_objects(bytes(raw))
        self.position.line_no += 1
        if is_whole:
            if (reason := self._salvage(bytes(raw))) is not None:
                self._quarantine(raw, offset, reason)
            return
        self.span.unread_bytes = len(raw)
        for text in objects:
            with suppress(*_NOT_ONE_OBJECT):  # reported when the line has ended
                self._read_one(text)

    def _quarantine(self, raw: memoryview, offset: int, reason: str) -> None:
        origin = self.position.origin
        self.position.rows.quarantine.append(
            QuarantinedLine(
                file_id=origin.file_id,
                line_no=self.position.line_no,
                byte_offset=origin.byte_offset + offset,
                line_bytes=len(raw),
                reason=reason,
            )
        )

    def _read_otherwise(self, raw: memoryview, error: Exception) -> str | None:
        """Read a line with odd fields, or one that is not one object."""
        if isinstance(error, ValidationError):
            with suppress(*_NOT_ONE_OBJECT):
                return self._read_odd(raw)
        return self._salvage(bytes(raw))

    def _salvage(self, raw: bytes) -> str | None:
        """Read the objects of a line that is not one JSON object."""
        objects, reason = split_objects(raw)
        for text in objects:
            try:
                reason = self._read_one(text) or reason
            except _NOT_ONE_OBJECT as error:
                reason = f"not JSON: {error}"
        return reason

    def _read_one(self, raw: bytes) -> str | None:
        """Read one object; return why it is refused, if it is."""
        try:
            line = decode_line(raw)
        except ValidationError:
            return self._read_odd(raw)
        return self._read(line, raw)

    def _read_odd(self, raw: bytes | memoryview) -> str | None:
        try:
            line, odd = read_leniently(Line, raw)
        except ValidationError:
            msgspec.json.decode(raw, type=msgspec.Raw)  # no object, but is it JSON to its end?
            return None
        if _type_of(line) not in _HANDLERS:
            return None  # another tool's, or of a type that is not read
        return self._read(line, raw, tuple(odd) if _is_ours(line) else ())

    def _read(
        self, line: Line, raw: bytes | memoryview, odd: tuple[OddValue, ...] = ()
    ) -> str | None:
        """Add a line's rows; return the reason if it is refused."""
        if (kind := line.type or _type_of(line)) == "bridge-session":
            return None  # it carries account ids
        position, span = self.position, self.span
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
