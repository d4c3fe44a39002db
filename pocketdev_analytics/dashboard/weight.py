"""What a page may weigh, and what it leaves out to keep below that.

Every filter stays exact. What is left out is a panel's following of filters, or what sessions
are called; the page says so in that place. Only a page that is too heavy even then is not
filtered at all, and says that at its top.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import polars as pl

from pocketdev_analytics.dashboard.parts import Panel

__all__ = [
    "MOST_BYTES",
    "MOST_NAMED",
    "NOTHING_LEFT_OUT",
    "UNNAMED",
    "Choice",
    "Left",
    "choices",
    "lightest",
    "still",
    "too_heavy",
]

#: What a page weighs at most, Plotly's script included.
MOST_BYTES: Final = 2_500_000
#: How many sessions are named where not all are: those that cost most.
MOST_NAMED: Final = 1_000
#: What a session is called that is not named.
UNNAMED: Final = "(not named in this page)"
_UNNAMED: Final = pl.lit(UNNAMED)

_LESS: Final = f"below {MOST_BYTES / 1e6:g} MB"


@dataclass(frozen=True, slots=True)
class Left:
    """What a page leaves out: the panels that follow no filter, and what sessions are called.

    `still` are panels by the names of their cubes; `named` are the sessions that are named,
    None for all.
    """

    still: frozenset[str] = frozenset()
    named: frozenset[str | None] | None = None

    def is_named(self, session: str | None) -> bool:
        """Whether the page says what a session is called."""
        return self.named is None or session in self.named

    def following(self, panel: Panel, part: str, command: str) -> Panel:
        """A panel that follows filters by a part of the page's cubes, if that is not left out."""
        return panel if part not in self.still else replace(panel, live="", remark=still(command))

    def called(self, sessions: pl.DataFrame) -> pl.DataFrame:
        """Sessions with the `title` that the page calls them by."""
        is_named = [self.is_named(session) for session in sessions["session"]]
        title = pl.when(pl.Series(is_named, dtype=pl.Boolean)).then("title").otherwise(_UNNAMED)
        return sessions.with_columns(title.alias("title"))

    def of(self, pages: Collection[str]) -> Collection[str | None]:
        """The sessions with a page that are named."""
        return pages if self.named is None else self.named & set(pages)

    def remark_of_sessions(self, command: str) -> str:
        """Said where sessions are listed."""
        if self.named is None:
            return ""
        return (
            f" So that this page keeps {_LESS}, it names the {MOST_NAMED:,} sessions that cost"
            f" most; all of them are in: {command} report sessions"
        )


#: All of a page.
NOTHING_LEFT_OUT: Final = Left()


def still(command: str) -> str:
    """Said of a panel that follows no filter."""
    return (
        "Of all that this page holds: no filter changes this panel, so that the page keeps"
        f" {_LESS}. In a page of fewer days it follows them: {command} --since DATE"
    )


def too_heavy(command: str) -> str:
    """Said of a page that is not filtered."""
    return (
        f"There are no filters here: with what they take, this page would not keep {_LESS}."
        f" A page of fewer days has them: {command} --since DATE"
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """The parts of a page's cubes that it carries, and the names of those left out."""

    parts: tuple[bytes, ...]
    out: frozenset[str]

    @property
    def letters(self) -> int:
        """What the parts weigh in the page."""
        return sum(map(_letters, self.parts))


def choices(
    parts: Mapping[str, bytes], instead: Mapping[str, bytes], harm: Mapping[str, float]
) -> Iterator[Choice]:
    """What a page can carry of its parts, the least harm first.

    `harm` is that of each part which can be left out, or replaced by the one in `instead`.
    """
    for out in sorted(_subsets(list(harm)), key=lambda some: sum(harm[name] for name in some)):
        left = {name: part for name, part in parts.items() if name not in out}
        left |= {name: instead[name] for name in out if name in instead}
        yield Choice(tuple(left.values()), out)


def lightest(found: Iterable[Choice], made: Callable[[Choice], str]) -> str | None:
    """The first page that keeps below its weight; None where none does.

    How much there is beside the cubes is seen of the first: what has no room beside that is
    not made.
    """
    room = MOST_BYTES
    for choice in found:
        if choice.letters > room:
            continue
        page = made(choice)
        size = len(page.encode())
        if size <= MOST_BYTES:
            return page
        room = min(room, MOST_BYTES - (size - choice.letters))
    return None


def _subsets(names: Sequence[str]) -> Iterator[frozenset[str]]:
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(names, size))


def _letters(part: bytes) -> int:
    """How many letters stand for bytes, see `embed.dense`."""
    return -(-len(part) * 5 // 4) + 1
