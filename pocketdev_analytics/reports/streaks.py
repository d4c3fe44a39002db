"""Runs of consecutive days with activity."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.dimensions import FACTS, check_timezone, local_date

__all__ = ["streaks"]

_FRAMES: Final = ("usage", "prompts", "tool_calls", "api_errors")


def streaks(history: History, *, now: datetime, timezone: str = "UTC") -> pl.LazyFrame:
    """Return the current and the longest run of days with activity, and all such days: three rows.

    Columns: `streak` ('current', 'longest', 'all days with activity'), `days`, `first_day`,
    `last_day` (NULL if there are none). A day of `timezone` counts if it has a prompt, response,
    tool call or API error. The current run ends with the day of `now`, or with the day before if
    that has no activity yet. If several runs are the longest, the last one is returned.
    """
    today = now.astimezone(ZoneInfo(check_timezone(timezone))).date()
    frames = history.frames()
    active = pl.concat(
        frames[name].select(day=local_date(FACTS[name], timezone)) for name in _FRAMES
    )
    # The date minus the row number is the same for all days of a run.
    run = pl.col("day") - pl.duration(days=pl.int_range(pl.len()))
    runs = (
        active.unique()
        .filter(pl.col("day") <= today)
        .sort("day")
        .group_by(run.alias("run"))
        .agg(
            days=pl.len().cast(pl.Int64),
            first_day=pl.col("day").min(),
            last_day=pl.col("day").max(),
        )
    )
    everything = runs.drop("run")
    current = runs.filter(pl.col("last_day") >= pl.lit(today - timedelta(days=1)))
    longest = runs.sort("days", "last_day").tail(1)
    return pl.concat(
        [
            _row("current", current.drop("run")),
            _row("longest", longest.drop("run")),
            _row("all days with activity", everything),
        ]
    )


def _row(name: str, runs: pl.LazyFrame) -> pl.LazyFrame:
    """Sum up runs in one row; 0 days if there are none."""
    return runs.select(
        pl.lit(name).alias("streak"),
        pl.col("days").sum(),
        pl.col("first_day").min(),
        pl.col("last_day").max(),
    )
