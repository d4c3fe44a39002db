"""Helpers of the charts of one session: the axis of active time, and downsampling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["MOST_POINTS", "clock", "downsample", "minutes_of", "worked_axis"]

#: The maximum number of points of a line in a session's chart.
MOST_POINTS: Final = 500

_TICKS: Final = 5
_MOST_PAUSES: Final = 40
_LEAST: Final = 0.05  # minutes, the minimum length of the axis
_SECONDS_BELOW: Final = 5 * _TICKS  # minutes; labels in minutes could be equal below this


def worked_axis(events: pl.DataFrame) -> dict[str, Any]:
    """Return a layout with the x axis and dotted lines at the pauses.

    Takes `reports.timeline`. The axis is in active minutes, its labels are times of day.
    """
    total = float(events["active_minutes"].max() or 0.0)  # type: ignore[arg-type]
    ticks = [round(total * step / (_TICKS - 1), 3) for step in range(_TICKS)] if total else [0.0]
    margin = max(total, _LEAST) * 0.02
    ticks = [] if events.is_empty() else ticks
    pattern = "%H:%M:%S" if total < _SECONDS_BELOW else "%H:%M"
    axis = {
        "range": [-margin, max(total, _LEAST) + margin],
        "tickvals": ticks,
        "ticktext": _labels([_time_at(events, tick) for tick in ticks], pattern),
        "zeroline": False,
        "fixedrange": True,
    }
    return {"xaxis": axis, "shapes": _pauses(events)}


def downsample(rows: pl.DataFrame, by: str, most: int = MOST_POINTS) -> pl.DataFrame:
    """Downsample to `most` rows: keep the row with the largest `by` of each run of rows."""
    if rows.height <= most:
        return rows
    run = pl.int_range(pl.len()) * most // rows.height
    kept = pl.all().sort_by(by, nulls_last=False, maintain_order=True).last()
    return rows.group_by(run.alias("_run"), maintain_order=True).agg(kept).drop("_run")


def clock(at: datetime) -> str:
    """Format a time of day with seconds."""
    return f"{at:%H:%M:%S}"


def minutes_of(rows: pl.DataFrame) -> list[float]:
    """Return the position of each row on the axis."""
    return [round(minute, 3) for minute in rows["active_minutes"]]


def _time_at(events: pl.DataFrame, minute: float) -> datetime:
    before = events.filter(pl.col("active_minutes") <= minute + 1e-9)
    last = before.row(-1, named=True)
    at: datetime = last["at"]
    return at + timedelta(minutes=minute - last["active_minutes"])


def _labels(times: Sequence[datetime], pattern: str) -> list[str]:
    """Format times of day with `pattern`, and the date below the first time of each day."""
    days = [None, *(time.date() for time in times)]
    return [
        f"{time:{pattern}}"
        if time.date() == before
        else f"{time:{pattern}}<br>{time.day} {time:%b}"
        for time, before in zip(times, days, strict=False)
    ]


def _pauses(events: pl.DataFrame) -> list[dict[str, Any]]:
    pauses = events.filter(pl.col("pause_minutes").is_not_null())
    longest = pauses.sort("pause_minutes", descending=True).head(_MOST_PAUSES)
    minutes = sorted({round(minute, 3) for minute in longest["active_minutes"]})
    line = {"color": LIGHT.rest, "width": 1, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": x,
            "x1": x,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": line,
            "opacity": 0.6,
        }
        for x in minutes
    ]
