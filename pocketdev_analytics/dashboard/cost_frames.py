"""Every frame that the cost page shows, of what is in view."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard.filters import View
from pocketdev_analytics.reports import History, Limit, Period

__all__ = ["CostFacts", "frames_of"]


@dataclass(frozen=True, slots=True)
class CostFacts:
    """What the cost page is made of.

    `history` is what it shows: what `store`, all that there is, has from `since` to `until`.
    Five-hour windows are those of all usage, budgets are for whole months, and what a session
    is called does not depend on a period. `uncached` is the usage of `history`, priced as if
    nothing had been cached; None where that is not known. `pages` are the ids of the sessions
    that have a page in the folder `sessions` beside this one, `command` is how its reader asks
    the store.
    """

    history: History
    store: History
    uncached: pl.LazyFrame | None
    limits: Sequence[Limit]
    timezone: str
    made_at: datetime
    since: date | None = None
    until: date | None = None
    pages: Collection[str] = ()
    command: str = "pocketdev-analytics"

    def begins_in(self, period: Period | None) -> pl.Expr:
        """Whether a window begins in the page's days, and in the period."""
        first = max(self.since or date.min, period.first if period else date.min)
        last = min(self.until or date.max, period.last if period else date.max)
        return pl.col("started_at").dt.date().is_between(first, last)


def frames_of(facts: CostFacts, view: View) -> dict[str, pl.DataFrame]:
    """The frames of the page by their names, computed at once."""
    usage, zone = view.of(facts.history, facts.timezone).usage, facts.timezone
    by = {
        "totals": (),
        "day": ("day",),
        "week": ("week",),
        "month": ("month", "model"),
        "day_model": ("day", "model"),
        "week_model": ("week", "model"),
        "model": ("model",),
        "project": ("project",),
        "branch": ("branch",),
        "session": ("session",),
        "day_session": ("day", "session"),
        "session_model": ("session", "model"),
    }
    lazy = {
        name: reports.cost(usage, by=dimensions, timezone=zone) for name, dimensions in by.items()
    }
    lazy["agents"] = reports.agents(usage)
    lazy["token_class"] = reports.token_classes(usage)
    lazy["blocks"] = _blocks(facts, view)
    if facts.uncached is not None:
        uncached = view.of(_only(facts.history, facts.uncached), zone).usage
        lazy["savings"] = reports.caching_savings(usage, uncached, timezone=zone)
    return dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))


def _only(history: History, usage: pl.LazyFrame) -> History:
    return History(**{**history.only_usage().frames(), "usage": usage})


def _blocks(facts: CostFacts, view: View) -> pl.LazyFrame:
    """The windows that begin in the period, with all of their usage in view."""
    usage = view.at(None).of(facts.store, facts.timezone).usage
    rows = reports.blocks(
        usage, now=facts.made_at, timezone=facts.timezone, account_usage=facts.store.usage
    )
    return rows.filter(facts.begins_in(view.period))
