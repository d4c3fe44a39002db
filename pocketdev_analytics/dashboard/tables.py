"""Frames as tables of a page: rounded text to read, the exact value beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.frames import folded, ranked
from pocketdev_analytics.charts.text import (
    clean,
    count,
    duration,
    percent,
    project_names,
    shortened,
)
from pocketdev_analytics.charts.theme import MAX_SERIES
from pocketdev_analytics.formatting import format_moment, format_number, format_usd
from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports.measures import BOUNDS

__all__ = [
    "MOST_ROWS",
    "TITLE_OR_ID",
    "Cell",
    "Column",
    "Format",
    "Table",
    "by_model",
    "counts",
    "instant",
    "minutes",
    "money",
    "name",
    "names",
    "project",
    "seconds",
    "share",
    "table",
]

#: How many rows of a ranking a page holds; `pocketdev-analytics report` has them all.
MOST_ROWS: Final = 100

#: What a session is called: its title, else its id.
TITLE_OR_ID: Final = pl.coalesce("title", "session").alias("title")

_MOST_MODELS: Final = MAX_SERIES
_REST: Final = "Other models"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, the exact value where that is more, and the page it leads to."""

    text: str
    exact: str = ""
    link: str = ""


Format = Callable[[Any], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the frame: its heading, and how its values are shown."""

    source: str
    heading: str
    show: Format
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and cells; `more` rows of the frame are not in it, but in the report `report`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: int = 0
    report: str = ""


def table(rows: pl.DataFrame, *columns: Column, most: int | None = None, report: str = "") -> Table:
    """The frame's rows, at most `most` of them, in these columns.

    `report` are the arguments of `pocketdev-analytics report` that list all rows.
    """
    shown = rows if most is None else rows.head(most)
    cells = [
        tuple(column.show(_value(row, column.source)) for column in columns)
        for row in shown.iter_rows(named=True)
    ]
    return Table(columns, tuple(cells), rows.height - shown.height, report)


def by_model(rows: pl.DataFrame, by: str, heading: str) -> Table:
    """Cost by period and model as one row a period: a column for each model, and the sum."""
    models = ranked(rows, "model")
    keep = models if len(models) <= _MOST_MODELS else models[: _MOST_MODELS - 1]
    named = folded(rows, "model", keep, _REST)
    periods = rows[by].unique().sort().to_list()
    sums = {
        model: _costs(named.filter(pl.col("model").eq_missing(model)), by)
        for model in named["model"].unique()
    }
    order = [*keep, _REST] if _REST in sums and keep != models else keep
    totals = _costs(rows, by)
    frame = pl.DataFrame({by: periods}, schema={by: rows.schema[by]})
    columns = [Column(by, heading, date_cell)]
    for index, model in enumerate([*order, None] if None not in order else order):
        frame, columns = _joined(frame, columns, sums.get(model), index, model, by)
    frame = frame.with_columns(_column("total", [totals.get(period) for period in periods]))
    return table(frame, *columns, Column("total", "All, USD", money))


def _joined(
    frame: pl.DataFrame,
    columns: list[Column],
    costs: dict[Any, Decimal | None] | None,
    index: int,
    model: str | None,
    by: str,
) -> tuple[pl.DataFrame, list[Column]]:
    if costs is None:
        return frame, columns
    source = f"model {index}"
    values = _column(source, [costs.get(period, Decimal(0)) for period in frame[by]])
    column = Column(source, f"{shortened(model or '(none)')}, USD", money)
    return frame.with_columns(values), [*columns, column]


def _column(name: str, values: Sequence[Decimal | None]) -> pl.Series:
    return pl.Series(name, values, COST_USD)


def _costs(rows: pl.DataFrame, by: str) -> dict[Any, Decimal | None]:
    known = pl.when(pl.col("cost_usd").count() > 0).then(pl.col("cost_usd").sum())
    return dict(rows.group_by(by).agg(known.alias("cost_usd")).select(by, "cost_usd").iter_rows())


def _value(row: dict[str, Any], source: str) -> Any:
    if source == "cost_usd" and any(row.get(name) for name in BOUNDS):
        return _AtLeast(row[source])
    return row[source]


@dataclass(frozen=True, slots=True)
class _AtLeast:
    cost_usd: Decimal | None


def money(value: Decimal | _AtLeast | None) -> Cell:
    """US dollars, with every digit on hover; '≥' where it is only known from below."""
    bounded = isinstance(value, _AtLeast)
    cost = value.cost_usd if isinstance(value, _AtLeast) else value
    if cost is None:
        return Cell("no price")
    if not cost:
        return Cell("\u2265 $0.00" if bounded else "0")
    digits = f"{cost:f}".rstrip("0").rstrip(".")
    return Cell(format_usd(cost, is_at_least=bounded), digits)


def counts(value: int | None) -> Cell:
    """A whole number with all its digits."""
    return Cell("" if value is None else count(value))


def share(value: float | None) -> Cell:
    """A share of 1 as a percentage."""
    return Cell("") if value is None else Cell(percent(value, 1), f"{value:.6g}")


def minutes(value: float | None) -> Cell:
    """Minutes as hours and minutes."""
    if value is None:
        return Cell("")
    return Cell(duration(value), f"{value:g}")


def seconds(value: float | None) -> Cell:
    """Seconds, to the tenth."""
    return Cell("" if value is None else format_number(value))


def instant(value: datetime | None) -> Cell:
    """A date and time."""
    return Cell("" if value is None else format_moment(value))


def date_cell(value: date | str) -> Cell:
    """A day, or what a month is called."""
    return Cell(str(value))


def name(value: str | None) -> Cell:
    """A name that others chose: on one line, long ones cut."""
    if value is None:
        return Cell("(none)")
    text = shortened(value, 80)
    full = clean(value[:400])
    return Cell(text, full if full != text else "")


def project(paths: Iterable[str | None]) -> Format:
    """Project paths by their last folder, the whole path on hover."""
    known = project_names(paths)

    def show(path: str | None) -> Cell:
        return Cell(shortened(known[path], 60), clean((path or "")[:400]))

    return show


def names(values: Sequence[str] | None) -> Cell:
    """Several names."""
    return name(", ".join(values)) if values else Cell("")
