"""Rows of text as lines of a table: columns of one width each, long cells on several lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

__all__ = ["GAP", "LaidOut", "laid_out", "length", "truncated"]

#: The blanks between two columns.
GAP: Final = 2


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A column as it is to stand there: no line of it is to be wider than `width`."""

    header: str
    cells: Sequence[str]
    width: int
    is_right: bool

    @property
    def is_flat(self) -> bool:
        """Whether every cell is one line that fits."""
        return all(length(cell) <= self.width and "\n" not in cell for cell in self.cells)

    def lines(self, cell: str) -> list[str]:
        """The lines of a cell, filled up to the column's width."""
        if "\n" not in cell and length(cell) <= self.width:
            return [self.filled(cell)]
        return [self.filled(line) for line in _wrapped(cell, self.width)]

    def filled(self, line: str) -> str:
        """A line with blanks up to the column's width."""
        width = self.width - length(line) + len(line)  # some signs take two columns, some none
        return line.rjust(width) if self.is_right else line.ljust(width)


def laid_out(columns: Sequence[LaidOut], *, has_totals: bool) -> str:
    """The table's lines: the headers, a rule, the rows, and apart from them a row of totals."""
    if all(column.is_flat for column in columns):
        gap = " " * GAP
        body = [gap.join(row).rstrip() for row in zip(*map(_filled, columns), strict=True)]
    else:
        cells = ([column.lines(cell) for cell in column.cells] for column in columns)
        body = [_row(row, columns) for row in zip(*cells, strict=True)]
    if has_totals and len(body) > 1:
        body.insert(-1, "")
    return "\n".join([*_head(columns), *body]) + "\n"


def length(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def truncated(text: str, width: int) -> str:
    """The text in at most `width` columns of a terminal; `…` replaces the rest."""
    if length(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def _head(columns: Sequence[LaidOut]) -> Iterator[str]:
    headers = [column.lines(column.header) for column in columns]
    height = max(map(len, headers), default=0)
    bottom = [[*[""] * (height - len(lines)), *lines] for lines in headers]
    yield _row(bottom, columns)
    yield "─" * (sum(column.width + GAP for column in columns) - GAP)


def _filled(column: LaidOut) -> list[str]:
    return [column.filled(cell) for cell in column.cells]


def _row(cells: Sequence[list[str]], columns: Sequence[LaidOut]) -> str:
    gap = " " * GAP
    if all(len(lines) == 1 for lines in cells):
        return gap.join([lines[0] for lines in cells]).rstrip()
    blank = [" " * column.width for column in columns]
    lines = zip_longest(*cells)
    return "\n".join(
        gap.join(part or empty for part, empty in zip(line, blank, strict=True)).rstrip()
        for line in lines
    )


def _wrapped(text: str, width: int) -> list[str]:
    """A text broken between words, and within those that are longer than a line."""
    lines = Text(text).wrap(_CONSOLE, width, overflow="fold")
    return [line.plain.rstrip() for line in lines]


_CONSOLE: Final = Console(file=StringIO(), color_system=None)
