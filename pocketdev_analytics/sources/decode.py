"""Lines to rows: stateless, no store, no clock, no order between files.

The rules are those of the format as counted over real files; docs/session-files.md
lists them with their reasons. What needs more than one line (one response from
its lines, forks, sessions) is not decided here but on keys, in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from msgspec import ValidationError

from pocketdev_analytics.sources import conversation, events, lines, values
from pocketdev_analytics.sources.lenient import decode_leniently
from pocketdev_analytics.sources.lines import Line, decode_line
from pocketdev_analytics.sources.position import Origin, Position
from pocketdev_analytics.sources.rows import Rows
from pocketdev_analytics.sources.salvage import leading_objects, split_objects

__all__ = ["Origin", "Span", "decode"]

_NOT_ONE_OBJECT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

# The types whose lines become rows: a wrong shape there is worth a quarantine,
# elsewhere it is another tool's business.
_HANDLERS: Final[dict[str | None, Callable[[Position, Line], None]]] = {
    "assistant": conversation.assistant,
    "user": conversation.user,
    "progress": conversation.progress,
    "system": events.system,
    "cost-state": events.cost_state,
    **dict.fromkeys(events.TITLE_KINDS, events.title),
}
# Later than any time of a line, in microseconds since 1970.
_NEVER: Final = 2**63


@dataclass(slots=True)
class Span:
    """What the lines of some bytes say together."""

    count_lines: int = 0
    unread_bytes: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    session_id: str | None = None
    project_path: str | None = None

    def add(self, later: Span) -> None:
        """Take what the bytes after these say."""
        self.count_lines += later.count_lines
        self.unread_bytes = later.unread_bytes
        self.first_at = min(filter(None, (self.first_at, later.first_at)), default=None)
        self.last_at = max(filter(None, (self.last_at, later.last_at)), default=None)
        self.session_id = self.session_id or later.session_id
        self.project_path = self.project_path or later.project_path


def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
    """Decode `data`, which begins at the start of a line, or the first `size` bytes into `rows`.

    Of a final line without its newline the objects that are whole are read, but it is not
    counted: it may still be written on, and then its rows are made again. Lines that cannot be
    read become rows of `rows.quarantine`.

    Returns:
        The span of the lines: `count_lines` are those that end, `unread_bytes` the
        size of a last line that is not whole.
    """
    return _Decoder(origin, rows).run(data, len(data) if size is None else size)


class _Decoder:
    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.at = Position(origin, rows)
        self.span = Span()
        self.first_at = _NEVER
        self.last_at = -1

    def run(self, data: bytes, size: int) -> Span:
        # Slices of one view: a line is never copied.
        view, start, find, position = memoryview(data)[:size], 0, data.find, self.at
        while (end := find(b"\n", start, size)) >= 0:
            raw = view[start:end]
            position.line_no += 1
            try:
                reason = self._line(decode_line(raw), raw)
            except _NOT_ONE_OBJECT as error:
                reason = self._otherwise(raw, error)
            if reason is not None:
                self._quarantine(raw, start, reason)
            start = end + 1
        self.span.count_lines = position.line_no - position.origin.lines_before
        if start < size:
            self._last_line(view[start:], start)
        if self.last_at >= 0:
            self.span.first_at = values.datetime_of(self.first_at)
            self.span.last_at = values.datetime_of(self.last_at)
        return self.span

    def _last_line(self, raw: memoryview, offset: int) -> None:
        """Read what is whole of a line that has not ended."""
        objects, is_whole = leading_objects(bytes(raw))
        self.at.line_no += 1
        if is_whole:
            if (reason := self._salvage(bytes(raw))) is not None:
                self._quarantine(raw, offset, reason)
            return
        self.span.unread_bytes = len(raw)
        for text in objects:
            with suppress(*_NOT_ONE_OBJECT):  # told of when the line has ended
                self._one(text)

    def _quarantine(self, raw: memoryview, offset: int, reason: str) -> None:
        origin = self.at.origin
        where = (origin.file_id, self.at.line_no, origin.byte_offset + offset)
        self.at.rows.quarantine.append((*where, len(raw), reason))

    def _otherwise(self, raw: memoryview, error: Exception) -> str | None:
        """Read a line that is not an object of our shape, or not one object."""
        if isinstance(error, ValidationError):
            try:
                return self._another_shape(raw)
            except _NOT_ONE_OBJECT:
                pass
        return self._salvage(bytes(raw))

    def _salvage(self, raw: bytes) -> str | None:
        """Read the objects of a line that is not one JSON object."""
        objects, reason = split_objects(raw)
        for text in objects:
            try:
                reason = self._one(text) or reason
            except _NOT_ONE_OBJECT as error:
                reason = f"not JSON: {error}"
        return reason

    def _one(self, raw: bytes) -> str | None:
        """Read one object; the reason if (a part of) it is refused."""
        try:
            line = decode_line(raw)
        except ValidationError:
            return self._another_shape(raw)
        return self._line(line, raw)

    def _another_shape(self, raw: bytes | memoryview) -> str | None:
        try:
            line, problem = decode_leniently(raw)
        except ValidationError as error:
            return _refusal(raw, error)
        return self._line(line, raw) or (_refusal(raw, problem) if problem else None)

    def _line(self, line: Line, raw: bytes | memoryview) -> str | None:
        """Make a line's rows; the reason if its values are refused."""
        if (kind := line.type) == "bridge-session":
            return None  # it carries account ids
        position, span = self.at, self.span
        position.raw = raw
        try:
            position.at = None
            if (time := line.timestamp) is not None:
                position.at = at = values.instant(time)
                if at > self.last_at:  # noqa: PLR1730 - a call of max takes twice as long
                    self.last_at = at
                if at < self.first_at:  # noqa: PLR1730
                    self.first_at = at
            if not span.session_id:
                span.session_id = line.session_id
            if not span.project_path:
                span.project_path = line.cwd
            if (handler := _HANDLERS.get(kind)) is not None:
                handler(position, line)
        except ValidationError as error:
            return _refusal(raw, error)
        return None


def _refusal(raw: bytes | memoryview, error: ValidationError) -> str | None:
    """Why a line of ours is refused; None for a line that is not ours to read."""
    try:
        kind = lines.decode_kind(raw).type
    except ValidationError:
        msgspec.json.decode(raw, type=msgspec.Raw)  # no object, but is it JSON to its end?
        return None
    is_ours = isinstance(kind, str) and kind in _HANDLERS
    return f"unexpected shape: {error}" if is_ours else None
