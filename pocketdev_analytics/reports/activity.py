"""Activity: sessions, prompts, responses, tool calls and errors, by any dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.dimensions import (
    DIMENSIONS,
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
    weekday_type,
)
from pocketdev_analytics.reports.measures import response_count

__all__ = ["ACTIVITY_DIMENSIONS", "activity", "hour_by_weekday"]

_ENTERED: Final = ("interruption", "slash_command", "shell_command")
_COUNT: Final = pl.len().cast(pl.Int64)


def _sum(column: str, name: str) -> pl.Expr:
    return pl.col(column).sum().cast(pl.Int64).alias(name)


def _events(kind: str, name: str) -> pl.Expr:
    return (pl.col("kind") == kind).sum().cast(pl.Int64).alias(name)


# What each frame adds to a group; the frames come in the order of the columns.
_MEASURES: Final[dict[str, list[pl.Expr]]] = {
    "prompts": [_COUNT.alias("prompts")],
    "usage": [response_count()],
    "tool_calls": [
        _COUNT.alias("tool_calls"),
        _sum("is_error", "tool_errors"),
        _sum("lines_added", "lines_added"),
        _sum("lines_removed", "lines_removed"),
    ],
    "api_errors": [_events("error", "api_errors")],
    "session_events": [
        _events("interruption", "interruptions"),
        _events("slash_command", "slash_commands"),
        _events("shell_command", "shell_commands"),
    ],
}

_COLUMNS: Final = (
    "sessions",
    "prompts",
    "responses",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
    "interruptions",
    "slash_commands",
    "shell_commands",
)

#: What activity can be grouped by: what all of it has, and `model`.
ACTIVITY_DIMENSIONS: Final = tuple(
    name for name in DIMENSIONS if name == "model" or name in dimensions_of(*_MEASURES)
)


def activity(
    history: History,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Count the activity of each group.

    Columns: those of `by`, then `sessions, prompts, responses, tool_calls,
    tool_errors, api_errors, lines_added, lines_removed, interruptions, slash_commands,
    shell_commands` (`!`); sorted by the columns of `by`, and one row over everything if there
    are none. Only responses have a model:
    with `model` in `by` the columns are `sessions` and `responses`.

    A session counts in every group in which it did something, so the column does
    not add up. `api_errors` are errors that ended a turn, without retries; lines
    are those of edits. Groups in which nothing was done have no row.

    Raises:
        ReportError: a name in `by` is not a dimension, or only tool calls have it.
    """
    names = check_dimensions(
        by, ACTIVITY_DIMENSIONS, report="activity", cure="; the report 'tools' groups tool calls"
    )
    frames = ["usage"] if "model" in names else list(_MEASURES)
    parts = [_part(history, frame, names, timezone, week_start) for frame in frames]
    columns = [column for column in _COLUMNS if any(column in made for _, made in parts)]
    together = pl.concat([part for part, _ in parts], how="diagonal")
    measures = [
        pl.col("session_id").drop_nulls().n_unique().cast(pl.Int64).alias("sessions"),
        *(pl.col(column).sum() for column in columns),
    ]
    return _regrouped(together, names, measures)


def hour_by_weekday(
    history: History, *, timezone: str = "UTC", week_start: str = "monday"
) -> pl.LazyFrame:
    """`activity` for each hour of each weekday: always 7 x 24 rows.

    Columns: `weekday` (in the order of the week), `hour_of_day` (0 to 23), then those of
    `activity`, 0 where nothing was done.
    """
    by = ["weekday", "hour_of_day"]
    days = weekday_type(week_start)
    grid = pl.LazyFrame({"weekday": days.categories}, {"weekday": days}).join(
        pl.LazyFrame({"hour_of_day": range(24)}, {"hour_of_day": pl.Int8}), how="cross"
    )
    done = activity(history, by=by, timezone=timezone, week_start=week_start)
    counts = pl.col(_COLUMNS).fill_null(0)
    return grid.join(done, on=by, how="left").with_columns(counts).sort(by)


def _part(
    history: History, frame: str, by: Sequence[str], timezone: str, week_start: str
) -> tuple[pl.LazyFrame, list[str]]:
    """One frame's counts for each group and session, and their names.

    Sessions are kept apart until all frames are together, to be counted once.
    """
    measures, facts = _MEASURES[frame], history.frames()[frame]
    if frame == "session_events":
        facts = facts.filter(pl.col("kind").is_in(_ENTERED))
    counts = grouped(
        facts,
        tuple(dict.fromkeys((*by, "session"))),
        facts=FACTS[frame],
        timezone=timezone,
        week_start=week_start,
        measures=measures,
    )
    names = [measure.meta.output_name() for measure in measures]
    # A session has a prompt, a response or a tool call: an error or a command alone begins none.
    is_work = frame not in ("api_errors", "session_events")
    session = pl.col("session") if is_work else pl.lit(None, pl.String)
    return counts.with_columns(session_id=session), names


def _regrouped(frame: pl.LazyFrame, by: Sequence[str], measures: Sequence[pl.Expr]) -> pl.LazyFrame:
    if not by:
        return frame.select(measures)
    return frame.group_by(by).agg(measures).sort(list(by), nulls_last=True)
