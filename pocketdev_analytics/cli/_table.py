"""A frame as a table that fits the terminal and reads without colour.

Where it is too wide, columns of zeros go first, then numbers are shortened
(12.3M), then long texts are folded, then columns go from the right; the line
below the table names what is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import Any, Final

import polars as pl
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pocketdev_analytics.cli._output import decimal_text
from pocketdev_analytics.reports import dollars

__all__ = ["table_text"]

_GAP: Final = 2
_FOLDED: Final = (24, 14)
_UNITS: Final = ((10**9, "B"), (10**6, "M"), (10**3, "k"))
_LONG: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    cells: tuple[str, ...]  # the last one is the totals row's, where there is one
    short: tuple[str, ...]
    is_number: bool = False
    is_kept: bool = False
    is_zero: bool = False
    is_time: bool = False
    limit: int | None = None

    @property
    def header(self) -> str:
        return self.name.replace("_usd", "_USD").replace("_", " ")

    @property
    def width(self) -> int:
        words = max(map(cell_len, self.header.split() or [""]))
        cells = max(map(cell_len, self.cells), default=0)
        return max(words, min(cells, self.limit or cells))


def table_text(
    frame: pl.DataFrame,
    *,
    by: Sequence[str] = (),
    totals: Mapping[str, Any] | None = None,
    is_exact: bool = False,
    width: int | None = None,
    encoding: str = "utf-8",
) -> str:
    """The table's lines: numbers to the right, with thousands separators, a last row of totals.

    Columns of `by` are names, and stay. Money is rounded to cents and marked `≥`
    where the row's cost is a lower bound or lacks unpriced tokens. `is_exact`
    shows every value as it is. `width` is what the table may fill, None for any;
    what `encoding` has no sign for is replaced.
    """
    rows = [*frame.to_dicts(), *([dict(totals)] if totals else [])]
    columns = [
        _column(name, kind, rows, is_name=name in by, is_exact=is_exact)
        for name, kind in frame.schema.items()
    ]
    if totals:
        labels = dict.fromkeys(by, "") | dict.fromkeys(by[:1], "total")
        columns = [_labelled(column, labels) for column in columns]
    columns = [_encodable(column, encoding) for column in columns]
    shown = columns if width is None else _fitted(columns, width)
    text = _rendered(shown, has_totals=bool(totals)) + _left_out(columns, shown)
    return _in_encoding(text, encoding)


def _column(
    name: str, kind: pl.DataType, rows: list[dict[str, Any]], *, is_name: bool, is_exact: bool
) -> _Column:
    show = _plain if is_exact or is_name else _shown
    values = [row.get(name) for row in rows]
    is_money = name.endswith("_usd") and not is_exact
    cells = tuple(
        (_money(row, name) if is_money and name in row else show(value, name))
        for row, value in zip(rows, values, strict=True)
    )
    if is_name:
        cells = tuple(cell or "(none)" for cell in cells)
    is_empty = all(value is None for value in values)
    is_count = kind.is_integer() and not is_name and not is_exact
    return _Column(
        name=name,
        cells=cells,
        short=tuple(map(_short, values)) if is_count else cells,
        is_number=kind.is_numeric(),
        is_kept=is_name or (is_money and not is_empty),
        is_zero=is_empty or (is_count and not any(values)),
        is_time=kind.is_temporal(),
    )


def _encodable(column: _Column, encoding: str) -> _Column:
    cells, short = (
        tuple(_in_encoding(cell, encoding) for cell in group)
        for group in (column.cells, column.short)
    )
    return replace(column, cells=cells, short=short)


def _in_encoding(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.replace("≥", ">=").replace("─", "-")
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def _labelled(column: _Column, labels: Mapping[str, str]) -> _Column:
    """The column with its label in the row of totals, where it is one of names."""
    if column.name not in labels:
        return column
    cells = (*column.cells[:-1], labels[column.name])
    return replace(column, cells=cells, short=cells)


def _money(row: Mapping[str, Any], name: str) -> str:
    is_bounded = bool(row.get("unpriced_tokens") or row.get("lower_bound_responses"))
    if row[name] is None and not row.get("unpriced_tokens"):
        return ""  # there is no such figure: only a missing price makes one unknown
    # A difference of two bounds is none.
    is_at_least = is_bounded and name.endswith("cost_usd")
    return dollars(row[name], is_at_least=is_at_least, sign="")


def _shown(value: object, name: str) -> str:
    if isinstance(value, float) and name.endswith(("_rate", "_share")):
        return f"{value:.1%}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value, name)
    return f"{value:,}"


def _plain(value: object, _name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, list):
        return ", ".join(_plain(item, "") for item in value)
    return _printable(str(value))


def _printable(text: str) -> str:
    # A title may hold anything, also what would steer the terminal.
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def _short(value: int | None) -> str:
    if value is None:
        return ""
    for size, unit in _UNITS:
        if abs(value) >= max(size, _LONG):
            return f"{value / size:.1f}{unit}"
    return f"{value:,}"


def _fitted(columns: list[_Column], width: int) -> list[_Column]:
    steps: tuple[Callable[[list[_Column]], list[_Column]], ...] = (
        lambda wide: wide,
        lambda wide: [column for column in wide if column.is_kept or not column.is_zero],
        lambda wide: [replace(column, cells=column.short) for column in wide],
        *(partial(_folded, limit=limit) for limit in _FOLDED),
    )
    for step in steps:
        columns = step(columns)
        if _width(columns) <= width:
            return columns
    while _width(columns) > width and (spare := [c for c in columns if not c.is_kept]):
        columns.remove(spare[-1])
    return columns


def _folded(columns: list[_Column], limit: int) -> list[_Column]:
    return [
        column if column.is_number or column.is_time else replace(column, limit=limit)
        for column in columns
    ]


def _width(columns: Sequence[_Column]) -> int:
    return sum(column.width + _GAP for column in columns) - _GAP


def _rendered(columns: Sequence[_Column], *, has_totals: bool) -> str:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(
            Text(column.header),
            justify="right" if column.is_number else "left",
            width=column.width,
            overflow="fold",
            vertical="top",
        )
    rows = list(zip(*(column.cells for column in columns), strict=True))
    for index, row in enumerate(rows):
        table.add_row(*map(Text, row), end_section=has_totals and index == len(rows) - 2)
    console = Console(file=StringIO(), width=_width(columns) + 2, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n")) + "\n"


def _left_out(columns: Sequence[_Column], shown: Sequence[_Column]) -> str:
    names = {column.name for column in shown}
    missing = [column.name for column in columns if column.name not in names]
    return f"Not shown, to fit: {', '.join(missing)}.\n" if missing else ""
