"""JSON Lines to rows: the loop that decoders of such files share.

A line that is not one JSON object is salvaged as far as it goes, the rest is quarantined; a
field of another kind than expected costs no more than itself. A last line without its newline
is read as far as it is complete, but not counted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

import msgspec
from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from pocketdev_analytics.agents.lenient import OddValue, read_leniently
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.agents.salvage import leading_objects, split_objects
from pocketdev_analytics.agents.times import datetime_of, instant
from pocketdev_analytics.model import OddField, QuarantinedLine

__all__ = ["LineReader"]

L = TypeVar("L", bound=Struct)

_NOT_ONE_OBJECT: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class LineReader(ABC, Generic[L]):
    """Reads lines of one struct; subclasses add the rows of a line.

    `shape` is the struct of a line. `line_no` and `at` are those of the line being read, `at`
    in microseconds since 1970.
    """

    shape: ClassVar[type[Struct]]

    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.origin = origin
        self.rows = rows
        self.span = Span()
        self.line_no = origin.lines_before
        self.at: int | None = None
        self._times: list[int] = []
        self._decode: Any = Decoder(self.shape).decode

    @abstractmethod
    def time_of(self, line: L) -> datetime | None:
        """Return the time that a line states."""

    @abstractmethod
    def add(self, line: L) -> None:
        """Add the rows of a line.

        Raises:
            msgspec.ValidationError: it lacks something that its rows need.
        """

    def required_at(self) -> int:
        """Return the line's time; where it states none, that of a line before it or its file.

        Raises:
            msgspec.ValidationError: none of these is known.
        """
        known = (
            self.at,
            max(self._times, default=None),
            self.origin.previous_at,
            self.origin.written_at,
        )
        found = next((time for time in known if time is not None), None)
        if found is None:
            raise ValidationError("Object missing required field - at `$.timestamp`")
        return found

    def run(self, data: bytes, size: int | None = None) -> Span:
        """Read the lines of the first `size` bytes."""
        view, start = memoryview(data)[:size], 0
        size = len(view)
        while (end := data.find(b"\n", start, size)) >= 0:
            raw = view[start:end]
            self.line_no += 1
            reason = self._line(raw)
            if reason is not None:
                self._quarantine(raw, start, reason)
            start = end + 1
        self.span.count_lines = self.line_no - self.origin.lines_before
        if start < size:
            self._last(view[start:], start)
        if self._times:
            self.span.first_at = datetime_of(min(self._times))
            self.span.last_at = datetime_of(max(self._times))
        return self.span

    def _line(self, raw: memoryview) -> str | None:
        """Read a line; return why it cannot be read."""
        try:
            return self._add(self._decode(raw))
        except ValidationError:
            with suppress(*_NOT_ONE_OBJECT):
                return self._odd(raw)
        except _NOT_ONE_OBJECT:
            pass
        return self._salvage(bytes(raw))

    def _last(self, raw: memoryview, offset: int) -> None:
        objects, is_whole = leading_objects(bytes(raw))
        self.line_no += 1
        if is_whole:
            if (reason := self._salvage(bytes(raw))) is not None:
                self._quarantine(raw, offset, reason)
            return
        self.span.unread_bytes = len(raw)
        for text in objects:
            with suppress(*_NOT_ONE_OBJECT):  # reported when the line has ended
                self._one(text)

    def _salvage(self, raw: bytes) -> str | None:
        objects, reason = split_objects(raw)
        for text in objects:
            try:
                reason = self._one(text) or reason
            except _NOT_ONE_OBJECT as error:
                reason = f"not JSON: {error}"
        return reason

    def _one(self, raw: bytes) -> str | None:
        try:
            line = self._decode(raw)
        except ValidationError:
            return self._odd(raw)
        return self._add(line)

    def _odd(self, raw: bytes | memoryview) -> str | None:
        try:
            line, odd = read_leniently(self.shape, raw)
        except ValidationError:
            msgspec.json.decode(raw, type=msgspec.Raw)  # no object, but is it JSON to its end?
            return None
        return self._add(line, odd)

    def _add(self, line: Any, odd: list[OddValue] | None = None) -> str | None:
        time = self.time_of(line)
        self.at = None if time is None else instant(time)
        if self.at is not None:
            first, last = self._times or (self.at, self.at)
            self._times = [min(first, self.at), max(last, self.at)]
        try:
            self.add(line)
        except ValidationError as error:
            return f"unexpected shape: {error}"
        for value in dict.fromkeys(odd or ()):
            self.rows.odd_fields.append(
                OddField(
                    file_id=self.origin.file_id,
                    line_no=self.line_no,
                    field=value.field,
                    found=value.found,
                    is_read=value.is_read,
                )
            )
        return None

    def _quarantine(self, raw: memoryview, offset: int, reason: str) -> None:
        self.rows.quarantine.append(
            QuarantinedLine(
                file_id=self.origin.file_id,
                line_no=self.line_no,
                byte_offset=self.origin.byte_offset + offset,
                line_bytes=len(raw),
                reason=reason,
            )
        )
