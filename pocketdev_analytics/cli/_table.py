"""Render a frame as a table that fits the terminal and needs no colour.

A table that is too wide is reduced in this order:

1. Columns of zeros are omitted.
2. Columns with the same value in every row are stated once, above the table.
3. Counts are shortened (12.3M), then ids to their first characters.
4. Titles are truncated, and other texts wrapped.
5. Times except the first are omitted, then columns from the right.

Names, titles and money are always shown. A line below the table names the omitted columns and how
to see them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from textwrap import fill
from typing import Any, Final

import polars as pl

from pocketdev_analytics.cli._layout import GAP, Column, lay_out, length, truncate
from pocketdev_analytics.cli._output import decimal_text
from pocketdev_analytics.cli._text import in_encoding, printable, short_count, unmarked
from pocketdev_analytics.formatting import format_moment, format_number, format_share, format_usd
from pocketdev_analytics.reports import NO_NAME

__all__ = ["markdown_text", "table_text"]

_WRAP_WIDTHS: Final = (60, 48, 40, 32, 28, 24, 20, 17, 14)
_BOUNDS: Final = ("unpriced_tokens", "lower_bound_responses", "unseen_calls")
_BEYOND_ESTIMATE: Final = ("unpriced_tokens", "unseen_calls")
_ESTIMATED: Final = ("estimated_cost_usd", "low_cost_usd", "high_cost_usd")
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID_BEGINNING: Final = 8
#: Columns that are always shown, like those of `by` and money.
_ALWAYS_KEPT: Final = frozenset({"cost_usd", "title"})
#: Titles are truncated to one line of at least `_SHORTEST_TITLE` characters.
_TITLE: Final = "title"
_SHORTEST_TITLE: Final = 24
_LEAST_REPEATED: Final = 2
_SEE_ALL: Final = "Shown in a wider terminal, or with --format csv."


@dataclass(frozen=True)
class _Column:
    name: str
    cells: tuple[str, ...]  # the last one is that of the totals row, if any
    counts: tuple[int | None, ...] = ()  # values of the cells that can be shortened
    is_number: bool = False
    is_kept: bool = False
    is_zero: bool = False
    is_constant: bool = False
    is_time: bool = False
    limit: int | None = None
    unwrapped: tuple[str, ...] = ()  # the cells before wrapping or truncation

    @property
    def header(self) -> str:
        return self.name.replace("_usd", "_USD").replace("_", " ")

    @cached_property
    def width(self) -> int:
        words = max(map(length, self.header.split() or [""]))
        lines = (line for cell in set(self.cells) for line in cell.split("\n"))
        cells = max(map(length, lines), default=0)
        return max(words, min(cells, self.limit or cells))


def table_text(
    frame: pl.DataFrame,
    *,
    by: Sequence[str] = (),
    totals: Mapping[str, Any] | None = None,
    keep: Sequence[str] = (),
    is_exact: bool = False,
    width: int | None = None,
    encoding: str = "utf-8",
) -> str:
    """Render a frame: numbers right-aligned with thousands separators, totals in the last row.

    Money is rounded to cents and marked `≥` if the row's cost is a lower bound or lacks unpriced
    tokens.

    Args:
        frame: The rows.
        by: Columns of names, which are always shown.
        totals: The values of the last row, by column.
        keep: Columns that are always shown, in addition to `by`, titles and money.
        is_exact: Show every value unrounded.
        width: The columns of the terminal; None for no limit.
        encoding: Characters that it lacks are replaced.
    """
    columns = _columns(frame, by, totals, is_exact=is_exact)
    columns = [
        replace(_encode(column, encoding), is_kept=column.is_kept or column.name in keep)
        for column in columns
    ]
    shown, constants = (columns, []) if width is None else _fit(columns, width)
    text = (
        _constants_line(constants, width)
        + _render(shown, has_totals=bool(totals))
        + _omitted_line(columns, [*shown, *constants], width)
    )
    return in_encoding(text, encoding)


def markdown_text(
    frame: pl.DataFrame, *, by: Sequence[str] = (), totals: Mapping[str, Any] | None = None
) -> str:
    """Render a frame as a Markdown table with all columns; cells are escaped."""
    columns = _columns(frame, by, totals)
    lines = [
        [column.header for column in columns],
        ["---:" if column.is_number else "---" for column in columns],
        *(map(unmarked, row) for row in _rows(columns)),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _columns(
    frame: pl.DataFrame,
    by: Sequence[str],
    totals: Mapping[str, Any] | None,
    *,
    is_exact: bool = False,
) -> list[_Column]:
    rows = [*frame.to_dicts(), *([dict(totals)] if totals else [])]
    columns = [
        _column(name, kind, rows, is_name=name in by, is_exact=is_exact, has_totals=bool(totals))
        for name, kind in frame.schema.items()
        if name not in _hidden(frame.columns)
    ]
    if any(name.endswith("_before") for name in frame.columns):
        # A zero is informative next to the figure of the period before.
        columns = [replace(column, is_zero=False) for column in columns]
    if not totals:
        return columns
    labels = dict.fromkeys(by, "") | dict.fromkeys(by[:1], "total")
    return [_add_label(column, labels) for column in columns]


def _hidden(names: Sequence[str]) -> set[str]:
    """Return the compared bound columns, which the marks of the amounts already show."""
    return {
        each for name in _BOUNDS if f"{name}_before" in names for each in (name, f"{name}_before")
    }


def _rows(columns: Sequence[_Column]) -> list[tuple[str, ...]]:
    return list(zip(*(column.cells for column in columns), strict=True))


def _column(
    name: str,
    kind: pl.DataType,
    rows: list[dict[str, Any]],
    *,
    is_name: bool,
    is_exact: bool,
    has_totals: bool,
) -> _Column:
    show = _plain if is_exact or is_name else _shown
    values = [row.get(name) for row in rows]
    is_money = name.endswith("_usd") and not is_exact
    cells = tuple(
        (_money(row, name) if is_money and name in row else show(value, name))
        for row, value in zip(rows, values, strict=True)
    )
    if is_name:
        cells = tuple(cell or NO_NAME for cell in cells)
    is_empty = all(value is None for value in values)
    is_count = kind.is_integer() and not is_name and not is_exact
    return _Column(
        name=name,
        cells=cells,
        counts=tuple(values) if is_count else (),
        is_number=kind.is_numeric(),
        is_kept=is_name or name in _ALWAYS_KEPT or (is_money and not is_empty),
        is_zero=is_empty or (is_count and not any(values)),
        is_constant=_is_constant(cells, has_totals=has_totals),
        is_time=kind.is_temporal(),
    )


def _is_constant(cells: tuple[str, ...], *, has_totals: bool) -> bool:
    """Whether all rows, and the total if it has a value, have the same value."""
    rows, total = (cells[:-1], cells[-1]) if has_totals else (cells, "")
    is_repeated = len(rows) >= _LEAST_REPEATED and len(set(rows)) == 1
    return is_repeated and rows[0] != "" and total in {"", rows[0]}


def _encode(column: _Column, encoding: str) -> _Column:
    text = "".join(column.cells)
    if in_encoding(text, encoding) == text:
        return column
    return replace(column, cells=tuple(in_encoding(cell, encoding) for cell in column.cells))


def _add_label(column: _Column, labels: Mapping[str, str]) -> _Column:
    """Put the label of a name column into the totals row."""
    if column.name not in labels:
        return column
    cells = (*column.cells[:-1], labels[column.name])
    return replace(column, cells=cells)


def _money(row: Mapping[str, Any], name: str) -> str:
    when = "_before" if name.endswith("_before_usd") else ""
    # An estimate covers incomplete responses, but not unseen calls.
    bounds = _BEYOND_ESTIMATE if name in _ESTIMATED and _ESTIMATED[0] in row else _BOUNDS
    is_bounded = any(row.get(f"{bound}{when}") for bound in bounds)
    if row[name] is None and not any(
        row.get(bound) or row.get(f"{bound}_before") for bound in _BOUNDS
    ):
        return ""  # no figure; only a missing price makes one unknown
    # A difference of two lower bounds is not a lower bound.
    is_at_least = is_bounded and name.endswith(("cost_usd", "cost_before_usd"))
    plus = "+" if name.endswith("_change_usd") and (row[name] or 0) > 0 else ""
    return plus + format_usd(row[name], is_at_least=is_at_least, sign="")


def _shown(value: object, name: str) -> str:
    if isinstance(value, float) and name.endswith(("rate", "share")):
        return format_share(value, is_full=True)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value, name)
    if name.endswith("_percent"):
        return f"{_plus(value)}{format_number(value)}%" if value else "0%"
    if name.endswith("_change"):
        return f"{_plus(value)}{format_number(value)}" if value else "0"
    return format_number(value)


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _plain(value: object, _name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, list):
        return ", ".join(_plain(item, "") for item in value)
    return printable(str(value))


def _short(value: int | None, cell: str) -> str:
    """Abbreviate a long count, keeping the plus sign of its cell."""
    if value is None or short_count(value) == f"{value:,}":
        return cell
    return ("+" if cell.startswith("+") else "") + short_count(value)


def _fit(columns: list[_Column], width: int) -> tuple[list[_Column], list[_Column]]:
    """Fit the columns; return those to show, and constant ones to state above the table."""
    if _width(columns) <= width:
        return columns, []
    columns = [column for column in columns if column.is_kept or not column.is_zero]
    if _width(columns) <= width:
        return columns, []
    constants = [column for column in columns if column.is_constant and not column.is_kept]
    columns = [column for column in columns if column not in constants]
    return _narrow(columns, width), constants


def _narrow(columns: list[_Column], width: int) -> list[_Column]:
    """Shorten cells, then omit columns, until the table fits."""
    steps: tuple[Callable[[list[_Column]], list[_Column]], ...] = (
        lambda wide: wide,
        lambda wide: [_shorten_counts(column) for column in wide],
        lambda wide: [_shorten_ids(column) for column in wide],
        *(partial(_wrap_columns, limit=limit) for limit in _WRAP_WIDTHS),
    )
    for step in steps:
        columns = step(columns)
        if _width(columns) <= width:
            return columns
    while _width(columns) > width and (spare := [c for c in columns if not c.is_kept]):
        later = [column for column in spare if column.name.endswith("_at")][1:]
        columns.remove((later or spare)[-1])
    # Omitted columns leave space for longer texts.
    wider = (_wrap_columns(columns, limit) for limit in _WRAP_WIDTHS)
    return next((found for found in wider if _width(found) <= width), columns)


def _shorten_counts(column: _Column) -> _Column:
    """Abbreviate the long counts of a column."""
    return replace(column, cells=tuple(map(_short, column.counts, column.cells)) or column.cells)


def _shorten_ids(column: _Column) -> _Column:
    """Cut the ids of a column if their first characters are unique."""
    begun = {cell: cell[:_ID_BEGINNING] for cell in column.cells if _ID.fullmatch(cell)}
    if len(set(begun.values())) < len(begun):
        return column
    cells = tuple(begun.get(cell, cell) for cell in column.cells)
    return replace(column, cells=cells)


def _wrap_columns(columns: list[_Column], limit: int) -> list[_Column]:
    return [
        column if column.is_number or column.is_time else _wrap_column(column, limit)
        for column in columns
    ]


def _wrap_column(column: _Column, limit: int) -> _Column:
    """Truncate the titles of a column, or wrap its long paths between folders."""
    original = column.unwrapped or column.cells
    if column.name == _TITLE:
        cells = tuple(truncate(cell, max(limit, _SHORTEST_TITLE)) for cell in original)
        return replace(column, cells=cells, unwrapped=original)
    cells = tuple(_path_lines(cell, limit) for cell in original)
    return replace(column, cells=cells, limit=limit, unwrapped=original)


def _path_lines(text: str, limit: int) -> str:
    if length(text) <= limit:
        return text
    lines = [""]
    for part in re.findall(r"[^/\\]*[/\\]+|[^/\\]+", text):
        if lines[-1] and length(lines[-1] + part) > limit:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _width(columns: Sequence[_Column]) -> int:
    return sum(column.width + GAP for column in columns) - GAP


def _render(columns: Sequence[_Column], *, has_totals: bool) -> str:
    shown = [
        Column(column.header, column.cells, column.width, column.is_number) for column in columns
    ]
    return lay_out(shown, has_totals=has_totals)


def _constants_line(constants: Sequence[_Column], width: int | None) -> str:
    """Return the line above the table with the columns that have one value in every row."""
    if not constants:
        return ""
    values = ", ".join(f"{column.header} {column.cells[0]}" for column in constants)
    return _wrap(f"In every row: {values}.", width) + "\n\n"


def _omitted_line(columns: Sequence[_Column], shown: Sequence[_Column], width: int | None) -> str:
    """Return the line below the table with the omitted columns, and how to see them."""
    names = {column.name for column in shown}
    missing = [column.name for column in columns if column.name not in names]
    if not missing:
        return ""
    return _wrap(f"Not shown, to fit: {', '.join(missing)}. {_SEE_ALL}", width) + "\n"


def _wrap(text: str, width: int | None) -> str:
    return fill(text, width, break_long_words=False, break_on_hyphens=False) if width else text
