"""What a page can be narrowed to by its reader, and the periods it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from pocketdev_analytics.dashboard.cube import Dictionary
from pocketdev_analytics.reports import Filters, History, Period, find_period

__all__ = ["NO_VIEW", "View", "controls"]

#: The periods a page offers, by their span (`reports.find_period`), and what they are called.
PRESETS: Final = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "this-month": "This month",
    "last-month": "Last month",
    "this-year": "This year",
}


@dataclass(frozen=True, slots=True)
class View:
    """What a reader has narrowed a page to. None is no filter.

    `project` is exactly one of the page's projects, without those below it; as `Filters`,
    `agent` is 'main' or 'subagent', and what has no model is in no view of one.
    """

    period: Period | None = None
    project: tuple[str | None] | None = None
    model: str | None = None
    agent: str | None = None

    def of(self, history: History, timezone: str) -> History:
        """The rows of the history that are in view."""
        filters = Filters(
            since=self.period.first if self.period else None,
            until=self.period.last if self.period else None,
            models=(self.model,) if self.model else (),
            agents=(self.agent,) if self.agent else (),
        )
        found = filters.apply(history, timezone=timezone)
        if self.project is None:
            return found
        is_it = pl.col("project").eq_missing(pl.lit(self.project[0], pl.String))
        return History(**{name: frame.filter(is_it) for name, frame in found.frames().items()})

    def at(self, period: Period | None) -> View:
        """The same of another time."""
        return View(period, self.project, self.model, self.agent)


#: All that a page shows.
NO_VIEW: Final = View()


def controls(
    dictionaries: Mapping[str, Dictionary], today: date, first: date, last: date
) -> dict[str, Any]:
    """What the page's filters offer: periods with the equal ones before, names by their places."""
    return {
        "today": str(today),
        "first": str(first),
        "last": str(last),
        "periods": [_preset(span, name, today) for span, name in PRESETS.items()],
        "names": [name for name in ("project", "model", "agent") if name in dictionaries],
    }


def _preset(span: str, name: str, today: date) -> dict[str, Any]:
    period = find_period(span, today=today)
    before = period.before()
    return {
        "key": span,
        "name": name,
        "days": [str(period.first), str(period.last)],
        "before": [str(before.first), str(before.last)],
    }
