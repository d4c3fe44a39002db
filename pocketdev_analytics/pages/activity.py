"""The activity page: what was done, when, with which tools, and what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pocketdev_analytics import reports
from pocketdev_analytics.charts.activity import CALENDAR_WEEKS
from pocketdev_analytics.pages.activity_facts import ActivitySource, activity_facts
from pocketdev_analytics.pages.conversations import conversations_of
from pocketdev_analytics.pages.dashboards import activity_spec
from pocketdev_analytics.pages.encode import encode
from pocketdev_analytics.pages.facts import Facts
from pocketdev_analytics.pages.filters import state_of
from pocketdev_analytics.pages.page import Page, PageSpec, draw_page, spec_of
from pocketdev_analytics.pages.render import Context, render
from pocketdev_analytics.pages.view import NO_VIEW, View
from pocketdev_analytics.reports import Filters, History, Provenance

__all__ = ["activity_page", "activity_view"]

_COMMAND: Final = "pocketdev-analytics"


def activity_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = _COMMAND,
    pages: Collection[str] = (),
    idle_minutes: float = reports.IDLE_MINUTES,
    has_start: bool = False,
) -> str:
    """The activity page as one HTML file that needs no network.

    Args as those of `cost_page`; a gap of more than `idle_minutes` is not active time. The same
    inputs give the same text.
    """
    shown = Filters(since, until).apply(history, timezone=timezone)
    named = conversations_of(shown, provenance)
    source = ActivitySource(shown, timezone, pages, idle_minutes, named)
    facts = activity_facts(source)
    first, last = facts.days or (None, None)
    context = Context(
        provenance,
        timezone,
        made_at,
        reports.notes(reports.quality(shown, provenance)),
        first_day=first,
        last_day=last,
        since=since,
        until=until,
        command=command,
        has_start=has_start,
    )
    page = activity_view(source, facts, command=command)
    if facts.days is None:
        return render(page, context)
    today = made_at.astimezone(ZoneInfo(timezone)).date()
    spec = spec_of(_spec(facts))
    state = state_of(facts, today, command=command, idle_minutes=idle_minutes)
    return render(replace(page, facts=encode(facts, spec), spec=spec, state=state), context)


def activity_view(
    source: ActivitySource, facts: Facts, view: View = NO_VIEW, *, command: str = _COMMAND
) -> Page:
    """The page of what is in view, as its script shows it under the same filters."""
    scope: Mapping[str, Any] = {"command": command, "idle_minutes": f"{source.idle_minutes:g}"}
    return draw_page(_spec(facts), facts, view, scope)


def _spec(facts: Facts) -> PageSpec:
    first, last = facts.days or (date.min, date.min)
    return activity_spec(
        is_short=last - first < timedelta(weeks=CALENDAR_WEEKS[0]),
        has_errors=facts.tables["failures"].frame.height > 0,
    )
