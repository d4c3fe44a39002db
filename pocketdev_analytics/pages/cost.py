"""The cost page: what was used, when, and for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.pages.budget import budget_panel
from pocketdev_analytics.pages.conversations import conversations_of
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.dashboards import cost_spec
from pocketdev_analytics.pages.encode import encode
from pocketdev_analytics.pages.facts import Facts
from pocketdev_analytics.pages.filters import state_of
from pocketdev_analytics.pages.page import Page, PageSpec, Section, draw_page, spec_of
from pocketdev_analytics.pages.render import Context, render
from pocketdev_analytics.pages.view import NO_VIEW, View
from pocketdev_analytics.reports import Filters, History, Limit, Provenance

__all__ = ["cost_page", "cost_view"]


def cost_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = "pocketdev-analytics",
    uncached: pl.LazyFrame | None = None,
    limits: Sequence[Limit] = (),
    pages: Collection[str] = (),
    cures: Sequence[str] = (),
    has_start: bool = False,
) -> str:
    """The cost page as one HTML file that needs no network; the same inputs give the same text.

    Args:
        history: All facts of the store: five-hour windows, budgets and the titles of sessions
            are those of all of it.
        provenance: Where they come from.
        timezone: Days are those of this time zone.
        made_at: The moment that the page shows as now.
        since: The first day of the page; None for the first there is.
        until: Its last day; None for the last there is.
        command: How its reader runs the command line on the store.
        uncached: The usage of `history` priced as if nothing had been cached; None if unknown.
        limits: Budgets.
        pages: The ids of the sessions that have a page in the folder `sessions` next to it.
        cures: How to price the models that have no price, a sentence each.
        has_start: Whether there is a start page (index.html) next to it.
    """
    read = History(**{**history.frames(), "usage": history.usage.collect().lazy()})
    named = conversations_of(read, provenance)
    source = CostSource(read, uncached, timezone, made_at, since, until, pages, named)
    facts = cost_facts(source)
    shown = Filters(since, until).apply(read, timezone=timezone)
    first, last = facts.days or (None, None)
    context = Context(
        provenance,
        timezone,
        made_at,
        (
            *reports.notes(reports.quality(shown, provenance)),
            *reports.estimate_notes(shown.usage, read.usage),
            *cures,
        ),
        first_day=first,
        last_day=last,
        since=since,
        until=until,
        command=command,
        has_start=has_start,
    )
    page = cost_view(source, facts, limits, command=command)
    if facts.days is None:
        return render(page, context)
    spec = spec_of(_spec(source, limits))
    state = state_of(facts, _today(source), command=command)
    return render(replace(page, facts=encode(facts, spec), spec=spec, state=state), context)


def cost_view(
    source: CostSource,
    facts: Facts,
    limits: Sequence[Limit] = (),
    view: View = NO_VIEW,
    *,
    command: str = "pocketdev-analytics",
) -> Page:
    """The page of what is in view, as its script shows it under the same filters."""
    budget = _budget(source, limits)
    scope: Mapping[str, Any] = {"today": _today(source), "command": command}
    page = draw_page(_spec(source, limits), facts, view, scope)
    if not page.sections or not budget:
        return page
    first, *others = page.sections
    daily, *panels = first.panels
    return replace(page, sections=(Section(first.title, (daily, *budget, *panels)), *others))


def _spec(source: CostSource, limits: Sequence[Limit]) -> PageSpec:
    has_budget = bool(_budget(source, limits))
    return cost_spec(has_budget=has_budget, has_uncached=source.uncached is not None)


def _budget(source: CostSource, limits: Sequence[Limit]) -> tuple[Any, ...]:
    return budget_panel(
        source.history.usage, limits, made_at=source.made_at, timezone=source.timezone
    )


def _today(source: CostSource) -> date:
    return source.made_at.astimezone(ZoneInfo(source.timezone)).date()
