"""The filters of a page's script: the periods that it offers, and the dimensions."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pocketdev_analytics.pages.conversations import CONVERSATIONS
from pocketdev_analytics.pages.facts import Facts
from pocketdev_analytics.reports import find_period

__all__ = ["PERIODS", "state_of"]

#: The periods that a page offers, by their span (`reports.find_period`), and their names.
PERIODS: Final = {
    "today": "Today",
    "yesterday": "Yesterday",
    "this-week": "This week",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "this-month": "This month",
    "last-month": "Last month",
    "this-year": "This year",
}
# Of these a page has a filter where there are several.
_IF_SEVERAL: Final = ("branch", "machine", "product")
_DIMENSIONS: Final = ("project", "branch", "model", "agent", "machine", "product")


def state_of(
    facts: Facts, today: date, *, command: str, idle_minutes: float | None = None
) -> dict[str, Any]:
    """Return the state of the script besides facts and declarations: today, days, periods."""
    return {
        "today": str(today),
        "days": [str(day) for day in facts.days or ()],
        "periods": [_period(span, name, today) for span, name in PERIODS.items()],
        "filters": [
            *(name for name in _DIMENSIONS if _is_offered(name, facts)),
            *(name for name in CONVERSATIONS if name in facts.domains),
        ],
        "command": command,
        "tick": facts.tick,
        "week_start": 0,
        "idle_minutes": None if idle_minutes is None else f"{idle_minutes:g}",
        "notice": facts.notice,
    }


def _is_offered(dimension: str, facts: Facts) -> bool:
    return dimension not in _IF_SEVERAL or len(facts.domains[dimension].values) > 1


def _period(span: str, name: str, today: date) -> dict[str, Any]:
    period = find_period(span, today=today)
    before = period.before()
    return {
        "key": span,
        "name": name,
        "days": [str(period.first), str(period.last)],
        "before": [str(before.first), str(before.last)],
    }
