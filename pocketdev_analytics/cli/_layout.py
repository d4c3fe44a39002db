"""Lay out rows of text as a table: columns of fixed width, long cells on several lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

__all__ = ["GAP", "Column", "lay_out", "length", "truncate"]

#: The number of blanks between two columns.
GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column to lay out; its cells are wrapped to `width`."""

    header: str
    cells: Sequence[str]
    width: int
    is_right: bool

    @property
    def is_flat(self) -> bool:
        """Whether every cell is one line that fits."""
        return all(length(cell) <= self.width and "\n" not in cell for cell in self.cells)

    def lines(self, cell: str) -> list[str]:
        """Return the lines of a cell, padded to the column's width."""
        if "\n" not in cell and length(cell) <= self.width:
            return [self.pad(cell)]
        return [self.pad(line) for line in _wrap(cell, self.width)]

    def pad(self, line: str) -> str:
        """Pad a line to the column's width."""
        width = self.width - length(line) + len(line)  # characters are 0 to 2 terminal columns wide
        return line.rjust(width) if self.is_right else line.ljust(width)


def lay_out(columns: Sequence[Column], *, has_totals: bool) -> str:
    """Return the table: the headers, a rule, the rows, a blank line, and the row of totals."""
    if all(column.is_flat for column in columns):
        gap = " " * GAP
        body = [gap.join(row).rstrip() for row in zip(*map(_pad_cells, columns), strict=True)]
    else:
        cells = ([column.lines(cell) for cell in column.cells] for column in columns)
        body = [_row(row, columns) for row in zip(*cells, strict=True)]
    if has_totals and len(body) > 1:
        body.insert(-1, "")
    return "\n".join([*_head(columns), *body]) + "\n"


def length(text: str) -> int:
    """Return the width of a text in terminal columns."""
    return len(text) if text.isascii() else cell_len(text)


def truncate(text: str, width: int) -> str:
    """Cut a text to `width` terminal columns; `…` replaces the rest."""
    if length(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def _head(columns: Sequence[Column]) -> Iterator[str]:
    headers = [column.lines(column.header) for column in columns]
    height = max(map(len, headers), default=0)
    bottom = [[*[""] * (height - len(lines)), *lines] for lines in headers]
    yield _row(bottom, columns)
    yield "─" * (sum(column.width + GAP for column in columns) - GAP)


def _pad_cells(column: Column) -> list[str]:
    return [column.pad(cell) for cell in column.cells]


def _row(cells: Sequence[list[str]], columns: Sequence[Column]) -> str:
    gap = " " * GAP
    if all(len(lines) == 1 for lines in cells):
        return gap.join([lines[0] for lines in cells]).rstrip()
    blank = [" " * column.width for column in columns]
    lines = zip_longest(*cells)
    return "\n".join(
        gap.join(part or empty for part, empty in zip(line, blank, strict=True)).rstrip()
        for line in lines
    )


def _wrap(text: str, width: int) -> list[str]:
    """Wrap a text between words, and within words that are longer than a line."""
    lines = Text(text).wrap(_CONSOLE, width, overflow="fold")
    return [line.plain.rstrip() for line in lines]


_CONSOLE: Final = Console(file=StringIO(), color_system=None)
