"""The activity page: what was done, when, with which tools, and what went wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard.activity_cube import cubes_of
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts, frames_of
from pocketdev_analytics.dashboard.activity_keys import key_figures
from pocketdev_analytics.dashboard.activity_panels import Known, sections
from pocketdev_analytics.dashboard.cube import distinct, pack
from pocketdev_analytics.dashboard.filters import NO_VIEW, View, controls
from pocketdev_analytics.dashboard.parts import Page
from pocketdev_analytics.dashboard.period import grain, span_of
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.reports import History, Provenance

__all__ = ["activity_page", "activity_view"]


def activity_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = "pocketdev-analytics",
    pages: Collection[str] = (),
) -> str:
    """The activity dashboard as one HTML file that needs no network.

    Takes what `cost_page` takes, and gives the same text for the same inputs.
    """
    facts = ActivityFacts.of(history, timezone, pages)
    known = _known(facts)
    context = Context(
        provenance,
        timezone,
        made_at,
        reports.notes(reports.quality(facts.history, provenance)),
        first_day=known.first,
        last_day=known.last,
        since=since,
        until=until,
        command=command,
    )
    page = _page(facts, known, NO_VIEW)
    today = made_at.astimezone(ZoneInfo(timezone)).date()
    return render(_filtered(page, facts, known, today), context)


def activity_view(facts: ActivityFacts, view: View) -> Page:
    """The page of what is in view, as its script shows it under the same filters."""
    return _page(facts, _known(facts), view)


def _known(facts: ActivityFacts) -> Known:
    by = ["day", "project"]
    days = reports.activity(facts.history, by=by, timezone=facts.timezone).collect()
    has_errors = facts.history.api_errors.select(pl.len() > 0).collect().item()
    paths = distinct(days["project"], facts.sessions["project"])
    return Known(*span_of(days["day"]), paths, has_errors, facts.pages)


def _page(facts: ActivityFacts, known: Known, view: View) -> Page:
    if known.first is None:
        return Page("activity", "Activity", (), ())
    frames = frames_of(facts, view)
    before = view.period.before() if view.period else None
    then = frames_of(facts, view.at(before)) if before and before.first >= known.first else None
    by = grain(*span_of(frames["day"]["day"]))
    return Page(
        "activity",
        "Activity",
        key_figures(frames, then, is_of_model=view.model is not None),
        sections(frames, by, known, view),
    )


def _filtered(page: Page, facts: ActivityFacts, known: Known, today: date) -> Page:
    """The page with what its script filters."""
    if known.first is None or known.last is None:
        return page
    made = cubes_of(facts)
    return replace(
        page,
        cubes=pack(made.cubes, made.dictionaries, made.scale),
        controls={
            **controls(made.dictionaries, today, known.first, known.last),
            "tick": made.tick,
        },
    )
