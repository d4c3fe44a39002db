"""The tables of panels: rounded text to read, the exact value on hover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any, Final

from pocketdev_analytics.charts.domains import Entry
from pocketdev_analytics.charts.rows import Row, is_bounded, regrouped
from pocketdev_analytics.charts.scope import Scope, say
from pocketdev_analytics.charts.shapes import amounts, collapsed
from pocketdev_analytics.charts.shapes_ranked import WEEKDAYS, hours_grid
from pocketdev_analytics.charts.text import clean, shortened
from pocketdev_analytics.formatting import format_duration, format_share, format_usd

__all__ = ["Cell", "Heading", "Table", "cell_of", "table_of"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, the exact value if that is longer, and the page that it links to."""

    text: str
    exact: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column; a column of text is aligned to the left."""

    heading: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and cells; `more` rows are left out, which the report `report` has."""

    columns: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0
    report: str = ""


def table_of(declared: Mapping[str, Any], rows: Sequence[Row], scope: Scope) -> Table:
    """The table of a panel, of the rows of its set."""
    kind = declared.get("kind", "rows")
    return _KINDS[kind](declared, rows, scope)


def _rows_table(declared: Mapping[str, Any], rows: Sequence[Row], scope: Scope) -> Table:
    limit = declared.get("limit")
    shown = rows if limit is None else rows[:limit]
    columns = declared["columns"]
    return Table(
        tuple(
            Heading(say(column["heading"], scope), bool(column.get("is_text")))
            for column in columns
        ),
        tuple(tuple(_cell(column, row, scope) for column in columns) for row in shown),
        len(rows) - len(shown),
        declared.get("report", ""),
    )


def _cell(column: Mapping[str, Any], row: Row, scope: Scope) -> Cell:
    how, source = column["cell"], column["source"]
    if isinstance(how, Mapping):
        return Cell(say(how["text"], scope.under(amounts(row))))
    bounded = source == "cost_usd" and is_bounded(row)
    cell = cell_of(how, row[source], is_bounded=bounded)
    link = row.get(column.get("link", ""), "")
    return Cell(cell.text, cell.exact, link or "")


def cell_of(how: str, value: Any, *, is_bounded: bool = False) -> Cell:
    """A value as a cell: 'money', 'count', 'share', 'minutes', 'name' or 'text'."""
    return _money(value, is_bounded=is_bounded) if how == "money" else _CELLS[how](value)


def _money(value: Decimal | None, *, is_bounded: bool) -> Cell:
    """US dollars, with every digit on hover; '≥' before a lower bound."""
    if value is None:
        return Cell("no price")
    if not value:
        return Cell("\u2265 $0.00" if is_bounded else "0")
    digits = f"{value:f}"
    exact = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return Cell(format_usd(value, is_at_least=is_bounded), exact)


def _name(value: Any) -> Cell:
    if isinstance(value, Entry):
        return Cell(value["text"], value["exact"])
    text = shortened(str(value or ""), 80)
    full = clean(str(value or "")[:400])
    return Cell(text, full if full != text else "")


_CELLS: Final[dict[str, Callable[[Any], Cell]]] = {
    "count": lambda value: Cell("" if value is None else f"{value:,}"),
    "share": lambda value: Cell("") if value is None else Cell(format_share(value), f"{value:.6g}"),
    "minutes": lambda value: (
        Cell("") if value is None else Cell(format_duration(value), f"{value:g}")
    ),
    "name": _name,
    "text": lambda value: Cell("" if value is None else str(value)),
}


def _series_table(declared: Mapping[str, Any], rows: Sequence[Row], scope: Scope) -> Table:
    """One row a period: a column for each series, and the sum."""
    x, value = declared["x"], declared["value"]
    periods = regrouped(rows, [x])
    has_series = bool(rows) and declared["series"] in rows[0]
    groups = collapsed(rows, declared) if has_series else []
    sums = [{row[x]: row[value] for row in regrouped(group, [x])} for _, _, group in groups]
    headings = [Heading(f"{unescape(name)}, USD") for name, _, _ in groups]
    body = tuple(
        (
            Cell(str(row[x])),
            *(_money(known.get(row[x], Decimal(0)), is_bounded=False) for known in sums),
            _money(row[value], is_bounded=False),
        )
        for row in periods
    )
    first = Heading(say(declared["heading"], scope))
    return Table((first, *headings, Heading("All, USD")), body)


def _hours_table(declared: Mapping[str, Any], rows: Sequence[Row], _: Scope) -> Table:
    """One row a weekday, one column an hour."""
    grid = hours_grid(rows, declared["value"])
    columns = [Heading("Weekday"), *(Heading(f"{hour}:00") for hour in range(24))]
    body = tuple(
        (Cell(day), *(Cell(f"{number:,}") for number in numbers))
        for day, numbers in zip(WEEKDAYS, grid, strict=True)
    )
    return Table(tuple(columns), body)


_KINDS: Final[dict[str, Callable[[Mapping[str, Any], Sequence[Row], Scope], Table]]] = {
    "rows": _rows_table,
    "series": _series_table,
    "hours": _hours_table,
}
