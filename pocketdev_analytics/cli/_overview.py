"""The overview of a bare `pocketdev-analytics`: today, this week and this month on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from pocketdev_analytics.charts.project_names import project_names
from pocketdev_analytics.formatting import count_of, format_number, format_usd
from pocketdev_analytics.reports.measures import BOUNDS

if TYPE_CHECKING:
    from pocketdev_analytics.settings.config import Settings
    from pocketdev_analytics.store import Store

__all__ = ["overview_lines"]

_SPANS: Final = {
    "today": "Today",
    "this-week": "This week",
    "this-month": "This month",
    "30d": "Last 30 days",
}
_MOST: Final = 3
_LONGEST_TITLE: Final = 44


def overview_lines(store: Store, settings: Settings) -> Iterator[str]:
    """The lines of the overview: cost and work by period, then what this month was spent on."""
    from pocketdev_analytics.reports.request import ReportRequest
    from pocketdev_analytics.reports.run import run_report

    def rows(name: str, **options: Any) -> list[dict[str, Any]]:
        return run_report(store, ReportRequest.of(name, **options), settings).rows.to_dicts()

    def total(name: str, span: str) -> dict[str, Any]:
        request = ReportRequest.of(name, period=span)
        return run_report(store, request, settings).totals or {}

    yield f"{'':<14}{'cost':>12}{'sessions':>10}{'prompts':>10}{'responses':>11}"
    for span, label in _SPANS.items():
        cost, done = total("cost", span), total("activity", span)
        counts = [format_number(done[name]) for name in ("sessions", "prompts", "responses")]
        widths = (10, 10, 11)
        shown = "".join(f"{each:>{width}}" for each, width in zip(counts, widths, strict=True))
        yield f"{label:<14}{_money(cost):>12}{shown}"
    for budget in rows("budget"):
        if budget["budget_usd"] is not None:
            yield _budget(budget)
    month = {"period": "this-month", "sort": "-cost_usd", "limit": _MOST}
    models = rows("cost", by=["model"], **month)
    projects = rows("cost", by=["project"], **month)
    names = project_names(row["project"] for row in projects)
    yield ""
    yield f"Models this month:   {_listed((row['model'], row) for row in models)}"
    yield f"Projects this month: {_listed((names[row['project']], row) for row in projects)}"
    yield ""
    for row in rows("sessions", last=_MOST):
        title = str(row["title"] or row["session"])[:_LONGEST_TITLE]
        yield f"{row['started_at']:%Y-%m-%d %H:%M}  {_money(row):>9}  {title}"


def _budget(row: dict[str, Any]) -> str:
    whose = f" of {row['project']}" if row["project"] else ""
    used = f"{format_usd(row['cost_usd'])} of {format_usd(row['budget_usd'])}"
    return f"Budget{whose} for {row['period']}: {used}, {row['state']}"


def _money(row: dict[str, Any]) -> str:
    is_bounded = any(row.get(name) for name in BOUNDS)
    return format_usd(row["cost_usd"], is_at_least=is_bounded)


def _listed(rows: Any) -> str:
    found = [f"{name or '(none)'} {_money(row)}" for name, row in rows]
    return ", ".join(found) or f"none, {count_of(0, 'response')}"
