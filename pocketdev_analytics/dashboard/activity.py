"""The activity page: what was done, when, with which tools, and what went wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard.activity_cube import cubes_of
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts, frames_of
from pocketdev_analytics.dashboard.activity_keys import key_figures
from pocketdev_analytics.dashboard.activity_names import session_names
from pocketdev_analytics.dashboard.activity_panels import Known, sections
from pocketdev_analytics.dashboard.cube import distinct
from pocketdev_analytics.dashboard.filtered import dearest, filtered
from pocketdev_analytics.dashboard.filters import NO_VIEW, View, controls
from pocketdev_analytics.dashboard.parts import Page
from pocketdev_analytics.dashboard.period import grain, span_of
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.weight import NOTHING_LEFT_OUT, Left, too_heavy
from pocketdev_analytics.reports import History, Provenance

__all__ = ["activity_page", "activity_view"]

# How much a reader misses of what the page can do without, by the parts of `Cubes.packed`.
_HARM: Final = {"names": 1.0, "hours": 2.0, "tools": 2.0}


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
    idle_minutes: float = reports.IDLE_MINUTES,
) -> str:
    """The activity dashboard as one HTML file that needs no network.

    Takes what `cost_page` takes, and gives the same text for the same inputs. A pause of more
    than `idle_minutes` is no work.
    """
    facts = ActivityFacts.of(history, timezone, pages, idle_minutes)
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
    if known.first is None:
        return render(page, context)
    today = made_at.astimezone(ZoneInfo(timezone)).date()
    kept = _filtered(page, facts, replace(known, command=command), today, context)
    unfiltered = replace(page, remark=too_heavy(f"{command} dashboard activity"))
    return kept or render(unfiltered, context)


def activity_view(facts: ActivityFacts, view: View, left: Left = NOTHING_LEFT_OUT) -> Page:
    """The page of what is in view, as its script shows it under the same filters."""
    return _page(facts, replace(_known(facts), left=left), view)


def _known(facts: ActivityFacts) -> Known:
    by = ["day", "project"]
    days = reports.activity(facts.history, by=by, timezone=facts.timezone).collect()
    has_errors = facts.history.api_errors.select(pl.len() > 0).collect().item()
    paths = distinct(days["project"], facts.sessions["project"], facts.stretches["project"])
    return Known(*span_of(days["day"]), paths, has_errors, facts.pages, facts.idle_minutes)


def _page(facts: ActivityFacts, known: Known, view: View) -> Page:
    if known.first is None:
        return Page("activity", "Activity", (), ())
    frames = frames_of(facts, view)
    if known.left.still and view != NO_VIEW:
        whole = frames_of(facts, NO_VIEW)
        frames |= {part: whole[part] for part in known.left.still}
    before = view.period.before() if view.period else None
    then = frames_of(facts, view.at(before)) if before and before.first >= known.first else None
    by = grain(*span_of(frames["day"]["day"]))
    return Page(
        "activity",
        "Activity",
        key_figures(frames, then, is_of_model=view.model is not None),
        sections(frames, by, known, view),
    )


def _filtered(
    page: Page, facts: ActivityFacts, known: Known, today: date, context: Context
) -> str | None:
    """The page with what its script filters, as far as there is room."""
    cubes = cubes_of(facts)
    ids = cubes.dictionaries["session"].values
    days = [day for day in (known.first, known.last) if day]
    return filtered(
        page,
        lambda left: _page(facts, replace(known, left=left), NO_VIEW),
        parts=cubes.packed(),
        names=lambda left: session_names(ids, facts.sessions, facts.pages, left),
        named=dearest(facts.sessions),
        harm=_HARM,
        controls=controls(cubes.dictionaries, today, days[0], days[-1]) | {"tick": cubes.tick},
        context=context,
    )
