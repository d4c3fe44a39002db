"""The cost page: what was spent, when, and on what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.charts.frames import ranked
from pocketdev_analytics.dashboard.cost_budget import budget_panel
from pocketdev_analytics.dashboard.cost_cube import cubes_of
from pocketdev_analytics.dashboard.cost_frames import CostFacts, frames_of
from pocketdev_analytics.dashboard.cost_keys import Before, key_figures
from pocketdev_analytics.dashboard.cost_names import projects, session_names
from pocketdev_analytics.dashboard.cost_panels import Known, sections
from pocketdev_analytics.dashboard.cube import distinct
from pocketdev_analytics.dashboard.filtered import dearest, filtered
from pocketdev_analytics.dashboard.filters import NO_VIEW, View, controls
from pocketdev_analytics.dashboard.parts import Page
from pocketdev_analytics.dashboard.period import grain, span_of
from pocketdev_analytics.dashboard.render import Context, render
from pocketdev_analytics.dashboard.weight import NOTHING_LEFT_OUT, Left, too_heavy
from pocketdev_analytics.reports import History, Limit, Provenance
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["cost_page", "cost_view", "dearest_sessions"]

# How much a reader misses of what the page can do without, by the parts of `Cubes.packed`.
_HARM: Final = {"names": 1.0, "branches": 2.0, "runners": 2.0, "windows": 2.5}
# The frame of each panel that follows no filter without its part.
_STILL: Final = {"branches": "branch", "runners": "agents", "windows": "blocks"}


def cost_page(
    history: History,
    provenance: Provenance,
    *,
    timezone: str,
    made_at: datetime,
    since: date | None = None,
    until: date | None = None,
    command: str = "pocketdev-analytics",
    store: History | None = None,
    uncached: pl.LazyFrame | None = None,
    limits: Sequence[Limit] = (),
    pages: Collection[str] = (),
) -> str:
    """The cost dashboard as one HTML file that needs no network.

    `history` is what it shows, already narrowed to `since` and `until`. Days are those of
    `timezone`. `command` is how the page's reader asks the store that the history is from.
    `store` is all that there is, where that is more: windows, budgets and what sessions are
    called are of it. `uncached` is the usage of `history` priced as if nothing had been
    cached, `limits` are budgets. `pages` are the ids of sessions with a page in the folder
    `sessions` beside this one. The same inputs give the same text.
    """
    usage = history.usage.collect().lazy()
    read = History(**{**history.frames(), "usage": usage})
    facts = CostFacts(
        read, store or read, uncached, limits, timezone, made_at, since, until, pages, command
    )
    found = reports.quality(history, provenance)
    known = _known(facts)
    page = _page(facts, known, NO_VIEW)
    context = Context(
        provenance,
        timezone,
        made_at,
        reports.notes(found),
        first_day=known.first,
        last_day=known.last,
        since=since,
        until=until,
        command=command,
    )
    if known.first is None or known.last is None:
        return render(page, context)
    kept = _filtered(page, facts, known, context)
    return kept or render(replace(page, remark=too_heavy(f"{command} dashboard cost")), context)


def cost_view(facts: CostFacts, view: View, left: Left = NOTHING_LEFT_OUT) -> Page:
    """The page of what is in view, as its script shows it under the same filters."""
    return _page(facts, replace(_known(facts), left=left), view)


def _known(facts: CostFacts) -> Known:
    day = local_date(FACTS["usage"], facts.timezone)
    usage = facts.history.usage.select("project", day=day).unique().collect()
    sessions = reports.sessions(facts.store, timezone=facts.timezone).collect()
    today = facts.made_at.astimezone(ZoneInfo(facts.timezone)).date()
    paths = distinct(usage["project"], sessions["project"])
    budget = budget_panel(facts, today)
    span = span_of(usage["day"])
    models = tuple(ranked(reports.cost(facts.history.usage, by=("model",)).collect(), "model"))
    return Known(sessions, paths, today, *span, models, budget, facts.pages, facts.command)


def _page(facts: CostFacts, known: Known, view: View) -> Page:
    if known.first is None:
        return Page("cost", "Cost", (), ())
    frames = frames_of(facts, view)
    if known.left.still and view != NO_VIEW:
        whole = frames_of(facts, NO_VIEW)
        frames |= {_STILL[part]: whole[_STILL[part]] for part in known.left.still}
    by = grain(*span_of(frames["day"]["day"]))
    before = _before(facts, view, known.first)
    return Page("cost", "Cost", key_figures(frames, before), sections(frames, by, known))


def _filtered(page: Page, facts: CostFacts, known: Known, context: Context) -> str | None:
    """The page with what its script filters, as far as there is room."""
    cubes = cubes_of(facts, known.sessions, projects(known.projects), known.models)
    days = [day for day in (known.first, known.last) if day]
    return filtered(
        page,
        lambda left: _page(facts, replace(known, left=left), NO_VIEW),
        parts=cubes.packed(),
        names=lambda left: session_names(cubes.ids, known.sessions, facts, left),
        named=dearest_sessions(facts),
        harm=_HARM,
        controls=controls(cubes.dictionaries, known.today, days[0], days[-1]),
        context=context,
    )


def dearest_sessions(facts: CostFacts) -> frozenset[str | None]:
    """The sessions that are named where not all are."""
    return dearest(reports.cost(facts.history.usage, by=("session",)).collect())


def _before(facts: CostFacts, view: View, first: date) -> Before | None:
    """The equal period before the one in view, where the page knows all of it."""
    period = view.period.before() if view.period else None
    if period is None or period.first < first:
        return None
    return Before(period, frames_of(facts, view.at(period)))
