"""The options of `report`, and the request that they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import Pricing
from pocketdev_analytics.reports import PERIODS, WEEKDAYS, Limit, ReportRequest

__all__ = ["make_request", "report_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _several(name: str, to: str, metavar: str, text: str) -> Callable[[_Command], _Command]:
    return click.option(name, to, multiple=True, metavar=metavar, help=f"{text}; repeatable.")


_OPTIONS = (
    _several("--by", "by", "DIM", "Group by this dimension, or by a comma-separated list"),
    click.option(
        "--since", metavar="DAY", help="First day: a date, or a span such as 7d or this-month."
    ),
    click.option("--until", metavar="DAY", help="Last day, included."),
    click.option("--period", metavar="SPAN", help="Date range, such as last-month or 7d."),
    _several(
        "--project",
        "projects",
        "NAME",
        "Filter by project: a folder and those below it, the last part of its path, or a group",
    ),
    _several("--model", "models", "ID", "Filter by model or family, such as claude-opus-5 or opus"),
    _several("--branch", "branches", "NAME", "Filter by git branch"),
    _several("--session", "sessions", "ID", "Filter by session: its id, or how the id begins"),
    click.option(
        "--agent",
        "agents",
        type=click.Choice(["main", "subagent"]),
        help="Filter by kind of agent.",
    ),
    _several("--machine", "machines", "NAME", "Filter by machine"),
    _several("--product", "products", "NAME", "Filter by agent product, such as claude or codex"),
    _several("--provider", "providers", "NAME", "Filter by PocketDev's provider"),
    _several("--title", "titles", "TEXT", "Filter by the session's title"),
    _several("--workspace", "workspaces", "NAME", "Filter by PocketDev's workspace"),
    _several("--pocketdev-agent", "pocketdev_agents", "NAME", "Filter by PocketDev's agent"),
    _several("--screen", "screens", "NAME", "Filter by PocketDev's session of screens"),
    _several(
        "--working-directory",
        "working_directories",
        "PATH",
        "Filter by PocketDev's working directory",
    ),
    _several(
        "--conversation-status",
        "conversation_statuses",
        "STATUS",
        "Filter by PocketDev's status, such as processing or archived",
    ),
    click.option(
        "--deleted",
        type=click.Choice(["yes", "no"]),
        help="Filter by whether PocketDev deleted the conversation.",
    ),
    click.option(
        "--week-start",
        type=click.Choice(WEEKDAYS),
        metavar="WEEKDAY",
        help="First day of the week.  [default: as configured, else monday]",
    ),
    click.option(
        "--estimate",
        is_flag=True,
        help="For `cost`: estimate the output that lower bounds leave out, with an interval of"
        " 90 %.",
    ),
    click.option("--compare", is_flag=True, help="Compare with the equal period before."),
    click.option(
        "--sort",
        metavar="COLUMN",
        help="Sort by this column; -COLUMN or COLUMN:desc sorts the largest first.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help="Show the first N rows; totals still cover all rows.",
    ),
    click.option(
        "--last",
        type=click.IntRange(min=1),
        metavar="N",
        help="Show the latest N rows, such as days or sessions; totals still cover all rows.",
    ),
    click.option(
        "--as-model",
        metavar="ID",
        help="Price the same usage as another model, such as claude-haiku-4-5.",
    ),
    click.option(
        "--usage-csv",
        type=click.Path(dir_okay=False, path_type=Path),
        help="For `reconcile`: the usage CSV exported from Claude's console.",
    ),
    click.option(
        "--with",
        "reconcile_with",
        type=click.Choice(["pocketdev"]),
        help="For `reconcile`: compare with PocketDev's figures, by conversation and cause.",
    ),
    click.option(
        "--budget",
        metavar="USD",
        help="For `budget`: the amount, instead of the configured ones. Exit code 3: over budget;"
        " 4: forecast to exceed it.",
    ),
    _several(
        "--budget-project", "budget_projects", "NAME=USD", "For `budget`: the amount for a project"
    ),
    click.option(
        "--per",
        type=click.Choice(PERIODS),
        help="For `budget`: the budget period.  [default: month]",
    ),
)


def report_options(command: _Command) -> _Command:
    """Add the options that `make_request` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def make_request(report: str, options: dict[str, Any]) -> ReportRequest:
    """Return the request of the options of `report_options` and `pricing_options`.

    Raises:
        ReportError: an amount cannot be read.
    """
    given = dict(options)
    budget, projects = given.pop("budget"), given.pop("budget_projects")
    limits = _limits(budget, projects, given["per"])
    mode, *what_if = (given.pop(name) for name in ("pricing", "prices_at", "as_model"))
    prices = Pricing(mode, *what_if)
    return ReportRequest.of(report, **given, pricing=prices, budgets=limits)


def _limits(budget: str | None, projects: Sequence[str], per: str | None) -> list[Limit] | None:
    """The typed limits, or None for the configured ones."""
    if budget is None and not projects:
        return None
    total = [] if budget is None else [Limit(per or "month", _amount(budget, "--budget"))]
    return [*total, *(Limit(per or "month", *_project_amount(text)) for text in projects)]


def _project_amount(text: str) -> tuple[Decimal, str]:
    name, equals, amount = text.rpartition("=")
    if not (name and equals):
        raise ReportError(f"--budget-project {text!r} has no amount; expected NAME=50")
    return _amount(amount, f"--budget-project {name}"), name


def _amount(text: str, option: str) -> Decimal:
    try:
        return Decimal(text.strip().removeprefix("$").replace("_", ""))
    except InvalidOperation:
        raise ReportError(
            f"{option} {text!r} is not an amount of US dollars; expected 50 or 49.90"
        ) from None
