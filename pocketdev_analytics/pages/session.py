"""The page of one session: how it went, minute by minute, and what each response cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from pocketdev_analytics import charts, reports
from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.activity import LEAST_CALLS
from pocketdev_analytics.charts.cost import MOST_ROWS, TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.tables import Table
from pocketdev_analytics.charts.text import clean, shortened
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.pages.cost_facts import models_by_cost
from pocketdev_analytics.pages.page import Page, Panel, Section
from pocketdev_analytics.pages.render import Context, render
from pocketdev_analytics.pages.session_keys import session_keys
from pocketdev_analytics.pages.static import Column, static_panel, static_table
from pocketdev_analytics.reports import History, Provenance
from pocketdev_analytics.reports.findings import KINDS

__all__ = ["session_page"]

#: How many of the most expensive responses and turns the page has.
_MOST_ROWS: Final = 50
_LONGEST_TITLE: Final = 80

_MONEY: Final[Column] = ("Cost, USD", "money", False)
_RESPONSES: Final[Column] = ("Responses", "count", False)
_CALLS: Final[Column] = ("Tool calls", "count", False)
_FAILED: Final[Column] = ("Failed", "count", False)
_LONGEST: Final[Column] = ("Longest context, tokens", "count", False)
_STARTED: Final[Column] = ("Started", "second", False)
_DURATION: Final[Column] = ("Duration", "minutes", False)
_RESPONSE_COLUMNS: Final[dict[str, Column]] = {
    "at": ("Time", "second", False),
    "name": ("Model", "name", True),
    "cost_usd": _MONEY,
    "context_tokens": ("Context, tokens", "count", False),
    **{name: (TOKEN_CLASS_NAMES[name], "count", False) for name in TOKEN_COLUMNS},
    "lane": ("Thread", "name", True),
    "id": ("Id", "name", True),
}
_TURN_COLUMNS: Final[dict[str, Column]] = {
    "turn": ("Prompt, most expensive first", "count", False),
    "cost_usd": _MONEY,
    "started_at": _STARTED,
    "duration_minutes": _DURATION,
    "responses": _RESPONSES,
    "tool_calls": _CALLS,
    "tool_errors": _FAILED,
    "peak_context_tokens": _LONGEST,
}
_LANE_COLUMNS: Final[dict[str, Column]] = {
    "lane": ("Thread", "name", True),
    "started_at": _STARTED,
    "duration_minutes": _DURATION,
    "cost_usd": _MONEY,
    "responses": _RESPONSES,
    "tool_calls": _CALLS,
    "tool_errors": _FAILED,
    "api_errors": ("API errors", "count", False),
    "compactions": ("Compactions", "count", False),
    "peak_context_tokens": _LONGEST,
}
_FINDING_COLUMNS: Final[dict[str, Column]] = {
    "title": ("Finding", "name", True),
    "cost_usd": _MONEY,
    "money": ("Money", "text", True),
    "rows": ("Rows", "count", False),
    "advice": ("What to do", "name", True),
}
_EVIDENCE_COLUMNS: Final[dict[str, Column]] = {
    "title": ("Finding", "name", True),
    "cost_usd": _MONEY,
    "at": ("Time", "second", False),
    "tokens": ("Tokens", "count", False),
    "evidence": ("Id", "name", True),
}
_TOOL_COLUMNS: Final[dict[str, Column]] = {
    "tool": ("Tool", "name", True),
    "calls": ("Calls", "count", False),
    "errors": _FAILED,
    "error_rate": ("Failed, share", "share", False),
    "result_bytes": ("Results, bytes", "count", False),
    "lines_added": ("Lines added", "count", False),
    "lines_removed": ("Lines removed", "count", False),
}
_FACT_COLUMNS: Final[dict[str, Column]] = {
    "fact": ("Fact", "name", True),
    "value": ("Value", "name", True),
    "count": ("Times, or amount", "count", False),
}


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
    facts: pl.DataFrame | None = None,
    evidence: pl.DataFrame | None = None,
    has_start: bool = False,
) -> str:
    """The page of one session as one HTML file that needs no network.

    Args:
        history: All facts of the store.
        provenance: Where they come from.
        session_id: The id of the session, or the beginning of one id alone.
        timezone: Times are in this time zone.
        made_at: The moment that the page shows as now.
        command: How its reader runs the command line on the store.
        home: The path from this page to the folder of the other pages.
        idle_minutes: A longer gap is not active time.
        facts: What else its files say: the rows of the query `facts_of_session`.
        evidence: `reports.evidence` of the store; None for a page without findings.
        has_start: Whether the folder of the other pages has a start page.

    Raises:
        ReportError: there is no such session, or several begin so.
    """
    whole = reports.find_session(history, session_id)
    own = reports.only_session(history, whole)
    frames = _frames(own, history, timezone, idle_minutes)
    row = frames["session"].row(0, named=True)
    days = frames["events"]["at"].dt.date().to_list()
    title = shortened(row["title"] or "", _LONGEST_TITLE) or f"Session {whole[:8]}"
    notes = reports.notes(reports.quality(own, provenance))
    figures = session_keys(frames, row, idle_minutes)
    order = models_by_cost(history.usage.select("model", "cost_usd").collect())
    found = (*_findings(evidence, whole), *_facts(facts))
    page = Page("session", title, figures, (*_sections(frames, notes, order), *found))
    context = Context(
        provenance,
        timezone,
        made_at,
        notes,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        command=command,
        session=whole,
        home=home,
        has_start=has_start,
        project=clean(row["project"] or ""),
    )
    return render(page, context)


def _frames(
    own: History, history: History, timezone: str, idle_minutes: float
) -> dict[str, pl.DataFrame]:
    """Every frame of the page, computed at once."""
    calibration = reports.calibrate_output(history.usage)
    events = reports.timeline(own, timezone=timezone, idle_minutes=idle_minutes).collect()
    lazy = {
        "session": reports.sessions(own, timezone=timezone, idle_minutes=idle_minutes),
        "totals": reports.estimated_cost(own.usage, by=(), calibration=calibration),
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


def _sections(
    frames: dict[str, pl.DataFrame], notes: tuple[str, ...], models: Sequence[str | None]
) -> tuple[Section, ...]:
    events = frames["events"]
    responses = events.filter(pl.col("kind") == "response")
    found = [Section("Timeline", _course(events, responses, frames, notes, models))]
    if not responses.is_empty():
        found.append(Section("Cost", _costs(frames, responses, models)))
    if not frames["tools"].is_empty():
        found.append(Section("Tools", _tools(frames["tools"])))
    return tuple(found)


def _facts(facts: pl.DataFrame | None) -> tuple[Section, ...]:
    if facts is None or facts.is_empty():
        return ()
    names = pl.col("fact").str.replace_all("_", " ", literal=True)
    named = pl.concat_str(names.str.slice(0, 1).str.to_uppercase(), names.str.slice(1))
    rows = facts.with_columns(named.alias("fact"), pl.col("value").fill_null("\u2013"))
    table = static_table(rows, _FACT_COLUMNS, 4 * _MOST_ROWS)
    words = "What the session's files say of how it was run, apart from its messages."
    return (Section("Facts", (Panel("facts", "Facts", words, table),)),)


def _findings(evidence: pl.DataFrame | None, session_id: str) -> tuple[Section, ...]:
    """What cost without need in the session, the most expensive first; none without any."""
    if evidence is None:
        return ()
    own = evidence.filter(pl.col("session") == session_id).sort(
        "cost_usd", "kind", "evidence", descending=[True, False, False], nulls_last=True
    )
    if own.is_empty():
        return ()
    names = list(KINDS)
    rows = own.with_columns(
        *(
            pl.col("kind")
            .replace_strict(names, [getattr(KINDS[name], each) for name in names])
            .alias(each)
            for each in ("title", "advice")
        ),
        money=pl.when("is_estimate").then(pl.lit("estimate")).otherwise(pl.lit("exact")),
    )
    by_kind = rows.group_by("title", "advice", "money", maintain_order=True).agg(
        pl.col("cost_usd").sum(), rows=pl.len()
    )
    return (
        Section(
            "Findings",
            (
                Panel(
                    "findings",
                    "What cost most without need",
                    "Findings overlap, so they do not add up.",
                    static_table(by_kind.sort("cost_usd", descending=True), _FINDING_COLUMNS),
                ),
                Panel(
                    "evidence",
                    "The rows behind the findings",
                    f"{min(rows.height, _MOST_ROWS)} of {rows.height:,}, most expensive first.",
                    static_table(rows, _EVIDENCE_COLUMNS, _MOST_ROWS, "evidence"),
                ),
            ),
        ),
    )


def _course(
    events: pl.DataFrame,
    responses: pl.DataFrame,
    frames: dict[str, pl.DataFrame],
    notes: tuple[str, ...],
    models: Sequence[str | None],
) -> tuple[Panel, ...]:
    bounds = tuple(note for note in notes if note.startswith("At least"))
    longest = responses.sort("context_tokens", "at", descending=[True, False], nulls_last=True)
    turns = frames["turns"].sort("cost_usd", "turn", descending=[True, False], nulls_last=True)
    lanes = static_panel(
        charts.session_lanes,
        summaries.session_lanes,
        events,
        static_table(frames["lanes"].head(2 * _MOST_ROWS), _LANE_COLUMNS),
    )
    if responses.is_empty():
        return (lanes,)
    context = static_panel(
        charts.session_context, summaries.session_context, events, _responses(longest)
    )
    cost = static_panel(
        charts.session_cost,
        summaries.session_cost,
        events,
        static_table(turns.head(_MOST_ROWS), _TURN_COLUMNS),
        notes=bounds,
        models=models,
    )
    return (context, cost, lanes)


def _costs(
    frames: dict[str, pl.DataFrame], responses: pl.DataFrame, order: Sequence[str | None]
) -> tuple[Panel, ...]:
    models = frames["model"].sort("cost_usd", "model", descending=[True, False], nulls_last=True)
    classes = frames["token_class"].with_columns(
        pl.col("token_class").replace_strict(TOKEN_CLASS_NAMES)
    )
    by_cost = responses.sort("cost_usd", "at", descending=[True, False], nulls_last=True)
    shown = min(by_cost.height, _MOST_ROWS)
    return (
        static_panel(
            charts.cost_by_model,
            summaries.cost_by_model,
            frames["model"],
            static_table(
                models,
                {"model": ("Model", "name", True), "cost_usd": _MONEY, "responses": _RESPONSES},
            ),
            span=6,
            models=order,
        ),
        static_panel(
            charts.cost_by_token_class,
            summaries.cost_by_token_class,
            frames["token_class"],
            static_table(
                classes,
                {
                    "token_class": ("Token class", "name", True),
                    "cost_usd": _MONEY,
                    "tokens": ("Tokens", "count", False),
                },
            ),
            span=6,
        ),
        Panel(
            "responses",
            "Most expensive responses",
            f"{shown} of {responses.height:,}. Run `explain ID` for the breakdown of one.",
            _responses(by_cost),
        ),
    )


def _tools(tools: pl.DataFrame) -> tuple[Panel, ...]:
    often = tools.sort("calls", "tool", descending=[True, False])
    failing = tools.sort("error_rate", "tool", descending=[True, False], nulls_last=True)
    table = static_table(often, _TOOL_COLUMNS, MOST_ROWS, "tools")
    mix = static_panel(charts.tool_mix, summaries.tool_mix, tools, table, span=6)
    is_drawn = (tools["calls"] >= LEAST_CALLS) & (tools["error_rate"] > 0)
    if not is_drawn.any():
        words = "Calls, and how often they failed."
        return (mix, Panel("tool-table", "Tools", words, table, span=6))
    failed = static_table(failing, _TOOL_COLUMNS, MOST_ROWS, "tools")
    return (mix, static_panel(charts.tool_errors, summaries.tool_errors, tools, failed, span=6))


def _responses(rows: pl.DataFrame) -> Table:
    bounded = pl.col("is_lower_bound").cast(pl.Int64)
    shown = rows.head(_MOST_ROWS).with_columns(lower_bound_responses=bounded)
    return static_table(shown, _RESPONSE_COLUMNS)
