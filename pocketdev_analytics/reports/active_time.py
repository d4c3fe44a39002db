"""Active time and the duration of turns, by any dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import INSTANT
from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.dimensions import (
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
)
from pocketdev_analytics.reports.filters import in_period
from pocketdev_analytics.reports.measures import half_up

__all__ = ["IDLE_MINUTES", "TIME_DIMENSIONS", "active_time", "stretches", "worked_time"]

#: A longer pause between two events of a session is not active time.
IDLE_MINUTES: Final = 15

#: What time can be grouped by: what all events have.
TIME_DIMENSIONS: Final = dimensions_of(*FACTS)

_MEASURES: Final = (
    "active_minutes",
    "session_minutes",
    "turns",
    "median_turn_seconds",
    "p90_turn_seconds",
    "longest_turn_seconds",
)
#: Events that a person or the model caused; others happen without activity, such as the
#: notification of a background task, a recap or a scheduled task.
_WORK_EVENTS: Final = (
    *("turn_duration", "compact_boundary", "interruption", "slash_command", "shell_command"),
)
# Stretches are grouped by the event that ends them, under this frame's name for its time.
_EVENT: Final = FACTS["session_events"]


def active_time(
    history: History,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
    idle_minutes: float = IDLE_MINUTES,
    since: date | None = None,
    until: date | None = None,
) -> pl.LazyFrame:
    """Return the active time of each group, and the duration of its turns.

    Columns: those of `by`, then `active_minutes, session_minutes, turns,
    median_turn_seconds, p90_turn_seconds, longest_turn_seconds`; sorted by the columns of
    `by`, and one row over everything if there are none.

    A session was worked in from each of its events (prompt, response, tool call, API error,
    command, interruption, end of a turn) to the next, where that is at most `idle_minutes`
    later: what a person or the model did, not notifications, recaps and hooks. `session_minutes`
    adds these stretches up. `active_minutes` is their union over the sessions of the group:
    what passed on the clock, so that sessions side by side count once; over groups it does not
    add up. A stretch belongs to the group of the event that ends it, and is not cut where an
    hour or day begins. So `since` and `until` count the stretches and turns that end on these
    days: a history that was narrowed to them no longer knows where the first ones began.

    Turns are those that Claude Code measured (newer versions do); where none was, their
    times are NULL. The median and 90th percentile are interpolated linearly.

    Raises:
        ReportError: a name in `by` is not a dimension of all events, or `idle_minutes` is not
            above 0.
    """
    names = check_dimensions(by, TIME_DIMENSIONS, report="time")
    options: dict[str, Any] = {"facts": _EVENT, "timezone": timezone, "week_start": week_start}
    days = in_period(_EVENT, since, until, timezone)
    kept = stretches(history, idle_minutes).filter(*days)
    worked = worked_time(kept, names, timezone=timezone, week_start=week_start)
    turns = history.session_events.filter(*days, kind="turn_duration")
    measured = grouped(turns, names, measures=_turns(), **options)
    if not names:
        return pl.concat([worked, measured], how="horizontal")
    both = worked.join(measured, on=list(names), how="full", coalesce=True, nulls_equal=True)
    return (
        both.with_columns(pl.col("active_minutes", "session_minutes", "turns").fill_null(0))
        .sort(list(names), nulls_last=True)
        .select(*names, *_MEASURES)
    )


def worked_time(
    rows: pl.LazyFrame,
    by: Sequence[str],
    *,
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Sum up stretches: the columns of `by`, `active_minutes` and `session_minutes`."""
    return grouped(
        rows, by, facts=_EVENT, timezone=timezone, week_start=week_start, measures=_worked()
    )


def stretches(history: History, idle_minutes: float = IDLE_MINUTES) -> pl.LazyFrame:
    """One row from an event of a session to the next, where it is soon enough.

    Columns: `started_at`, `occurred_at` (of the event that ends it), and what all events have.

    Raises:
        ReportError: `idle_minutes` is not above 0.
    """
    if not idle_minutes > 0:
        raise ReportError(f"idle_minutes must be greater than 0, got {idle_minutes}")
    is_same = pl.col("session_id") == pl.col("session_id").shift()
    soon = pl.col(_EVENT.at) - pl.col("started_at") <= timedelta(minutes=idle_minutes)
    return (
        _events(history)
        .sort("session_id", _EVENT.at, maintain_order=True)
        .with_columns(started_at=pl.when(is_same).then(pl.col(_EVENT.at).shift()).cast(INSTANT))
        .filter(soon)
    )


def _events(history: History) -> pl.LazyFrame:
    """Every event of every session that is work: what all frames have, and when."""
    frames = {
        **history.frames(),
        # Unlisted calls have the time at which they were counted, not made.
        "usage": history.usage.filter(pl.col("kind") != "unlisted"),
        "session_events": history.session_events.filter(pl.col("kind").is_in(_WORK_EVENTS)),
    }
    columns = {name: frame.collect_schema() for name, frame in frames.items()}
    first, *others = (set(names) for names in columns.values())
    shared = sorted(first.intersection(*others))
    return pl.concat(
        frame.filter(pl.col("session_id").is_not_null()).select(
            *shared, pl.col(FACTS[name].at).alias(_EVENT.at)
        )
        for name, frame in frames.items()
    )


def _worked() -> list[pl.Expr]:
    start, end = pl.col("started_at"), pl.col(_EVENT.at)
    starts, ends = start.sort_by(start, end), end.sort_by(start, end)
    # How far the stretches before it reach: only what lies beyond is new.
    known = ends.cum_max().shift()
    begin = pl.when(known > starts).then(known).otherwise(starts)
    new = pl.when(ends > begin).then(ends - begin)
    return [
        _minutes(new).alias("active_minutes"),
        _minutes(end - start).alias("session_minutes"),
    ]


def _minutes(spans: pl.Expr) -> pl.Expr:
    return half_up(spans.sum().dt.total_seconds(fractional=True) / 60)


def _turns() -> list[pl.Expr]:
    seconds = pl.col("duration_ms") / 1_000
    return [
        pl.col("duration_ms").count().cast(pl.Int64).alias("turns"),
        half_up(seconds.median()).alias("median_turn_seconds"),
        half_up(seconds.quantile(0.9, "linear")).alias("p90_turn_seconds"),
        half_up(seconds.max()).alias("longest_turn_seconds"),
    ]
