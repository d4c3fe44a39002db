"""What the charts of activity say, in a sentence or two."""

from __future__ import annotations

import polars as pl

from pocketdev_analytics.charts.activity import calendar_span
from pocketdev_analytics.charts.frames import Frame, collected, period_of
from pocketdev_analytics.charts.text import count, day_name, percent, shortened
from pocketdev_analytics.charts.tools import LEAST_CALLS
from pocketdev_analytics.formatting import count_of

__all__ = [
    "api_errors",
    "calendar_heatmap",
    "daily_activity",
    "daily_lines_changed",
    "hour_by_weekday",
    "tool_errors",
    "tool_mix",
]

_NOTHING = "Nothing to show in this period."


def calendar_heatmap(frame: Frame, *, measure: str = "prompts") -> str:
    """The days with anything done, and the busiest, of the weeks that are shown."""
    everything = collected(frame, "calendar_heatmap", "day", measure)
    rows = everything.filter(pl.col("day") >= calendar_span(everything["day"])[0])
    active = rows.filter(pl.col(measure) > 0).sort([measure, "day"], descending=[True, False])
    if active.is_empty():
        return _NOTHING
    first, number = active.row(0, named=True), int(rows[measure].sum())
    told = count_of(number, measure.replace("_", " ").removesuffix("s"))
    if active.height == 1:
        return f"{told}, {'on' if number == 1 else 'all on'} {day_name(first['day'])}."
    return (
        f"{told} on {count(active.height)} days;"
        f" the most on {day_name(first['day'])}, {count(first[measure])}."
    )


def hour_by_weekday(frame: Frame, *, measure: str = "responses") -> str:
    """The busiest hour and weekday."""
    rows = collected(frame, "hour_by_weekday", "weekday", "hour_of_day", measure)
    total = int(rows[measure].sum() or 0)
    if not total:
        return _NOTHING
    days = rows.with_columns(pl.col("weekday").cast(pl.String)).group_by("weekday")
    day = days.agg(pl.col(measure).sum()).sort([measure, "weekday"], descending=True)
    hours = rows.group_by("hour_of_day").agg(pl.col(measure).sum())
    hour = hours.sort([measure, "hour_of_day"], descending=[True, False])["hour_of_day"][0]
    return (
        f"Busiest on {day['weekday'][0]}s with {percent(day[measure][0], total)} of the"
        f" {measure.replace('_', ' ')}, and in the hour from {hour}:00."
    )


def daily_activity(frame: Frame) -> str:
    """The sums over the period; sessions do not add up, for one can be of several days."""
    rows = collected(frame, "daily_activity", "prompts", "responses", "tool_calls")
    if rows.is_empty():
        return _NOTHING
    prompts, responses, calls = (
        int(rows[column].sum() or 0) for column in ("prompts", "responses", "tool_calls")
    )
    return (
        f"{count_of(prompts, 'prompt')}, {count_of(responses, 'response')}"
        f" and {count_of(calls, 'tool call')}"
        f" on {count_of(rows.height, period_of(rows, 'daily_activity'))}."
    )


def daily_lines_changed(frame: Frame) -> str:
    """The sums over the period."""
    rows = collected(frame, "daily_lines_changed", "lines_added", "lines_removed")
    if rows.is_empty():
        return _NOTHING
    added, removed = (int(rows[c].sum() or 0) for c in ("lines_added", "lines_removed"))
    return f"{count_of(added, 'line')} added and {count(removed)} removed by edits."


def tool_mix(frame: Frame) -> str:
    """The most used tool."""
    rows = collected(frame, "tool_mix", "tool", "calls")
    if rows.is_empty():
        return _NOTHING
    total = int(rows["calls"].sum())
    first = rows.sort(["calls", "tool"], descending=[True, False]).row(0, named=True)
    if rows.height == 1:
        return f"{count_of(total, 'call')}, all of {shortened(first['tool'], 60)}."
    return (
        f"{count(total)} calls of {count_of(rows.height, 'tool')};"
        f" {shortened(first['tool'], 60)} most often, {percent(first['calls'], total)}."
    )


def tool_errors(frame: Frame) -> str:
    """The share of failed calls over all tools."""
    rows = collected(frame, "tool_errors", "tool", "calls", "errors")
    calls, errors = int(rows["calls"].sum() or 0), int(rows["errors"].sum() or 0)
    if not calls:
        return _NOTHING
    if not errors:
        return f"None of {count_of(calls, 'call')} failed."
    return (
        f"{count(errors)} of {count(calls)} calls failed, {percent(errors, calls)};"
        f" tools with at least {LEAST_CALLS} calls are shown."
    )


def api_errors(frame: Frame) -> str:
    """How many errors ended a turn, how many were retried, and how many of both were limits."""
    rows = collected(frame, "api_errors", "day", "errors", "retries", "rate_limits")
    errors, retries = int(rows["errors"].sum() or 0), int(rows["retries"].sum() or 0)
    limits = int(rows["rate_limits"].sum() or 0)
    if not errors + retries:
        return "No API errors in this period."
    return (
        f"{count_of(errors, 'error')} ended a turn and {count(retries)}"
        f" {'was' if retries == 1 else 'were'} retried,"
        f" on {count_of(rows.filter(pl.col('errors') + pl.col('retries') > 0).height, 'day')};"
        f" {count(limits) if limits else 'none'} of them for a limit."
    )
