"""The activity page: what was done, when, with which tools, and what went wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from pocketdev_analytics import charts, reports
from pocketdev_analytics.charts.text import compact, count, duration, percent
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.parts import KeyFigure, Page, Panel, Section, panel
from pocketdev_analytics.dashboard.period import grain, span_of, sparkline
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.tables import Column, Table, table
from pocketdev_analytics.reports import History, Provenance

__all__ = ["activity_page"]

_MEASURES = {
    "sessions": "Sessions",
    "prompts": "Prompts",
    "responses": "Responses",
    "tool_calls": "Tool calls",
    "tool_errors": "Failed calls",
    "api_errors": "API errors",
    "lines_added": "Lines added",
    "lines_removed": "Lines removed",
}
_ERRORS = {"errors": "Ended a turn", "retries": "Retried", "rate_limits": "Limits"}


def activity_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = "pocketdev-analytics",
) -> str:
    """The activity dashboard as one HTML file that needs no network.

    Takes what `cost_page` takes, and gives the same text for the same inputs.
    """
    frames = _frames(history, timezone)
    first, last = span_of(frames["day"]["day"])
    page = Page(
        "activity",
        "Activity",
        _key_figures(frames) if first else (),
        _sections(frames, grain(first, last)) if first else (),
    )
    context = Context(
        provenance,
        timezone,
        made_at,
        reports.notes(reports.quality(history, provenance)),
        first_day=first,
        last_day=last,
        since=since,
        until=until,
        command=command,
    )
    return render(page, context)


def _frames(history: History, timezone: str) -> dict[str, pl.DataFrame]:
    """Every frame of the page, computed at once."""
    lazy = {
        "totals": reports.activity(history, by=(), timezone=timezone),
        "day": reports.activity(history, by=("day",), timezone=timezone),
        "week": reports.activity(history, by=("week",), timezone=timezone),
        "hours": reports.hour_by_weekday(history, timezone=timezone),
        "worked": reports.active_time(history, by=(), timezone=timezone),
        "worked_day": reports.active_time(history, by=("day",), timezone=timezone),
        "worked_week": reports.active_time(history, by=("week",), timezone=timezone),
        "error_kinds": reports.errors(history, by=("error", "status"), timezone=timezone),
        "tools": reports.tools(history),
        "errors": reports.errors(history, timezone=timezone),
        "sessions": reports.sessions(history, timezone=timezone),
    }
    return dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))


def _key_figures(frames: dict[str, pl.DataFrame]) -> tuple[KeyFigure, ...]:
    daily = frames["day"]
    total = {name: value or 0 for name, value in frames["totals"].row(0, named=True).items()}
    lengths = frames["sessions"]["duration_minutes"]
    middle = tables.minutes(lengths.median()).text if len(lengths) else ""  # type: ignore[arg-type]
    return (
        _counted(daily, total, "sessions", f"{middle} long in the median"),
        _counted(daily, total, "prompts", f"{_each(total, 'prompts')} a session"),
        _counted(daily, total, "responses", f"{_each(total, 'responses', 'prompts')} a prompt"),
        _counted(daily, total, "tool_calls", _failed(total)),
        _counted(daily, total, "lines_added", f"{compact(total['lines_removed'])} removed"),
        _worked(frames["worked_day"], frames["worked"]["active_minutes"][0] or 0.0),
    )


def _worked(daily: pl.DataFrame, minutes: float) -> KeyFigure:
    days = daily.filter(pl.col("active_minutes") > 0).height
    each = f"on {_days(days)}, {duration(minutes / days)} each" if days else ""
    spark = sparkline(daily["day"], daily["active_minutes"].to_list())
    return KeyFigure("Active time", duration(minutes), f"{minutes:g} minutes", each, spark=spark)


def _days(number: int) -> str:
    return f"{count(number)} day{'' if number == 1 else 's'}"


def _counted(daily: pl.DataFrame, total: dict[str, Any], column: str, note: str) -> KeyFigure:
    number = total[column]
    spark = sparkline(daily["day"], daily[column].to_list())
    return KeyFigure(_MEASURES[column], compact(number), count(number), note, spark=spark)


def _each(total: dict[str, Any], column: str, per: str = "sessions") -> str:
    return f"{total[column] / total[per]:.1f}" if total[per] else "\u2013"


def _failed(total: dict[str, Any]) -> str:
    calls = total["tool_calls"]
    return f"{percent(total['tool_errors'], calls)} failed" if calls else ""


def _sections(frames: dict[str, pl.DataFrame], by: str) -> tuple[Section, ...]:
    return (
        Section("When", _when(frames, by)),
        Section("Tools and edits", _tools(frames, by)),
        Section("Errors and limits", _errors(frames)),
        Section("Sessions", _sessions(frames["sessions"])),
    )


def _when(frames: dict[str, pl.DataFrame], by: str) -> tuple[Panel, ...]:
    calendar, hours = frames["day"], frames["hours"]
    first, last = span_of(calendar["day"])
    shown = calendar.filter(pl.col("day") >= charts.calendar_span(calendar["day"])[0])
    # A short calendar has room beside it.
    is_short = first and last and last - first < timedelta(weeks=charts.LEAST_WEEKS)
    calendar_panel, daily_panel, hours_panel, worked_panel = (
        panel(
            charts.calendar_heatmap,
            calendar,
            _counts(shown, ("day", "Day"), "prompts"),
            span=6 if is_short else 12,
            is_wide=not is_short,
        ),
        panel(
            charts.daily_activity,
            frames[by],
            _counts(frames[by], (by, by.capitalize()), *_MEASURES),
        ),
        panel(charts.hour_by_weekday, hours, _week_table(hours), span=6),
        panel(
            charts.active_hours,
            frames[f"worked_{by}"],
            _worked_table(frames[f"worked_{by}"], by),
            span=12 if is_short else 6,
        ),
    )
    order = (calendar_panel, hours_panel, daily_panel, worked_panel)
    return order if is_short else (calendar_panel, hours_panel, worked_panel, daily_panel)


def _tools(frames: dict[str, pl.DataFrame], by: str) -> tuple[Panel, ...]:
    tools = frames["tools"]
    often = tools.sort(["calls", "tool"], descending=[True, False])
    failing = tools.sort(["error_rate", "tool"], descending=[True, False], nulls_last=True)
    lines = ("lines_added", "lines_removed")
    return (
        panel(charts.tool_mix, tools, _tool_table(often), span=6),
        panel(charts.tool_errors, tools, _tool_table(failing), span=6),
        panel(
            charts.daily_lines_changed,
            frames[by],
            _counts(frames[by], (by, by.capitalize()), *lines),
        ),
    )


def _errors(frames: dict[str, pl.DataFrame]) -> tuple[Panel, ...]:
    errors, kinds = frames["errors"], frames["error_kinds"]
    counted = [Column(name, heading, tables.counts) for name, heading in _ERRORS.items()]
    rows = table(errors, Column("day", "Day", tables.date_cell), *counted)
    # A day without an error is 0, so that few errors are seen as few.
    dense = frames["day"].select("day").join(errors, on="day", how="full", coalesce=True)
    dense = dense.with_columns(pl.col(list(_ERRORS)).fill_null(0)).sort("day")
    if kinds.is_empty():
        return (panel(charts.api_errors, dense, rows),)
    often = kinds.sort(
        pl.col("errors") + pl.col("retries"), "error", "status", descending=[True, False, False]
    )
    by_kind = table(
        often.with_columns(pl.col("status").cast(pl.String)),
        Column("error", "Error", tables.name, is_text=True),
        Column("status", "HTTP status", tables.name, is_text=True),
        *counted,
        Column("sessions", "Sessions", tables.counts),
        most=tables.MOST_ROWS,
    )
    summary = "As the API named them, the most frequent first; without a status none answered."
    return (
        panel(charts.api_errors, dense, rows, span=6),
        Panel("error-kinds", "API errors by kind", summary, by_kind, span=6),
    )


def _sessions(sessions: pl.DataFrame) -> tuple[Panel, ...]:
    longest = sessions.sort(["active_minutes", "session"], descending=[True, False])
    lengths = panel(charts.session_lengths, sessions, _session_table(longest, sessions["project"]))
    latest = sessions.sort(["started_at", "session"], descending=[True, False])
    summary = "The latest first, each from its first prompt or response to its last."
    rows = _session_table(latest, sessions["project"])
    return (lengths, Panel("sessions", "Latest sessions", summary, rows))


def _session_table(rows: pl.DataFrame, projects: pl.Series) -> Table:
    return table(
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
        Column("peak_context_tokens", "Longest context, tokens", tables.counts),
        Column("project", "Project", tables.project(projects), is_text=True),
        most=tables.MOST_ROWS,
    )


def _counts(rows: pl.DataFrame, first: tuple[str, str], *measures: str) -> Table:
    columns = [Column(name, _MEASURES[name], tables.counts) for name in measures]
    return table(rows, Column(*first, tables.date_cell), *columns)


def _worked_table(rows: pl.DataFrame, by: str) -> Table:
    return table(
        rows,
        Column(by, by.capitalize(), tables.date_cell),
        Column("active_minutes", "Active time", tables.minutes),
        Column("session_minutes", "Over all sessions", tables.minutes),
        Column("turns", "Turns measured", tables.counts),
        Column("median_turn_seconds", "Median turn, s", tables.seconds),
        Column("longest_turn_seconds", "Longest turn, s", tables.seconds),
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
    )
