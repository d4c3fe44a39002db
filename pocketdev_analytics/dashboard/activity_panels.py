"""The activity page's panels: each a chart, what it says in words, and its numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import polars as pl

from pocketdev_analytics import charts
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_names import session_link
from pocketdev_analytics.dashboard.filters import View
from pocketdev_analytics.dashboard.parts import Panel, Section, panel
from pocketdev_analytics.dashboard.tables import Column, Table, table
from pocketdev_analytics.dashboard.weight import NOTHING_LEFT_OUT, Left

__all__ = ["ALL_WORK", "NO_MODEL", "Known", "sections"]

#: Said under a model beside what only holds prompts, tool calls and errors.
NO_MODEL: Final = "Prompts, tool calls, edits and errors are of no model: only responses are left."
#: Said under a model, or an agent, beside what follows neither.
ALL_WORK: Final = "Active time follows the period and the project; it is of all models and agents."

_MEASURES: Final = {
    "sessions": "Sessions",
    "prompts": "Prompts",
    "responses": "Responses",
    "tool_calls": "Tool calls",
    "tool_errors": "Failed calls",
    "api_errors": "API errors",
    "lines_added": "Lines added",
    "lines_removed": "Lines removed",
}
_ERRORS: Final = {"errors": "Ended a turn", "retries": "Retried", "rate_limits": "Limits"}
_WHOLE: Final = "each as a whole, whatever is in view of it"


@dataclass(frozen=True, slots=True)
class Known:
    """What panels need beside what is in view.

    The first and last day of all that the page shows, all its projects, whether there were API
    errors at all, the ids of the sessions that have a page beside this one, how long a pause is
    work, how its reader asks the store, and what the page leaves out to keep below its weight.
    """

    first: date | None
    last: date | None
    projects: tuple[str | None, ...]
    has_errors: bool
    pages: Collection[str]
    idle_minutes: float
    command: str = "pocketdev-analytics"
    left: Left = NOTHING_LEFT_OUT

    @property
    def is_short(self) -> bool:
        """Whether a calendar leaves room beside it."""
        if self.first is None or self.last is None:
            return True
        return self.last - self.first < timedelta(weeks=charts.LEAST_WEEKS)


def sections(
    frames: dict[str, pl.DataFrame], by: str, known: Known, view: View
) -> tuple[Section, ...]:
    """The page's sections, drawn by `by` ('day' or 'week')."""
    notes = (NO_MODEL,) if view.model else ()
    worked = (ALL_WORK,) if view.model or view.agent else ()
    return (
        Section("When", _when(frames, by, known, notes, worked)),
        Section("Tools and edits", _tools(frames, by, known, notes)),
        Section("Errors and limits", _errors(frames, known, notes)),
        Section("Sessions", _sessions(frames["sessions"], known)),
    )


def _when(
    frames: dict[str, pl.DataFrame],
    by: str,
    known: Known,
    notes: tuple[str, ...],
    worked: tuple[str, ...],
) -> tuple[Panel, ...]:
    calendar, heading = frames["day"], (by, by.capitalize())
    shown = calendar.filter(pl.col("day") >= charts.calendar_span(calendar["day"])[0])
    calendar_panel = panel(
        charts.calendar_heatmap,
        calendar,
        _counts(shown, ("day", "Day"), "prompts"),
        notes=notes,
        span=6 if known.is_short else 12,
        is_wide=not known.is_short,
        live="calendarHeatmap",
    )
    daily = panel(
        charts.daily_activity,
        frames[by],
        _counts(frames[by], heading, *_MEASURES),
        notes=notes,
        live="dailyActivity",
    )
    hours = panel(
        charts.hour_by_weekday,
        frames["hours"],
        _week_table(frames["hours"]),
        span=6,
        live="hourByWeekday",
    )
    active = panel(
        charts.active_hours,
        frames[f"worked_{by}"],
        _worked_table(frames[f"worked_{by}"], heading),
        notes=worked,
        span=12 if known.is_short else 6,
        live="activeHours",
        remark=f"A pause of more than {known.idle_minutes:g} min is no work.",
    )
    hours = _following(hours, "hours", known)
    short = (calendar_panel, hours, daily, active)
    return short if known.is_short else (calendar_panel, hours, active, daily)


def _following(found: Panel, part: str, known: Known) -> Panel:
    return known.left.following(found, part, f"{known.command} dashboard activity")


def _tools(
    frames: dict[str, pl.DataFrame], by: str, known: Known, notes: tuple[str, ...]
) -> tuple[Panel, ...]:
    tools, rows = frames["tools"], frames[by]
    often = tools.sort(["calls", "tool"], descending=[True, False])
    failing = tools.sort(["error_rate", "tool"], descending=[True, False], nulls_last=True)
    lines = _counts(rows, (by, by.capitalize()), "lines_added", "lines_removed")
    said = () if "tools" in known.left.still else notes
    mix = panel(charts.tool_mix, tools, _tool_table(often), notes=said, span=6, live="toolMix")
    failed = panel(
        charts.tool_errors, tools, _tool_table(failing), notes=said, span=6, live="toolErrors"
    )
    return (
        _following(mix, "tools", known),
        _following(failed, "tools", known),
        panel(charts.daily_lines_changed, rows, lines, notes=notes, live="dailyLinesChanged"),
    )


def _errors(
    frames: dict[str, pl.DataFrame], known: Known, notes: tuple[str, ...]
) -> tuple[Panel, ...]:
    errors = frames["errors"]
    counted = [Column(name, heading, tables.counts) for name, heading in _ERRORS.items()]
    rows = table(errors, Column("day", "Day", tables.date_cell), *counted)
    # A day without an error is 0, so that few errors are seen as few.
    dense = frames["day"].select("day").join(errors, on="day", how="left")
    dense = dense.with_columns(pl.col(list(_ERRORS)).fill_null(0)).sort("day")
    span = 6 if known.has_errors else 12
    drawn = panel(charts.api_errors, dense, rows, notes=notes, span=span, live="apiErrors")
    return (drawn, _error_kinds(frames["error_kinds"], counted)) if known.has_errors else (drawn,)


def _error_kinds(kinds: pl.DataFrame, counted: list[Column]) -> Panel:
    often = kinds.sort(
        pl.col("errors") + pl.col("retries"), "error", "status", descending=[True, False, False]
    )
    rows = table(
        often.with_columns(pl.col("status").cast(pl.String)),
        Column("error", "Error", tables.name, is_text=True),
        Column("status", "HTTP status", tables.name, is_text=True),
        *counted,
        most=tables.MOST_ROWS,
        report="errors --by error --by status",
    )
    summary = "As the API named them, the most frequent first; without a status none answered."
    return Panel("error-kinds", "API errors by kind", summary, rows, span=6, live="errorKinds")


def _sessions(found: pl.DataFrame, known: Known) -> tuple[Panel, ...]:
    sessions = known.left.called(found)
    remark = known.left.remark_of_sessions(known.command).strip()
    longest = sessions.sort(["active_minutes", "session"], descending=[True, False])
    latest = sessions.sort(["started_at", "session"], descending=[True, False])
    summary = f"The latest first, {_WHOLE}: from its first prompt or response to its last."
    return (
        panel(
            charts.session_lengths,
            sessions,
            _session_table(longest, known),
            live="sessionLengths",
            remark=remark,
        ),
        Panel(
            "sessions",
            "Latest sessions",
            summary,
            _session_table(latest, known),
            live="sessions",
            remark=remark,
        ),
    )


def _session_table(rows: pl.DataFrame, known: Known) -> Table:
    shown = table(
        rows.with_columns(tables.TITLE_OR_ID),
        Column("title", "Session", tables.name, is_text=True),
        Column("started_at", "Started", tables.instant),
        Column("duration_minutes", "Length", tables.minutes),
        Column("active_minutes", "Active time", tables.minutes),
        Column("cost_usd", "Cost, USD", tables.money),
        Column("prompts", "Prompts", tables.counts),
        Column("responses", "Responses", tables.counts),
        Column("subagent_responses", "Of subagents", tables.counts),
        Column("tool_calls", "Tool calls", tables.counts),
        Column("project", "Project", tables.project(known.projects), is_text=True),
        most=tables.MOST_ROWS,
        report="sessions",
    )
    linked = [
        (replace(first, link=session_link(session, known.left.of(known.pages))), *others)
        for session, (first, *others) in zip(rows["session"], shown.rows, strict=False)
    ]
    return replace(shown, rows=tuple(linked))


def _counts(rows: pl.DataFrame, first: tuple[str, str], *measures: str) -> Table:
    columns = [Column(name, _MEASURES[name], tables.counts) for name in measures]
    return table(rows, Column(*first, tables.date_cell), *columns)


def _worked_table(rows: pl.DataFrame, first: tuple[str, str]) -> Table:
    return table(
        rows,
        Column(*first, tables.date_cell),
        Column("active_minutes", "Active time", tables.minutes),
    )


def _week_table(hours: pl.DataFrame) -> Table:
    """One row a weekday, one column an hour."""
    grid = hours.with_columns(pl.col("weekday").cast(pl.String)).pivot(
        "hour_of_day", index="weekday", values="responses", maintain_order=True
    )
    columns = [Column(str(hour), f"{hour}:00", tables.counts) for hour in range(24)]
    return table(grid, Column("weekday", "Weekday", tables.name), *columns)


def _tool_table(tools: pl.DataFrame) -> Table:
    return table(
        tools,
        Column("tool", "Tool", tables.name, is_text=True),
        Column("calls", "Calls", tables.counts),
        Column("errors", "Failed", tables.counts),
        Column("error_rate", "Failed, share", tables.share),
        Column("lines_added", "Lines added", tables.counts),
        Column("lines_removed", "Lines removed", tables.counts),
        most=tables.MOST_ROWS,
        report="tools",
    )
