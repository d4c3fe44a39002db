"""The axes that charts share: of days and weeks, of months, of counts, of dollars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.text import month_name
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import round_half_up

__all__ = [
    "BAR_WIDTH",
    "BAR_WIDTH_MS",
    "DAY_AXIS",
    "DOLLAR_AXIS",
    "FEW",
    "LEAST_BARS",
    "LEAST_COLUMNS",
    "TODAY_MARK",
    "all_months",
    "bar_width",
    "count_axis",
    "count_ticks",
    "date_axis",
    "day_label",
    "month_axis",
    "today_mark",
]

#: An axis of days is at least so many bars wide.
LEAST_BARS: Final = 14
#: Below, an axis of counts has a tick for each.
FEW: Final = 4
#: The share of its place that a bar takes.
BAR_WIDTH: Final = 0.82
#: How wide a bar of a day or week is: without a neighbour it would be a hair.
BAR_WIDTH_MS: Final = {"day": BAR_WIDTH * 86_400_000, "week": BAR_WIDTH * 7 * 86_400_000}
#: The maximum width of bars of months and windows: as if there were this many of them.
LEAST_COLUMNS: Final = 6

#: How an axis says days: a new year in a line of its own; as months, where ticks are far apart.
DAY_AXIS: Final[dict[str, Any]] = {
    "type": "date",
    "hoverformat": "%a %-d %b %Y",
    "tickformatstops": [
        {"dtickrange": ["M1", None], "value": "%b\n%Y"},
        {"dtickrange": [None, "M1"], "value": "%-d %b\n%Y"},
    ],
}
# As many decimal places as the distance of the ticks needs, on each of them.
_CENTS: Final = [
    {"dtickrange": [1, None], "value": "$,.0f"},
    *(
        {"dtickrange": [10.0**-places, None], "value": f"$,.{max(places, 2)}f"}
        for places in range(1, 7)
    ),
]
#: An axis of US dollars from 0.
DOLLAR_AXIS: Final[dict[str, Any]] = {
    "rangemode": "tozero",
    "fixedrange": True,
    "tickformat": "$,~f",
    "tickformatstops": _CENTS,
}

#: What marks the bar of a day or week that is not over.
TODAY_MARK: Final[dict[str, Any]] = {
    "shape": {
        "type": "rect",
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "fillcolor": LIGHT.area,
        "line": {"width": 0},
        "layer": "below",
    },
    "annotation": {
        "y": 1,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 11},
    },
}

_MOST_MONTHS: Final = 12  # with a label: they would run into each other


def date_axis(periods: pl.Series, by: str = "day") -> dict[str, Any]:
    """An axis of days or weeks: half a bar of room at each end, never only a few bars wide."""
    known = [period for period in periods if period is not None]
    if not known:
        return DAY_AXIS
    step = timedelta(weeks=1) if by == "week" else timedelta(days=1)
    last = datetime.combine(max(known), time()) + step / 2
    first = datetime.combine(min(known), time()) - step / 2
    return {**DAY_AXIS, "range": [str(min(first, last - LEAST_BARS * step)), str(last)]}


def month_axis(months: Iterable[str]) -> dict[str, Any]:
    """An axis of months, also of those without a bar, at most a year of them with their name."""
    known = all_months(months)
    labelled = known[:: -(-len(known) // _MOST_MONTHS) or 1]
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": known,
        "fixedrange": True,
        "tickvals": labelled,
        "ticktext": [month_name(month).replace(" ", "<br>") for month in labelled],
    }


def all_months(months: Iterable[str]) -> list[str]:
    """Every month from the first to the last, as '2026-11'."""
    known = sorted(set(months))
    if not known:
        return []
    first, last = (12 * int(month[:4]) + int(month[5:7]) - 1 for month in (known[0], known[-1]))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def today_mark(mark: Mapping[str, Any], today: date, by: str) -> tuple[dict[str, Any], ...]:
    """The shape behind the bar of the current day or week, and the words above it."""
    period = today - timedelta(days=today.weekday()) if by == "week" else today
    at, half = datetime.combine(period, time()), timedelta(days=3.5 if by == "week" else 0.5)
    shape = {**mark["shape"], "x0": str(at - half), "x1": str(at + half)}
    text = "today so far" if by == "day" else f"this {by} so far"
    return shape, {**mark["annotation"], "x": str(period), "text": text}


def bar_width(by: str, number: int) -> float:
    """Return the width of a bar on an axis of days or weeks, or of this many months or windows."""
    return BAR_WIDTH_MS.get(by) or float(
        round_half_up(BAR_WIDTH * min(number / LEAST_COLUMNS, 1), 3)
    )


def day_label(day: date) -> str:
    """A day below an axis of windows: its year in a line of its own."""
    return f"{day.day} {day:%b}<br>{day:%Y}"


def count_axis(counts: Iterable[int | None], ticks: int = 4) -> dict[str, Any]:
    """An axis of counts from 0, with whole ticks also where there are few."""
    most = max((count or 0 for count in counts), default=0)
    axis = {"rangemode": "tozero", "fixedrange": True, "nticks": ticks, "tickformat": "~s"}
    few = {"range": [0, max(most, 1) * 1.05]} if most < FEW else {}
    return {**axis, **few, **count_ticks(most)}


def count_ticks(most: float) -> dict[str, Any]:
    """A tick for each where a scale has few: halves of a prompt mean nothing."""
    return {"dtick": 1} if most < FEW else {}
