"""The request for a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import Pricing
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.reports.budget import Limit
from pocketdev_analytics.reports.registry import REPORTS, find_report
from pocketdev_analytics.reports.report import Report

__all__ = ["ReportRequest"]

_PRICING = ("pricing", "prices_at", "as_model")
_SEVERAL = (
    *("by", "projects", "models", "branches", "sessions", "agents", "machines", "products"),
    "budgets",
    *("providers", "titles", "workspaces", "pocketdev_agents", "screens"),
    *("working_directories", "conversation_statuses", "deleted"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """A report, what to group and filter by, and what to do with its rows.

    Attributes:
        report: The name of a report, see `REPORTS`.
        by: The dimensions to group by; none for the report's default.
        since: The first day: a date, or a span such as `7d` or `this-month`.
        until: The last day, included.
        period: A span, such as `last-month`, instead of `since` and `until`.
        projects: Paths, last parts of paths or groups; a path includes the folders below it.
        models: Ids of models, or parts of them such as `opus`.
        branches: Git branches.
        sessions: Ids of sessions, or how they begin.
        agents: `main` or `subagent`.
        machines: Names of machines.
        products: Agent products: `claude`, `codex`.
        providers: PocketDev's providers, such as `claude_code`.
        titles: Titles of sessions.
        workspaces: PocketDev's workspaces.
        pocketdev_agents: PocketDev's agents.
        screens: Sessions of PocketDev's, by the name that its screens show.
        working_directories: PocketDev's working directories.
        conversation_statuses: PocketDev's statuses of a conversation.
        deleted: `yes` or `no`.
        estimate: For `cost`: add an estimate of the output that lower bounds leave out.
        compare: Add the equal period before, and the difference.
        sort: A column to sort by; `-column` for the largest first.
        limit: How many rows to return; totals stay over all.
        last: Return only the latest so many rows, in their order; totals stay over all.
        pricing: The prices to use.
        week_start: The day that weeks begin on; default is that of the settings.
        usage_csv: For `reconcile`: the usage that Claude's console exports.
        reconcile_with: For `reconcile`: `pocketdev` for its figures instead of Claude Code's.
        budgets: For `budget`: the limits; None for those of the settings.
        per: For `budget`: `month` or `day`; None for every limit.
        redaction: Hashes to replace names by.
    """

    report: str
    by: tuple[str, ...] = ()
    since: str | date | None = None
    until: str | date | None = None
    period: str | None = None
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()
    pocketdev_agents: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    working_directories: tuple[str, ...] = ()
    conversation_statuses: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    estimate: bool = False
    compare: bool = False
    sort: str | None = None
    limit: int | None = None
    last: int | None = None
    pricing: Pricing = field(default_factory=Pricing)
    week_start: str | None = None
    usage_csv: Path | None = None
    reconcile_with: str | None = None
    budgets: tuple[Limit, ...] | None = None
    per: str | None = None
    redaction: Redaction | None = None

    @classmethod
    def of(cls, report: str, **options: Any) -> Self:
        """Build a request from loosely typed options: one name stands for a sequence of one.

        `pricing` may be the name of a mode, with `prices_at` and `as_model` as further arguments.

        Raises:
            ReportError: an option is unknown.
        """
        known = [each.name for each in fields(cls) if each.name != "report"]
        for name in options:
            if name not in (*known, *_PRICING):
                near = get_close_matches(name, known, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                raise ReportError(
                    f"unknown option {name!r}; expected one of: {', '.join(known)}{meant}"
                )
        given = {name: value for name, value in options.items() if value is not None}
        mode, *what_if = (given.pop(name, None) for name in _PRICING)
        prices = mode if isinstance(mode, Pricing) else Pricing(mode or "full", *what_if)
        several = {name: _tuple(given[name]) for name in _SEVERAL if name in given}
        if csv := given.get("usage_csv"):
            given["usage_csv"] = Path(csv)
        return cls(report=report, pricing=prices, **(given | several))

    def check(self) -> Report:
        """Return the report of the request, if it can answer everything that is asked.

        Raises:
            ReportError: there is no such report, or an option means nothing to it.
            PricingError: there is no such pricing.
        """
        report = find_report(self.report)
        self.pricing.check()
        if report.name != "budget" and (self.budgets or self.per):
            raise ReportError(
                f"report {report.name!r} takes no budget; use the report 'budget' for one"
            )
        if self.models and report.modelless is None:
            raise ReportError(
                f"report {report.name!r} cannot be filtered by model: only responses have one"
            )
        if self.compare and not report.compared:
            others = ", ".join(each.name for each in REPORTS.values() if each.compared)
            raise ReportError(
                f"report {report.name!r} cannot be compared with the period before; these can:"
                f" {others}"
            )
        if self.estimate and not report.has_estimate:
            others = ", ".join(each.name for each in REPORTS.values() if each.has_estimate)
            raise ReportError(
                f"report {report.name!r} estimates no missing output; these can: {others}"
            )
        if self.usage_csv and report.name != "reconcile":
            raise ReportError(
                f"report {report.name!r} takes no usage CSV; use the report 'reconcile' for one"
            )
        if self.reconcile_with and (report.name != "reconcile" or self.usage_csv):
            raise ReportError(
                "PocketDev's figures are compared by the report 'reconcile' alone, and without a"
                " usage CSV"
            )
        if self.reconcile_with not in {None, "pocketdev"}:
            raise ReportError(
                f"cannot reconcile with {self.reconcile_with!r}; expected 'pocketdev'"
            )
        if self.pricing.as_model and report.is_comparing:
            raise ReportError(
                f"report {report.name!r} compares with the models that ran; leave out the model"
                " to price as"
            )
        return report


def _tuple(values: Any) -> tuple[Any, ...]:
    is_several = isinstance(values, Sequence) and not isinstance(values, str)
    return tuple(values) if is_several else (values,)
