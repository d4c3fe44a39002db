"""JSON Lines to rows: the loop that decoders of such files share.

A line that is not one JSON object is salvaged as far as it goes, the rest is quarantined; a
field of another kind than expected costs no more than itself. A last line without its newline
is read as far as it is complete, but not counted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final, Generic, TypeVar, cast

import msgspec
from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from pocketdev_analytics.agents.lenient import OddValue, read_leniently
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.agents.salvage import leading_objects, split_objects
from pocketdev_analytics.agents.times import datetime_of, instant
from pocketdev_analytics.model import OddField, QuarantinedLine

__all__ = ["LineLoop", "LineReader"]

L = TypeVar("L", bound=Struct)

_NOT_ONE_OBJECT: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@cache
def _decoder(shape: type[Struct]) -> Decoder[Struct]:
    return Decoder(shape)


class LineLoop(ABC, Generic[L]):
    """Reads lines of one struct, the last one as far as it is complete.

    `shape` is the struct of a line, `line_no` the number of the line being read. Subclasses say
    what becomes of a line.
    """

    shape: ClassVar[type[Struct]]

    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.origin = origin
        self.rows = rows
        self.span = Span()
        self.line_no = origin.lines_before
        self._decode: Any = _decoder(self.shape).decode

    @abstractmethod
    def read(self, line: L, raw: bytes | memoryview, odd: tuple[OddValue, ...] = ()) -> str | None:
        """Add the rows of a line; return why it is refused, if it is."""

    def read_odd(self, line: L, raw: bytes | memoryview, odd: tuple[OddValue, ...]) -> str | None:
        """Add the rows of a line that could be read without its odd values only."""
        return self.read(line, raw, odd)

    def run(self, data: bytes, size: int | None = None) -> Span:
        """Read the lines of the first `size` bytes."""
        # Slices of one view: a line is never copied.
        view, start, find = memoryview(data)[:size], 0, data.find
        size, decode, read = len(view), self._decode, self.read
        while (end := find(b"\n", start, size)) >= 0:
            raw = view[start:end]
            self.line_no += 1
            try:
                reason = read(decode(raw), raw)
            except _NOT_ONE_OBJECT as error:
                reason = self._read_otherwise(raw, error)
            if reason is not None:
                self._quarantine(raw, start, reason)
            start = end + 1
        self.span.count_lines = self.line_no - self.origin.lines_before
        if start < size:
            self._read_last(view[start:], start)
        return self.span

    def _read_last(self, raw: memoryview, offset: int) -> None:
        """Read the complete objects of a line that has not ended."""
        objects, is_whole = leading_objects(bytes(raw))
        self.line_no += 1
        if is_whole:
            if (reason := self._salvage(bytes(raw))) is not None:
                self._quarantine(raw, offset, reason)
            return
        self.span.unread_bytes = len(raw)
        for text in objects:
            with suppress(*_NOT_ONE_OBJECT):  # reported when the line has ended
                self._read_one(text)

    def _read_otherwise(self, raw: memoryview, error: Exception) -> str | None:
        """Read a line with odd fields, or one that is not one object."""
        if isinstance(error, ValidationError):
            with suppress(*_NOT_ONE_OBJECT):
                return self._read_leniently(raw)
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
            line = self._decode(raw)
        except ValidationError:
            return self._read_leniently(raw)
        return self.read(line, raw)

    def _read_leniently(self, raw: bytes | memoryview) -> str | None:
        try:
            line, odd = read_leniently(self.shape, raw)
        except ValidationError:
            msgspec.json.decode(raw, type=msgspec.Raw)  # no object, but is it JSON to its end?
            return None
        return self.read_odd(cast("L", line), raw, tuple(odd))

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


class LineReader(LineLoop[L]):
    """A loop that knows the times of lines and reports their odd values.

    `at` is the time of the line being read, in microseconds since 1970.
    """

    def __init__(self, origin: Origin, rows: Rows) -> None:
        super().__init__(origin, rows)
        self.at: int | None = None
        self._times: list[int] = []

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
        span = super().run(data, size)
        if self._times:
            span.first_at = datetime_of(min(self._times))
            span.last_at = datetime_of(max(self._times))
        return span

    def read(
        self,
        line: L,
        raw: bytes | memoryview,  # noqa: ARG002 - for those who read a line again
        odd: tuple[OddValue, ...] = (),
    ) -> str | None:
        """Add the rows of a line; return why it is refused, if it is."""
        time = self.time_of(line)
        self.at = None if time is None else instant(time)
        if self.at is not None:
            first, last = self._times or (self.at, self.at)
            self._times = [min(first, self.at), max(last, self.at)]
        try:
            self.add(line)
        except ValidationError as error:
            return f"unexpected shape: {error}"
        for value in dict.fromkeys(odd):
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
