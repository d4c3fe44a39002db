"""The start page: what was spent lately, what changed, what to do next, and all other pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pocketdev_analytics.charts.domains import projects as project_domain
from pocketdev_analytics.charts.text import shortened
from pocketdev_analytics.formatting import (
    count_of,
    format_change,
    format_moment,
    format_usd,
)
from pocketdev_analytics.pages.page import KeyFigure
from pocketdev_analytics.pages.sessions import session_link
from pocketdev_analytics.reports import ReportRequest
from pocketdev_analytics.reports.cures import price_command
from pocketdev_analytics.reports.findings import finding_notes
from pocketdev_analytics.reports.measures import BOUNDS
from pocketdev_analytics.reports.result import ReportResult
from pocketdev_analytics.reports.run import run_report
from pocketdev_analytics.reports.source import ReportSource
from pocketdev_analytics.settings.config import Settings

__all__ = ["Start", "StartSession", "start_of"]

_SPANS: Final = {
    "today": "Today",
    "this-week": "This week",
    "this-month": "This month",
    "30d": "Last 30 days",
}
_MOST_SESSIONS: Final = 20
_MOST_FINDINGS: Final = 5
_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class StartSession:
    """A session in the list: its texts, and the address of its page ("" without one)."""

    title: str
    project: str
    started: str
    cost: str
    link: str


@dataclass(frozen=True, slots=True)
class Start:
    """What the start page shows.

    Attributes:
        figures: The cost of each period.
        caveat: How far the whole cost is a lower bound; "" where it is exact.
        changes: What changed, a sentence each.
        findings: What to do, a sentence or two each.
        unpriced: The command that gives a price to each model without one, by model.
        sessions: The latest sessions.
    """

    figures: tuple[KeyFigure, ...]
    caveat: str
    changes: tuple[str, ...]
    findings: tuple[str, ...]
    unpriced: Mapping[str, str]
    sessions: tuple[StartSession, ...]


def start_of(
    store: ReportSource,
    settings: Settings,
    *,
    command: str = "pocketdev-analytics",
    pages: Collection[str] = (),
    now: datetime | None = None,
) -> Start:
    """Compute the start page of a store.

    Args:
        store: An open store.
        settings: Time zone, projects and budgets.
        command: How the reader runs the command line on the store.
        pages: The ids of the sessions that have a page.
        now: The moment that the page shows as now.
    """
    at = now or datetime.now(UTC)

    def run(name: str, **options: Any) -> ReportResult:
        return run_report(store, ReportRequest.of(name, **options), settings, now=at)

    by_span = {span: run("cost", period=span, compare=True) for span in _SPANS}
    budgets = run("budget", per="month").rows.to_dicts()
    months = [row for row in budgets if row["budget_usd"] is not None and row["project"] is None]
    figures = (
        _figure(label, by_span[span].totals or {}, months if span == "this-month" else [])
        for span, label in _SPANS.items()
    )
    found = finding_notes(run("findings").rows.head(_MOST_FINDINGS))
    latest = run("sessions", last=_MOST_SESSIONS)
    whole, book = run("cost", estimate=True), store.price_book()
    unpriced = whole.unpriced_models or []
    return Start(
        tuple(figures),
        _caveat(whole),
        _changes(run("cost", by=["project"], period="30d", compare=True)),
        found,
        {model: f"{command} {price_command(book, model)}" for model in unpriced},
        tuple(_sessions(latest, pages)),
    )


def _caveat(whole: ReportResult) -> str:
    """The sum with its lower bounds, once, with their size in money."""
    total = whole.totals or {}
    cost, about = total.get("cost_usd"), total.get("estimated_cost_usd")
    if cost is None or not any(total.get(each) for each in BOUNDS):
        return ""
    parts = [f"All usage: at least {format_usd(cost)}"]
    if about is not None and about > cost:
        parts.append(f"about {format_usd(about)} if unfinished counts are estimated")
    if total.get("unseen_calls"):
        parts.append(f"{count_of(total['unseen_calls'], 'call')} without usage not counted")
    if unpriced := whole.unpriced_models:
        parts.append(f"{count_of(len(unpriced), 'model')} without a price")
    return f"{'; '.join(parts)}."


def _figure(name: str, total: dict[str, Any], budgets: list[dict[str, Any]]) -> KeyFigure:
    cost, before = total.get("cost_usd"), total.get("cost_before_usd")
    note = "; ".join(f"{format_usd(row['budget_usd'])} budget, {row['state']}" for row in budgets)
    is_bounded = cost is not None and any(total.get(each) for each in BOUNDS)
    change = format_change(cost, before) if cost is not None and before is not None else None
    return KeyFigure(
        name,
        format_usd(cost),
        format_usd(cost, is_full=True),
        note,
        "at least" if is_bounded else "",
        change=f"{change} vs. the period before" if change else "",
    )


def _changes(result: ReportResult) -> tuple[str, ...]:
    """The projects whose cost of the last 30 days moved most."""
    rows = [row for row in result.rows.to_dicts() if row.get("cost_change_usd") is not None]
    rows.sort(key=lambda row: abs(row["cost_change_usd"]), reverse=True)
    domain = project_domain([*result.projects, None])
    names = dict(zip(domain.values, domain.attributes["text"], strict=True))
    return tuple(
        f"{names.get(row['project'], row['project'])}:"
        f" {format_usd(row['cost_before_usd'])} in the 30 days before,"
        f" {format_usd(row['cost_usd'])} in the last 30 days."
        for row in rows[:3]
        if row["cost_change_usd"]
    )


def _sessions(result: ReportResult, pages: Collection[str]) -> Any:
    domain = project_domain([*result.projects, None])
    names = dict(zip(domain.values, domain.attributes["text"], strict=True))
    for row in result.rows.to_dicts():
        is_bounded = any(row[each] for each in BOUNDS)
        title = row["title"] or f"Session {row['session'][:8]}"
        yield StartSession(
            shortened(title, _LONGEST),
            str(names.get(row["project"], "")),
            format_moment(row["started_at"]),
            format_usd(row["cost_usd"], is_at_least=is_bounded),
            session_link(row["session"], pages),
        )
