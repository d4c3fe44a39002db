"""The page of one session: how it went, minute by minute, and what each response cost."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from pocketdev_analytics import charts, reports
from pocketdev_analytics.charts import TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.text import clean, shortened
from pocketdev_analytics.charts.tools import LEAST_CALLS
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.parts import Page, Panel, Section, panel
from pocketdev_analytics.dashboard.period import span_of
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.session_keys import session_keys
from pocketdev_analytics.dashboard.tables import Cell, Column, table
from pocketdev_analytics.formatting import format_moment
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import History, Provenance

__all__ = ["session_page"]

#: How many of the dearest responses, and of the dearest turns, the page has.
_MOST_ROWS: Final = 50
_LONGEST_TITLE: Final = 80


def _moment(value: datetime) -> Cell:
    """A date and time, to the second."""
    return Cell(format_moment(value, is_full=True))


_MONEY: Final = Column("cost_usd", "Cost, USD", tables.money)
_RESPONSES: Final = Column("responses", "Responses", tables.counts)
_CALLS: Final = Column("tool_calls", "Tool calls", tables.counts)
_FAILED: Final = Column("tool_errors", "Failed", tables.counts)
_LONGEST: Final = Column("peak_context_tokens", "Longest context, tokens", tables.counts)
_STARTED: Final = Column("started_at", "Started", _moment)
_LENGTH: Final = Column("duration_minutes", "Length", tables.minutes)


def session_page(
    history: History,
    provenance: Provenance,
    session_id: str,
    *,
    timezone: str,
    made_at: datetime,
    command: str = "pocketdev-analytics",
    home: str = "",
    idle_minutes: float = reports.IDLE_MINUTES,
) -> str:
    """The page of one session as one HTML file that needs no network.

    `session_id` is its id, or the beginning of it alone. `home` is where the other dashboards
    are, from where this page lies; a pause of more than `idle_minutes` is no work. The rest is
    as `cost_page` takes it; the same inputs give the same text.

    Raises:
        ReportError: there is no such session, or several begin so.
    """
    whole = reports.find_session(history, session_id)
    own = reports.only_session(history, whole)
    frames = _frames(own, timezone, idle_minutes)
    row = frames["session"].row(0, named=True)
    days = frames["events"]["at"].dt.date()
    first, last = span_of(days)
    title = shortened(row["title"] or "", _LONGEST_TITLE) or f"Session {whole[:8]}"
    notes = reports.notes(reports.quality(own, provenance))
    figures = session_keys(frames, row, idle_minutes)
    page = Page("session", title, figures, _sections(frames, notes))
    context = Context(
        provenance,
        timezone,
        made_at,
        notes,
        first_day=first,
        last_day=last,
        command=command,
        session=whole,
        home=home,
        project=clean(row["project"] or ""),
    )
    return render(page, context)


def _frames(own: History, timezone: str, idle_minutes: float) -> dict[str, pl.DataFrame]:
    """Every frame of the page, computed at once."""
    events = reports.timeline(own, timezone=timezone, idle_minutes=idle_minutes).collect()
    lazy = {
        "session": reports.sessions(own, timezone=timezone, idle_minutes=idle_minutes),
        "totals": reports.cost(own.usage, by=()),
        "activity": reports.activity(own, by=()),
        "errors": reports.errors(own, by=()),
        "model": reports.cost(own.usage, by=("model",)),
        "token_class": reports.token_classes(own.usage),
        "tools": reports.tools(own),
        "lanes": reports.lanes(events.lazy()),
        "turns": reports.turns(events.lazy()),
    }
    made = dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))
    return {**made, "events": events}


def _sections(frames: dict[str, pl.DataFrame], notes: tuple[str, ...]) -> tuple[Section, ...]:
    events = frames["events"]
    responses = events.filter(pl.col("kind") == "response")
    found = [Section("How it went", _course(events, responses, frames, notes))]
    if not responses.is_empty():
        found.append(Section("What it cost", _costs(frames, responses)))
    if not frames["tools"].is_empty():
        found.append(Section("Tools", _tools(frames["tools"])))
    return tuple(found)


def _course(
    events: pl.DataFrame,
    responses: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    notes: tuple[str, ...],
) -> tuple[Panel, ...]:
    bounds = tuple(note for note in notes if note.startswith("At least"))
    longest = responses.sort("context_tokens", "at", descending=[True, False], nulls_last=True)
    panels = [
        panel(charts.session_context, events, _responses(longest)),
        panel(charts.session_cost, events, _turns(frames["turns"]), notes=bounds),
    ]
    lanes = panel(charts.session_lanes, events, _lanes(frames["lanes"]))
    return (*panels, lanes) if not responses.is_empty() else (lanes,)


def _costs(frames: dict[str, pl.DataFrame], responses: pl.DataFrame) -> tuple[Panel, ...]:
    models = frames["model"].sort("cost_usd", "model", descending=[True, False], nulls_last=True)
    classes = frames["token_class"].with_columns(
        pl.col("token_class").replace_strict(TOKEN_CLASS_NAMES)
    )
    token_counts = Column("tokens", "Tokens", tables.counts)
    dearest = responses.sort("cost_usd", "at", descending=[True, False], nulls_last=True)
    shown = min(dearest.height, _MOST_ROWS)
    return (
        panel(
            charts.cost_by_model,
            frames["model"],
            table(models, Column("model", "Model", tables.name, is_text=True), _MONEY, _RESPONSES),
            span=6,
        ),
        panel(
            charts.cost_by_token_class,
            frames["token_class"],
            table(
                classes,
                Column("token_class", "Token class", tables.name, is_text=True),
                _MONEY,
                token_counts,
            ),
            span=6,
        ),
        Panel(
            "responses",
            "Most expensive responses",
            f"{shown} of {responses.height:,}. The command explain and an id take one apart.",
            _responses(dearest),
        ),
    )


def _tools(tools: pl.DataFrame) -> tuple[Panel, ...]:
    often = tools.sort("calls", "tool", descending=[True, False])
    failing = tools.sort("error_rate", "tool", descending=[True, False], nulls_last=True)
    mix = panel(charts.tool_mix, tools, _tool_table(often), span=6)
    is_drawn = (tools["calls"] >= LEAST_CALLS) & (tools["error_rate"] > 0)
    if not is_drawn.any():
        return (
            mix,
            Panel("tool-table", "Tools", "Calls, and how often they failed.", mix.table, span=6),
        )
    return (mix, panel(charts.tool_errors, tools, _tool_table(failing), span=6))


def _responses(rows: pl.DataFrame) -> tables.Table:
    bounded = pl.col("is_lower_bound").cast(pl.Int64)
    return table(
        rows.head(_MOST_ROWS).with_columns(lower_bound_responses=bounded),
        Column("at", "Time", _moment),
        Column("name", "Model", tables.name, is_text=True),
        _MONEY,
        Column("context_tokens", "Context, tokens", tables.counts),
        *(Column(name, TOKEN_CLASS_NAMES[name], tables.counts) for name in TOKEN_COLUMNS),
        Column("lane", "Thread", tables.name, is_text=True),
        Column("id", "Id", tables.name, is_text=True),
    )


def _turns(turns: pl.DataFrame) -> tables.Table:
    dearest = turns.sort("cost_usd", "turn", descending=[True, False], nulls_last=True)
    return table(
        dearest.head(_MOST_ROWS),
        Column("turn", "Prompt, the dearest first", tables.counts),
        _MONEY,
        _STARTED,
        _LENGTH,
        _RESPONSES,
        _CALLS,
        _FAILED,
        _LONGEST,
    )


def _lanes(lanes: pl.DataFrame) -> tables.Table:
    return table(
        lanes.head(2 * _MOST_ROWS),
        Column("lane", "Thread", tables.name, is_text=True),
        _STARTED,
        _LENGTH,
        _MONEY,
        _RESPONSES,
        _CALLS,
        _FAILED,
        Column("api_errors", "API errors", tables.counts),
        Column("compactions", "Compactions", tables.counts),
        _LONGEST,
    )


def _tool_table(tools: pl.DataFrame) -> tables.Table:
    return table(
        tools,
        Column("tool", "Tool", tables.name, is_text=True),
        Column("calls", "Calls", tables.counts),
        Column("errors", "Failed", tables.counts),
        Column("error_rate", "Failed, share", tables.share),
        Column("result_bytes", "Results, bytes", tables.counts),
        Column("lines_added", "Lines added", tables.counts),
        Column("lines_removed", "Lines removed", tables.counts),
        most=tables.MOST_ROWS,
        report="tools",
    )
