"""What the charts of one session share: the time worked as an axis, and fewer points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["MOST_POINTS", "clock", "minutes_of", "thinned", "worked_axis"]

#: How many points a line of a session's chart has at most.
MOST_POINTS: Final = 500

_TICKS: Final = 5
_MOST_PAUSES: Final = 40
_LEAST: Final = 0.05  # minutes; an axis is never shorter
_SECONDS_BELOW: Final = 5 * _TICKS  # minutes; then labels of minutes could be alike


def worked_axis(events: pl.DataFrame) -> dict[str, Any]:
    """The x axis and the dotted lines of the pauses, as a layout.

    Takes `reports.timeline`. The axis is in minutes worked, its labels are times of day.
    """
    total = float(events["active_minutes"].max() or 0.0)  # type: ignore[arg-type]
    places = [round(total * step / (_TICKS - 1), 3) for step in range(_TICKS)] if total else [0.0]
    room = max(total, _LEAST) * 0.02
    places = [] if events.is_empty() else places
    pattern = "%H:%M:%S" if total < _SECONDS_BELOW else "%H:%M"
    axis = {
        "range": [-room, max(total, _LEAST) + room],
        "tickvals": places,
        "ticktext": _labels([_time_at(events, place) for place in places], pattern),
        "zeroline": False,
        "fixedrange": True,
    }
    return {"xaxis": axis, "shapes": _pauses(events)}


def thinned(rows: pl.DataFrame, by: str, most: int = MOST_POINTS) -> pl.DataFrame:
    """At most `most` of the rows: of each run of neighbours the one with the most of `by`."""
    if rows.height <= most:
        return rows
    run = pl.int_range(pl.len()) * most // rows.height
    kept = pl.all().sort_by(by, nulls_last=False, maintain_order=True).last()
    return rows.group_by(run.alias("_run"), maintain_order=True).agg(kept).drop("_run")


def clock(at: datetime) -> str:
    """A time of day, to the second."""
    return f"{at:%H:%M:%S}"


def minutes_of(rows: pl.DataFrame) -> list[float]:
    """The place of each row on the axis."""
    return [round(minute, 3) for minute in rows["active_minutes"]]


def _time_at(events: pl.DataFrame, minute: float) -> datetime:
    before = events.filter(pl.col("active_minutes") <= minute + 1e-9)
    last = before.row(-1, named=True)
    at: datetime = last["at"]
    return at + timedelta(minutes=minute - last["active_minutes"])


def _labels(times: Sequence[datetime], pattern: str) -> list[str]:
    """Times of day, as `pattern` writes them, with the date below where it is a new one."""
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
    places = sorted({round(minute, 3) for minute in longest["active_minutes"]})
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
        for x in places
    ]
