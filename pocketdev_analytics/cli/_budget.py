"""The options of the report `budget`, and what it exits with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from pocketdev_analytics.cli._projects import typed_project
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import (
    PERIODS,
    Limit,
    Question,
    filter_history,
    find_projects,
    suggestion,
)
from pocketdev_analytics.reports.filters import in_projects

if TYPE_CHECKING:
    import polars as pl

    from pocketdev_analytics.config import Budget, Settings
    from pocketdev_analytics.history import History

__all__ = ["budget_options", "exit_code", "limits", "of_periods", "of_projects", "slips"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_OVER: Final = {"over": 3, "forecast over": 4}


def budget_options(command: _Command) -> _Command:
    """The options --budget, --budget-project and --per."""
    options = (
        click.option(
            "--budget",
            metavar="USD",
            help="For `budget`: what may be spent, in place of the settings' own. It exits with 3"
            " where more was spent, with 4 where more is to be expected by the end.",
        ),
        click.option(
            "--budget-project",
            "budget_projects",
            multiple=True,
            metavar="NAME=USD",
            help="For `budget`: the same for one project, named as for --project; may be repeated.",
        ),
        click.option(
            "--per",
            type=click.Choice(PERIODS),
            help="For `budget`: in which time that may be spent.  [default: month]",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def limits(
    settings: Budget, budget: str | None, projects: Sequence[str], per: str | None
) -> tuple[Limit, ...]:
    """The limits of the options, else those of the settings; one without an amount else.

    Raises:
        ReportError: an amount is none.
    """
    named = [_named(text) for text in projects]
    if budget is not None or named:
        total = [Limit(per or "month", _amount(budget, "--budget"))] if budget is not None else []
        return (*total, *(Limit(per or "month", amount, name) for name, amount in named))
    found = [
        *([Limit("month", settings.monthly)] if settings.monthly else []),
        *([Limit("day", settings.daily)] if settings.daily else []),
        *(Limit("month", amount, name) for name, amount in settings.projects.items()),
    ]
    return tuple(each for each in found if per in {None, each.per}) or (Limit(per or "month"),)


def of_projects(
    asked: Sequence[Limit], history: History, settings: Settings, *, is_typed: bool
) -> tuple[Limit, ...]:
    """The limits with the whole names of their projects, as --project finds them.

    Raises:
        ReportError: a name may be any of several, or nothing was ever used in the project of
            an option: that is a slip rather than a project that cost nothing.
    """
    asked_by = "--budget-project" if is_typed else "[budget.projects] of the configuration:"

    def whole(limit: Limit) -> Limit:
        if limit.project is None:
            return limit
        typed = typed_project(limit.project)
        (name,) = find_projects(history, [typed], settings.groups, asked_by=asked_by)
        return replace(limit, project=name)

    found = tuple(map(whole, asked))
    for slip in slips(found, history.usage, settings) if is_typed else ():
        raise ReportError(slip)
    return found


def slips(asked: Sequence[Limit], usage: pl.LazyFrame, settings: Settings) -> list[str]:
    """What is to be said of each limit of no group and of a project that nothing was used in."""
    names = [each.project for each in asked if each.project not in {None, *settings.groups}]
    return [
        f"nothing was ever used in a project {name!r}{_meant(name, usage)}"
        for name in names
        if name and usage.filter(in_projects([name], usage)).limit(1).collect().is_empty()
    ]


def _meant(name: str, usage: pl.LazyFrame) -> str:
    known = usage.select("project").unique().collect()["project"].drop_nulls()
    ends = (path.replace("\\", "/").rsplit("/", 1)[-1] for path in known)
    return suggestion(name, sorted({*known, *ends}))


def of_periods(asked: Question, rows: pl.DataFrame) -> Question:
    """The question of the periods in these rows alone, whose notes are to be told."""
    first = date.fromisoformat(f"{rows['period'].sort()[0]}-01"[:10])
    history = filter_history(asked.of_all_time(), since=first, timezone=asked.timezone)
    return replace(asked, history=history)


def exit_code(rows: pl.DataFrame) -> int:
    """3 where the budget of a running period is spent, else 4 where it will be, else 0."""
    states = rows.filter("is_running")["state"]
    return min((_OVER[state] for state in states if state in _OVER), default=0)


def _named(text: str) -> tuple[str, Decimal]:
    name, equals, amount = text.rpartition("=")
    if not (name and equals):
        raise ReportError(f"--budget-project {text!r} names no amount; write it as NAME=50")
    return name, _amount(amount, f"--budget-project {name}")


def _amount(text: str, option: str) -> Decimal:
    try:
        return Decimal(text.strip().removeprefix("$").replace("_", ""))
    except InvalidOperation:
        raise ReportError(
            f"{option} {text!r} is no amount of US dollars; write it as 50 or 49.90"
        ) from None
