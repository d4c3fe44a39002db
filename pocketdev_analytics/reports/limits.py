"""Budgets of a request or of the settings, with the projects that they are for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.budget import Limit
from pocketdev_analytics.reports.dimensions import suggestion
from pocketdev_analytics.reports.filters import in_projects
from pocketdev_analytics.reports.lookup import find_projects
from pocketdev_analytics.reports.projects import expand_project
from pocketdev_analytics.settings.config import Budget

__all__ = ["configured_limits", "exceeded_state", "resolve_limits", "unused_limits"]

_STATES: Final = ("over", "forecast over")


def configured_limits(budget: Budget, per: str | None = None) -> tuple[Limit, ...]:
    """Return the limits of the settings, of one kind of period if `per` names one.

    Without any, return one limit without an amount: usage is forecast all the same.
    """
    found = [
        *([Limit("month", budget.monthly)] if budget.monthly else []),
        *([Limit("day", budget.daily)] if budget.daily else []),
        *(Limit("month", amount, name) for name, amount in budget.projects.items()),
    ]
    return tuple(each for each in found if per in {None, each.per}) or (Limit(per or "month"),)


def resolve_limits(
    limits: Sequence[Limit],
    history: History,
    groups: Iterable[str] = (),
    *,
    is_typed: bool = False,
) -> tuple[Limit, ...]:
    """Return the limits with the full names of their projects, see `find_projects`.

    Args:
        limits: The limits as a person named their projects.
        history: Where to look for the projects.
        groups: The names of the configured groups of projects.
        is_typed: Whether they come from a request: then a project without usage is an error.

    Raises:
        ReportError: a name matches several projects, or a typed one matches none.
    """
    groups = tuple(groups)
    source = "the budget of a project" if is_typed else "[budget.projects] of the configuration"
    resolved = tuple(_resolve(each, history, groups, source) for each in limits)
    for problem in unused_limits(resolved, history.usage, groups) if is_typed else ():
        raise ReportError(problem)
    return resolved


def unused_limits(
    limits: Sequence[Limit], usage: pl.LazyFrame, groups: Iterable[str] = ()
) -> list[str]:
    """Return a message for each limit of a project that has no usage; groups may have none."""
    groups = tuple(groups)
    names = [each.project for each in limits if each.project not in {None, *groups}]
    return [
        f"no usage in a project {name!r}{_similar(name, usage)}"
        for name in names
        if name and usage.filter(in_projects([name], usage)).limit(1).collect().is_empty()
    ]


def exceeded_state(rows: pl.DataFrame) -> str | None:
    """Return the worst state of the running periods in rows of `budget`.

    `over` where the budget is spent, `forecast over` where it will be, else None.
    """
    states = set(rows.filter("is_running")["state"])
    return next((state for state in _STATES if state in states), None)


def _resolve(limit: Limit, history: History, groups: tuple[str, ...], source: str) -> Limit:
    if limit.project is None:
        return limit
    typed = expand_project(limit.project)
    (name,) = find_projects(history, [typed], groups, source=source)
    return replace(limit, project=name)


def _similar(name: str, usage: pl.LazyFrame) -> str:
    known = usage.select("project").unique().collect()["project"].drop_nulls()
    ends = (path.replace("\\", "/").rsplit("/", 1)[-1] for path in known)
    return suggestion(name, sorted({*known, *ends}))
