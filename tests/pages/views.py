"""What pages are filtered to in tests: an address, and the view that it stands for."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pocketdev_analytics.pages.view import NO_VIEW, View
from pocketdev_analytics.reports import History, Period, find_period
from pocketdev_analytics.reports.dimensions import FACTS, local_date

ZONE = "America/New_York"
TODAY = date(2026, 11, 23)
_COLUMNS = {"branch": "git_branch", "session": "session_id"}


def span(name: str) -> Period:
    return find_period(name, today=TODAY)


def _of(period: Period | None = None, **names: tuple[Any, ...]) -> View:
    return View(period, names)


VIEWS = {
    "": NO_VIEW,
    "period=7d": _of(span("7d")),
    "period=30d": _of(span("30d")),
    "period=90d": _of(span("90d")),
    "period=this-month": _of(span("this-month")),
    "period=last-month": _of(span("last-month")),
    "period=this-year": _of(span("this-year")),
    "from=2026-10-01&to=2026-10-09": _of(Period(date(2026, 10, 1), date(2026, 10, 9))),
    "from=2026-09-01&to=2026-10-31": _of(Period(date(2026, 9, 1), date(2026, 10, 31))),
    "project=/home/me/app": _of(project=("/home/me/app",)),
    "project=(none)": _of(project=(None,)),
    "project=/home/me/app&project=(none)&project=/srv/tool": _of(
        project=("/home/me/app", None, "/srv/tool")
    ),
    "model=claude-opus-5": _of(model=("claude-opus-5",)),
    "model=local-model": _of(model=("local-model",)),
    "model=claude-opus-5&model=claude-haiku-5": _of(model=("claude-opus-5", "claude-haiku-5")),
    "model=(none)&agent=subagent": _of(model=(None,), agent=("subagent",)),
    "agent=main": _of(agent=("main",)),
    "agent=subagent": _of(agent=("subagent",)),
    "branch=feature/checkout": _of(branch=("feature/checkout",)),
    "branch=(none)&branch=main&machine=desk": _of(branch=(None, "main"), machine=("desk",)),
    "period=90d&machine=laptop": _of(span("90d"), machine=("laptop",)),
    "period=90d&project=/srv/tool&agent=main": _of(
        span("90d"), project=("/srv/tool",), agent=("main",)
    ),
    "period=this-year&project=/srv/tool&model=claude-opus-4-1&agent=subagent": _of(
        span("this-year"),
        project=("/srv/tool",),
        model=("claude-opus-4-1",),
        agent=("subagent",),
    ),
}


def narrowed(history: History, view: View, *, with_period: bool = True) -> History:
    """The rows of a history in view. What has no model is of no model."""
    return History(
        **{
            name: frame.filter(_in_view(name, view, with_period=with_period))
            for name, frame in history.frames().items()
        }
    )


def _in_view(name: str, view: View, *, with_period: bool) -> list[pl.Expr]:
    tests = [pl.lit(value=True)]
    if view.period and with_period:
        day = local_date(FACTS[name], ZONE)
        tests.append(day.is_between(view.period.first, view.period.last))
    for dimension, values in view.names.items():
        column = _COLUMNS.get(dimension, dimension)
        if column in FACTS[name].columns:
            known = pl.Series([value for value in values if value is not None], dtype=pl.String)
            is_one = pl.col(column).is_in(known.implode()).fill_null(value=False)
            tests.append(is_one | pl.col(column).is_null() if None in values else is_one)
        else:
            tests.append(pl.lit(value=False))
    return tests
