"""The options that a report is asked with: what to group by, to filter by, to sort by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from pocketdev_analytics.cli._answer import Answer, Compared
from pocketdev_analytics.cli._days import Days, asked_days, today_in
from pocketdev_analytics.cli._projects import checked_name, typed_project
from pocketdev_analytics.config import Settings
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.history import History
from pocketdev_analytics.reports import (
    REPORTS,
    WEEKDAYS,
    Filters,
    Question,
    Report,
    find_projects,
    find_sessions,
)

__all__ = ["Asking", "asking_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _several(name: str, to: str, metavar: str, text: str) -> Callable[[_Command], _Command]:
    return click.option(name, to, multiple=True, metavar=metavar, help=f"{text}; may be repeated.")


_OPTIONS = (
    click.option(
        "--by",
        multiple=True,
        metavar="DIM",
        help="Group by this dimension; repeat it, or give a comma list, to group by several.",
    ),
    click.option(
        "--since", metavar="DAY", help="From this day on: 2026-11-01, 7d, this-month and the like."
    ),
    click.option("--until", metavar="DAY", help="Up to this day, including it."),
    click.option(
        "--period", metavar="SPAN", help="From the first to the last day of this: last-month, 7d."
    ),
    _several(
        "--project",
        "projects",
        "NAME",
        "Only this project: a folder with those below it, the last part of its path, or a group",
    ),
    _several("--model", "models", "ID", "Only this model, such as claude-opus-5"),
    _several("--branch", "branches", "NAME", "Only this git branch"),
    _several("--session", "sessions", "ID", "Only this session, by its id or the beginning of it"),
    click.option(
        "--agent", type=click.Choice(["main", "subagent"]), help="Only this kind of agent."
    ),
    _several("--machine", "machines", "NAME", "Only what this machine did"),
    click.option(
        "--week-start",
        type=click.Choice(WEEKDAYS),
        metavar="WEEKDAY",
        help="The day that weeks begin on.  [default: as configured, else monday]",
    ),
    click.option(
        "--compare",
        "is_compared",
        is_flag=True,
        help="Show the equal period before, and the difference.",
    ),
    click.option(
        "--sort",
        metavar="COLUMN",
        help="Sort by this column; -COLUMN or COLUMN:desc for the largest first.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Show the first N rows; totals stay over all.",
    ),
)


def asking_options(command: _Command) -> _Command:
    """The options that `Asking.of` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked for, with days as dates; names are looked up when the history is there."""

    settings: Settings
    by: tuple[str, ...]
    days: Days
    week_start: str
    projects: tuple[str, ...]
    models: tuple[str, ...]
    branches: tuple[str, ...]
    sessions: tuple[str, ...]
    agents: tuple[str, ...]
    machines: tuple[str, ...]
    is_compared: bool
    sort: str | None
    limit: int | None

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        by: tuple[str, ...],
        since: str | None,
        until: str | None,
        period: str | None,
        agent: str | None,
        week_start: str | None,
        **others: Any,
    ) -> Asking:
        """What the options of `asking_options` say.

        Raises:
            ReportError: a day cannot be read, or there is no period to compare.
        """
        week = week_start or settings.week_start
        today = today_in(settings.timezone)
        days = asked_days(since, until, period, today=today, week_start=week)
        if others["is_compared"] and days.period is None:
            raise ReportError(
                "--compare needs to know of when; give --period last-month, or --since 7d"
            )
        names = tuple(name for each in by for name in each.split(",") if name.strip())
        agents = (agent,) if agent else ()
        return cls(settings, names, days, week, agents=agents, **others)

    def check(self, entry: Report) -> None:
        """Refuse what means nothing to this report.

        Raises:
            ReportError: it cannot be filtered by model, or not compared.
        """
        if self.models and entry.modelless is None:
            raise ReportError(
                f"report {entry.name!r} cannot be filtered by model, as only responses have one;"
                " leave out --model"
            )
        if self.is_compared and not entry.compared:
            others = ", ".join(each.name for each in REPORTS.values() if each.compared)
            raise ReportError(
                f"report {entry.name!r} cannot be compared with the period before; {others} can"
            )

    def filters(self, history: History) -> Filters:
        """The filters, with the whole names of what is in the history.

        Raises:
            ReportError: a name may be any of several, or is no text.
        """
        typed = tuple(map(typed_project, self.projects))
        return Filters(
            since=self.days.since,
            until=self.days.until,
            projects=find_projects(history, typed, self.settings.groups),
            models=tuple(map(checked_name, self.models)),
            branches=tuple(map(checked_name, self.branches)),
            sessions=find_sessions(history, self.sessions),
            agents=self.agents,
            machines=tuple(map(checked_name, self.machines)),
        )

    def compared(self, narrow: Callable[[Days], Question]) -> Compared | None:
        """The question of the period before; None where none was asked for."""
        period = self.days.period
        if not self.is_compared or period is None:
            return None
        before = period.before(week_start=self.week_start)
        return Compared(narrow(Days(before.first, before.last)), period, before)

    def arranged(self, answer: Answer) -> Answer:
        """The answer, sorted and cut as asked."""
        ordered = answer.sorted_by(self.sort) if self.sort else answer
        return ordered.cut(self.limit) if self.limit else ordered
