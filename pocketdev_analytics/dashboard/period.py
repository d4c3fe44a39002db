"""The days of a history: which there are, at which grain a page shows them, what came before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

__all__ = [
    "LAST_DAYS",
    "MOST_DAYS",
    "SPARK_POINTS",
    "grain",
    "last_and_before",
    "span_of",
    "sparkline",
]

#: How many days "the last days" are, and how many before them they are compared with.
LAST_DAYS: Final = 30

#: Above, a bar a day is thinner than a pixel, and the page grows past what it may weigh.
MOST_DAYS: Final = 400
#: How many days a sparkline shows.
SPARK_POINTS: Final = 60


def span_of(*days: pl.Series) -> tuple[date | None, date | None]:
    """The first and the last of all days, None where there are none."""
    known = sorted({day for series in days for day in series if day is not None})
    return (known[0], known[-1]) if known else (None, None)


def grain(first: date | None, last: date | None) -> str:
    """'day' for up to a good year, else 'week'."""
    return "week" if first and last and (last - first).days > MOST_DAYS else "day"


def last_and_before(daily: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The rows of the last days, and those of as many before; None where these are not whole."""
    last = daily["day"].max()
    if not isinstance(last, date):
        return daily, None
    start = last - timedelta(days=LAST_DAYS - 1)
    before = start - timedelta(days=LAST_DAYS)
    is_whole = daily["day"].min() <= before  # type: ignore[operator]
    now = daily.filter(pl.col("day") >= start)
    then = daily.filter(pl.col("day").is_between(before, start, closed="left"))
    return now, then if is_whole else None


def sparkline(days: pl.Series, values: Sequence[Decimal | int | None]) -> tuple[float, ...]:
    """The values of the last days, 0 for days without a row."""
    if days.is_empty():
        return ()
    known = dict(zip(days, values, strict=True))
    last = max(known)
    first = max(min(known), last - timedelta(days=SPARK_POINTS - 1))
    length = (last - first).days + 1
    return tuple(float(known.get(first + timedelta(days=day)) or 0) for day in range(length))
