"""Every frame that the activity page shows, of what is in view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard.filters import View
from pocketdev_analytics.reports import History
from pocketdev_analytics.reports.active_time import stretches, worked_time
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["ActivityFacts", "frames_of"]


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What the activity page is made of.

    `sessions` is `reports.sessions` of all of it: a filter chooses sessions, and leaves each
    as it was as a whole. `stretches` are those of active time, with the `day` each ends on.
    `pages` are the ids of the sessions that have a page of their own beside this one. A pause of
    more than `idle_minutes` is no work.
    """

    history: History
    sessions: pl.DataFrame
    stretches: pl.DataFrame
    timezone: str
    pages: Collection[str] = ()
    idle_minutes: float = reports.IDLE_MINUTES

    @classmethod
    def of(
        cls,
        history: History,
        timezone: str,
        pages: Collection[str] = (),
        idle_minutes: float = reports.IDLE_MINUTES,
    ) -> ActivityFacts:
        """The facts of a history, read once."""
        frames = history.frames()
        read = dict(zip(frames, pl.collect_all(list(frames.values())), strict=True))
        kept = History(**{name: frame.lazy() for name, frame in read.items()})
        ends_on = local_date(FACTS["session_events"], timezone).alias("day")
        found = reports.sessions(kept, timezone=timezone, idle_minutes=idle_minutes)
        worked = stretches(kept, idle_minutes).with_columns(ends_on)
        sessions, spans = pl.collect_all([found, worked])
        return cls(kept, sessions, spans, timezone, pages, idle_minutes)

    def worked_in(self, view: View) -> pl.LazyFrame:
        """The stretches that end in the period and project in view, of every agent and model.

        They lie between all events: without some of them, work would become a pause.
        """
        tests = [pl.lit(value=True)]
        if view.period:
            tests.append(pl.col("day").is_between(view.period.first, view.period.last))
        if view.project is not None:
            tests.append(pl.col("project").eq_missing(pl.lit(view.project[0], pl.String)))
        return self.stretches.lazy().filter(tests)


def frames_of(facts: ActivityFacts, view: View) -> dict[str, pl.DataFrame]:
    """The frames of the page by their names, computed at once."""
    history, zone = view.of(facts.history, facts.timezone), facts.timezone
    worked = facts.worked_in(view)
    lazy = {
        "totals": reports.activity(history, by=(), timezone=zone),
        "day": reports.activity(history, by=("day",), timezone=zone),
        "week": reports.activity(history, by=("week",), timezone=zone),
        "session": reports.activity(history, by=("session",), timezone=zone).select("session"),
        "hours": reports.hour_by_weekday(history, timezone=zone),
        "tools": reports.tools(history),
        "errors": reports.errors(history, timezone=zone),
        "error_kinds": reports.errors(history, by=("error", "status"), timezone=zone),
        "worked": worked_time(worked, (), timezone=zone),
        "worked_day": worked_time(worked, ("day",), timezone=zone),
        "worked_week": worked_time(worked, ("week",), timezone=zone),
    }
    made = dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))
    return {**made, "sessions": facts.sessions.join(made["session"], on="session", how="semi")}
