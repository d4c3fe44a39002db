"""The axes that charts share: of days and weeks, of months, of counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.text import month_name

__all__ = ["FEW", "LEAST_BARS", "count_axis", "date_axis", "month_axis"]

#: An axis of days is at least so many bars wide.
LEAST_BARS: Final = 14
#: Below, an axis of counts has a tick for each.
FEW: Final = 4

_MOST_MONTHS: Final = 12  # with a label: they would run into each other


def date_axis(periods: pl.Series, by: str = "day") -> dict[str, Any]:
    """An axis of days or weeks: half a bar of room at each end, never only a few bars wide."""
    axis = {"type": "date", "hoverformat": "%a %-d %b %Y"}
    known = [period for period in periods if period is not None]
    if not known:
        return axis
    step = timedelta(weeks=1) if by == "week" else timedelta(days=1)
    last = datetime.combine(max(known), time()) + step / 2
    first = datetime.combine(min(known), time()) - step / 2
    return {**axis, "range": [str(min(first, last - LEAST_BARS * step)), str(last)]}


def month_axis(months: Iterable[str]) -> dict[str, Any]:
    """An axis of months, at most a year of them with their name."""
    known = sorted(set(months))
    labelled = known[:: -(-len(known) // _MOST_MONTHS) or 1]
    return {
        "type": "category",
        "categoryorder": "category ascending",
        "fixedrange": True,
        "tickvals": labelled,
        "ticktext": [month_name(month).replace(" ", "<br>") for month in labelled],
    }


def count_axis(counts: Iterable[int | None], ticks: int = 4) -> dict[str, Any]:
    """An axis of counts from 0, with whole ticks also where there are few."""
    most = max((count or 0 for count in counts), default=0)
    axis = {"rangemode": "tozero", "fixedrange": True, "nticks": ticks, "tickformat": "~s"}
    few = {"dtick": 1, "range": [0, max(most, 1) * 1.05]}
    return {**axis, **few} if most < FEW else axis
