"""Which of the files that a store knows an export's files are.

Two states are of one file where the one begins with the other. What is compared is what
every store has of a file, regardless of later changes: its first line, the checksum of
what was read, and the lines with usage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

__all__ = ["LINE_EVIDENCE", "Lines", "State", "matches"]

#: A row of `model.SESSION_FILES`.
State = Mapping[str, Any]
#: A line with usage: its number and a digest.
Line = tuple[int, int]

#: Where a file is looked for, the surest place first. Two stores may have met the states of a file
#: in another order, and given its key to another.
_PLACES: Final = (
    ("machine", "path", "bytes_read", "content_crc32"),
    ("file_id",),
    ("machine", "path"),
    ("machine", "first_line_digest"),
)
#: What tells one line with usage from another, in every version's stores and exports.
LINE_EVIDENCE: Final = ("response_id", "source", "responded_at", "input_tokens", "output_tokens")


class Lines:
    """The lines with usage of files."""

    def __init__(self, usage_lines: pl.DataFrame) -> None:
        self._of: dict[int, list[Line]] = defaultdict(list)
        digests = usage_lines.select("file_id", "line_no", pl.struct(LINE_EVIDENCE).hash())
        for file_id, line_no, digest in digests.iter_rows():
            self._of[file_id].append((line_no, digest))

    def until(self, state: State, count_lines: int) -> set[Line]:
        """Those of a file's first `count_lines` lines."""
        lines = self._of.get(state["file_id"], ())
        return {line for line in lines if line[0] <= count_lines}


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two states, and the lines with usage that both have read."""

    new: State
    known: State
    new_lines: Lines
    known_lines: Lines

    def is_one_file(self) -> bool:
        """Whether nothing says that these are states of two files."""
        grown = self.new["bytes_read"] - self.known["bytes_read"]
        if grown * (self.new["changed_ns"] - self.known["changed_ns"]) < 0:
            return False  # what was changed later and is shorter was truncated or rewritten
        if self._differ("first_line_digest"):
            return False
        if self.new["bytes_read"] == self.known["bytes_read"] and self._differ("content_crc32"):
            return False
        first, second = self._shared()
        return first == second

    def has_moved(self) -> bool:
        """Whether more than the first line says that these are states of one file."""
        is_told = self._agree("bytes_read", "content_crc32") or self._agree("session_id")
        return self.is_one_file() and (is_told or bool(self._shared()[0]))

    def _agree(self, *names: str) -> bool:
        return all(
            self.new[name] is not None and self.new[name] == self.known[name] for name in names
        )

    def _differ(self, name: str) -> bool:
        new, known = self.new[name], self.known[name]
        return new is not None and known is not None and new != known

    def _shared(self) -> tuple[set[Line], set[Line]]:
        count = min(self.new["count_lines"], self.known["count_lines"])
        return self.new_lines.until(self.new, count), self.known_lines.until(self.known, count)


def matches(
    new: Iterable[State], known: Iterable[State], new_lines: Lines, known_lines: Lines
) -> dict[int, int]:
    """The keys of new files, with those of the known files that they are.

    A known file is looked for as the very same state, then by its key, then at the path, then
    by its first line: it may have been moved. Each is one file of an export at most.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    known = list(known)
    for names in _PLACES:
        places = _by(known, names)
        for state in new:
            if state["file_id"] in found or state[names[-1]] is None:
                continue
            for other in places.get(tuple(state[name] for name in names), ()):
                pair = _Comparison(state, other, new_lines, known_lines)
                is_same = pair.has_moved if names[-1] == "first_line_digest" else pair.is_one_file
                if other["file_id"] not in taken and is_same():
                    found[state["file_id"]] = other["file_id"]
                    taken.add(other["file_id"])
                    break
    return found


def _by(known: list[State], names: tuple[str, ...]) -> dict[tuple[Any, ...], list[State]]:
    """Files by what these columns say, the one read furthest first."""
    places: dict[tuple[Any, ...], list[State]] = {}
    for state in sorted(known, key=lambda state: (-state["bytes_read"], state["file_id"])):
        places.setdefault(tuple(state[name] for name in names), []).append(state)
    return places
