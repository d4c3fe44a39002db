"""The line being decoded: where it is, what it states of its surroundings, where its rows go."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from pocketdev_analytics.agents.claude.lines import Line
from pocketdev_analytics.agents.claude.values import money, required
from pocketdev_analytics.agents.lenient import OddValue, read_leniently
from pocketdev_analytics.agents.origin import Origin
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.model import LineContext, OddField, SessionEvent, Surroundings
from pocketdev_analytics.model.paths import canonical_path

__all__ = ["NEVER", "Position"]

#: Later than the time of any line, in microseconds since 1970.
NEVER: Final = 2**63

_SURROUNDINGS: Final = Surroundings.__struct_fields__
_surroundings = attrgetter(*_SURROUNDINGS)
_stated = attrgetter(*_SURROUNDINGS, "git_branch", "is_sidechain", "agent_id", "forked_from")


S = TypeVar("S", bound=Struct)


@cache
def _decoder(struct: type[S]) -> Decoder[S]:
    return Decoder(struct)


class Position:
    """The line being decoded and the rows it is decoded into.

    `raw` are its bytes, `at` is its time in microseconds since 1970 where it has one. `first_at`
    and `last_at` are the earliest and the latest time so far, `odd` the odd values of the line.
    """

    __slots__ = (
        *(
            "_context",
            "_line",
            "_stated",
            "at",
            "first_at",
            "last_at",
            "line_no",
            "odd",
            "origin",
            "raw",
        ),
        "rows",
    )

    def __init__(self, origin: Origin, rows: Rows) -> None:
        self.origin = origin
        self.rows = rows
        self._stated: tuple[Any, ...] = ()
        self._context = 0
        self._line: Line | None = None
        self.line_no = origin.lines_before
        self.raw: bytes | memoryview = b""
        self.odd: tuple[OddValue, ...] = ()
        self.at: int | None = None
        self.first_at = NEVER
        self.last_at = -1 if origin.previous_at is None else origin.previous_at

    @property
    def previous_at(self) -> int | None:
        """The latest time of any line of the file so far."""
        return self.last_at if self.last_at >= 0 else None

    def read(self, struct: type[S]) -> S:
        """Read the line again as another struct; odd values are reported."""
        try:
            read: S = _decoder(struct).decode(self.raw)
        except ValidationError:
            found, odd = read_leniently(struct, self.raw)
            self.odd = (*self.odd, *odd)
            return found
        return read

    def required_at(self) -> int:
        """Return the line's time; where it states none, that of the lines before it or its file.

        Raises:
            msgspec.ValidationError: none of these is known.
        """
        if self.at is not None:
            return self.at
        assumed = self.previous_at if self.previous_at is not None else self.origin.written_at
        if assumed is None:
            raise ValidationError("Object missing required field - at `$.timestamp`")
        if not any(value.field == "timestamp" for value in self.odd):
            self.note_odd("timestamp", "absent")
        self.at = assumed
        return assumed

    def note_odd(self, field: str, found: str, *, is_read: bool = False) -> None:
        """Report a field of the line that is not as the format has it."""
        self.odd = (*self.odd, OddValue(field, found, is_read))

    def money(self, amount: Decimal | None, field: str) -> Decimal | None:
        """Return an amount as the store has it; one that does not fit there is reported."""
        if (kept := money(amount)) is None and amount is not None:
            self.note_odd(field, "number")
        return kept

    def odd_rows(self) -> list[OddField]:
        """Return the rows that report the line's odd values."""
        file_id, line_no = self.origin.file_id, self.line_no
        return [
            OddField(file_id=file_id, line_no=line_no, field=odd[0], found=odd[1], is_read=odd[2])
            for odd in dict.fromkeys(self.odd)
        ]

    @property
    def is_first_line(self) -> bool:
        """Whether it is the first line of its file."""
        return self.line_no == 1 and self.origin.byte_offset == 0

    def session(self, line: Line) -> str:
        """Return the session that the line belongs to: what the path says goes first."""
        return self.origin.session_id or line.line_session_id or self.origin.fallback_id

    def context(self, line: Line) -> int:
        """Return the number of the line's context (`model.LineContext`)."""
        if line is self._line:  # a line may have many rows
            return self._context
        self._line = line
        stated = _stated(line)
        if stated != self._stated:  # most lines state what the one before stated
            forked_from = line.forked_from and line.forked_from.session_id
            key = (self.origin.file_id, stated[:-1], forked_from)
            known = self.rows.find_code("context", key)
            if known is None:
                known = self.rows.add_code("context", key, self._make_context(line))
            self._stated, self._context = stated, known
        return self._context

    def add_event(self, line: Line, kind: str, **fields: Any) -> None:
        """Add an event of the session, with further fields of `model.SessionEvent`."""
        self.rows.session_events.append(
            SessionEvent(
                context=self.context(line),
                line_no=self.line_no,
                event_id=required(line.uuid, "$.uuid"),
                occurred_at=self.required_at(),
                kind=kind,
                **fields,
            )
        )

    def _make_context(self, line: Line) -> LineContext:
        agent_id = line.agent_id or self.origin.agent_id
        stated = dict(zip(_SURROUNDINGS, _surroundings(line), strict=True))
        path = line.project_path
        return LineContext(
            **stated | {"project_path": path and canonical_path(path)},
            file_id=self.origin.file_id,
            session_id=self.session(line),
            forked_from_session_id=line.forked_from.session_id if line.forked_from else None,
            git_branch=line.git_branch or None,
            is_sidechain=bool(line.is_sidechain) or agent_id is not None,
            agent_id=agent_id,
        )
