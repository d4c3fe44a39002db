"""Run a report: a `ReportRequest` and a store in, a `ReportResult` out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.formatting import format_moment
from pocketdev_analytics.model.history import History
from pocketdev_analytics.pricing import MODES, Pricing
from pocketdev_analytics.redaction import store_redaction
from pocketdev_analytics.reports.absence import empty_reason, is_unmatched
from pocketdev_analytics.reports.comparing import compare
from pocketdev_analytics.reports.cost import unpriced_models
from pocketdev_analytics.reports.cures import price_notes
from pocketdev_analytics.reports.days import Days, resolve_days, today_in
from pocketdev_analytics.reports.filters import Filters, filter_history
from pocketdev_analytics.reports.inputs import ReportInput
from pocketdev_analytics.reports.limits import (
    configured_limits,
    exceeded_state,
    resolve_limits,
    unused_limits,
)
from pocketdev_analytics.reports.lookup import find_models, find_projects, find_sessions, names_in
from pocketdev_analytics.reports.other_prices import make_comparison
from pocketdev_analytics.reports.periods import Period
from pocketdev_analytics.reports.project_map import group_projects
from pocketdev_analytics.reports.projects import check_name, configured_projects, expand_project
from pocketdev_analytics.reports.quality import notes, quality, sample_notes
from pocketdev_analytics.reports.report import Compute, Report
from pocketdev_analytics.reports.request import ReportRequest
from pocketdev_analytics.reports.result import ReportResult
from pocketdev_analytics.reports.source import ReportSource
from pocketdev_analytics.settings.config import Settings, parse_timezone

__all__ = ["report", "run_report"]

# Messages under redaction do not repeat names, nor list those that exist.
_NAME_PROBLEM: Final = "a name matches nothing, or several things; run without redaction to see"
_UNUSED_LIMIT: Final = "The configuration has a budget for a project without usage."


def report(
    store: ReportSource,
    name: str,
    *,
    settings: Settings | None = None,
    timezone: str | None = None,
    redact: bool = False,
    **options: Any,
) -> ReportResult:
    """Run a report by its name, with the numbers that `pocketdev-analytics report` prints.

    >>> result = pda.report(store, "cost", by=["day"], since="7d", compare=True)
    >>> result.rows, result.totals, result.notes

    Folders are grouped into projects, days are those of the settings' time zone.

    Args:
        store: An open store.
        name: The report, see `reports.REPORTS`.
        settings: The settings; default is the environment and `config.toml`.
        timezone: Another time zone than that of the settings.
        redact: Replace names by the hashes of this store.
        options: The other attributes of `reports.ReportRequest`.

    Raises:
        ReportError: the report or an option is unknown, or they do not go together.
        PricingError: there is no such pricing or model.
    """
    chosen = settings or Settings.from_environment()
    if timezone:
        chosen = replace(chosen, timezone=parse_timezone(timezone))
    request = ReportRequest.of(name, **options)
    if redact:
        request = replace(request, redaction=store_redaction(store.path))
    return run_report(store, request, chosen)


def run_report(
    source: ReportSource, request: ReportRequest, settings: Settings, *, now: datetime | None = None
) -> ReportResult:
    """Run a report.

    Args:
        source: An open store.
        request: What to report.
        settings: The time zone, week, projects and budgets to report with.
        now: The moment of the request.

    Raises:
        ReportError: the request cannot be answered.
        PricingError: there is no such pricing or model.
    """
    plan = _plan(request, settings, now or datetime.now(UTC))
    given, folders = _read(source, plan, settings)
    given, warnings = _with_names(given, plan, settings)
    narrowed = _narrow(given, plan.days)
    if plan.report.is_comparing:
        comparison = make_comparison(source, given, request.pricing, request.usage_csv, folders)
        if request.reconcile_with:
            messages = _messages(source, narrowed)
            comparison = replace(comparison, messages=messages, book=source.price_book())
        narrowed = replace(narrowed, comparison=comparison)
    before = _narrow(given, _days_of(plan.before)) if plan.before else None
    result = _compute(plan, narrowed, before)
    reason = empty_reason(
        *(plan.report, given, narrowed, result.rows),
        source=source,
        is_compared=before is not None,
        is_redacted=request.redaction is not None,
    )
    result = replace(
        result,
        notes=(*_notes(plan, narrowed, result.rows), *_cures(source, plan, result))
        if not reason
        else (),
        warnings=tuple(warnings),
        empty_reason=reason,
        is_unmatched=bool(reason) and is_unmatched(plan.report, given, narrowed),
        projects=_projects(given, result.rows) if not request.redaction else (),
        budget_state=exceeded_state(result.rows) if plan.report.name == "budget" else None,
    )
    return _arrange(result, plan)


def _messages(source: ReportSource, narrowed: ReportInput) -> pl.LazyFrame:
    """PocketDev's messages of the conversations that the filters leave; of all without any."""
    messages = source.conversation_messages()
    if narrowed.filters == Filters():
        return messages
    sessions = narrowed.history.usage.select("session_id").unique()
    conversations = messages.join(sessions, on="session_id").select("conversation_id").unique()
    return messages.join(conversations, on="conversation_id", how="semi")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A checked request, with its defaults from the settings filled in."""

    report: Report
    request: ReportRequest
    by: tuple[str, ...]
    days: Days
    week_start: str
    timezone: str
    now: datetime
    before: Period | None

    @property
    def title(self) -> str:
        grouping = f" by {' and '.join(self.by)}" if self.report.dimensions else ""
        compared = f", {self.days.period}, compared with {self.before}" if self.before else ""
        return f"{self.report.name}{grouping}{compared or self.days}, time zone {self.timezone}"


def _plan(request: ReportRequest, settings: Settings, now: datetime) -> _Plan:
    entry = request.check()
    week_start = request.week_start or settings.week_start
    days = resolve_days(
        *(request.since, request.until, request.period),
        today=today_in(settings.timezone),
        week_start=week_start,
    )
    before = None
    if request.compare:
        if days.period is None:
            raise ReportError("a comparison needs a period, such as last-month, or since 7d")
        before = days.period.before(week_start=week_start)
    by = entry.grouping([name for each in request.by for name in each.split(",") if name.strip()])
    return _Plan(entry, request, by, days, week_start, settings.timezone, now, before)


def _read(
    source: ReportSource, plan: _Plan, settings: Settings
) -> tuple[ReportInput, pl.LazyFrame | None]:
    """The unfiltered input, and its `project_map` where the report deals with projects."""
    given = ReportInput(
        history=source.history(**plan.request.pricing.to_arguments()),
        provenance=source.provenance(),
        by=plan.by,
        timezone=plan.timezone,
        week_start=plan.week_start,
        evidence=source.evidence,
        now=plan.now,
        idle_minutes=settings.idle_minutes,
        queue=source.queue() if plan.report.is_queue else None,
        is_estimated=plan.request.estimate,
    )
    if not (plan.request.projects or "project" in plan.by or plan.report.has_projects):
        return given, None
    folders = configured_projects(given.history, settings)
    return replace(given, history=group_projects(given.history, folders)), folders


def _with_names(
    given: ReportInput, plan: _Plan, settings: Settings
) -> tuple[ReportInput, list[str]]:
    """The input with filters and limits by full names, and warnings on the configured limits."""
    request = plan.request
    with _hiding_names(is_hidden=request.redaction is not None):
        filters = _filters(request, plan.days, given.history, settings.groups)
        limits = _limits(plan, given.history, settings)
    unused = unused_limits(limits, given.history.usage, settings.groups)
    warnings = [f"[budget.projects] of the configuration: {each}" for each in unused]
    if unused and request.redaction:
        warnings = [_UNUSED_LIMIT]
    return replace(given, unfiltered=given.history, filters=filters, limits=limits), warnings


@contextmanager
def _hiding_names(*, is_hidden: bool) -> Iterator[None]:
    """Replace error messages about names where those are redacted."""
    try:
        yield
    except ReportError:
        if is_hidden:
            raise ReportError(_NAME_PROBLEM) from None
        raise


def _filters(
    request: ReportRequest, days: Days, history: History, groups: Mapping[str, Any]
) -> Filters:
    return Filters(
        since=days.since,
        until=days.until,
        projects=find_projects(history, tuple(map(expand_project, request.projects)), groups),
        models=find_models(history, tuple(map(check_name, request.models))),
        branches=tuple(map(check_name, request.branches)),
        sessions=find_sessions(history, request.sessions),
        agents=request.agents,
        machines=tuple(map(check_name, request.machines)),
        products=tuple(map(check_name, request.products)),
        providers=request.providers,
        titles=tuple(map(check_name, request.titles)),
        workspaces=tuple(map(check_name, request.workspaces)),
        pocketdev_agents=tuple(map(check_name, request.pocketdev_agents)),
        screens=tuple(map(check_name, request.screens)),
        working_directories=tuple(map(check_name, request.working_directories)),
        conversation_statuses=request.conversation_statuses,
        deleted=request.deleted,
    )


def _limits(plan: _Plan, history: History, settings: Settings) -> tuple[Any, ...]:
    if plan.report.name != "budget":
        return ()
    typed = plan.request.budgets
    limits = configured_limits(settings.budget, plan.request.per) if typed is None else typed
    return resolve_limits(limits, history, settings.groups, is_typed=typed is not None)


def _cures(source: ReportSource, plan: _Plan, result: ReportResult) -> tuple[str, ...]:
    if plan.request.redaction or not result.unpriced_models:
        return ()
    return price_notes(source.price_book(), result.unpriced_models)


def _projects(given: ReportInput, rows: pl.DataFrame) -> tuple[str, ...]:
    return tuple(names_in(given.history, "project")) if "project" in rows.columns else ()


def _days_of(period: Period) -> Days:
    return Days(period.first, period.last)


def _narrow(given: ReportInput, days: Days) -> ReportInput:
    filters = replace(given.filters, since=days.since, until=days.until)
    history = filters.apply(given.history, timezone=given.timezone)
    # Rows and totals use the same facts: read and price them once.
    history = History(**{name: frame.cache() for name, frame in history.frames().items()})
    # Grouped by model, as filtered by it: the totals are of what the rows are of.
    history = history.only_usage() if "model" in given.by else history
    return replace(given, history=history, filters=filters)


def _compute(plan: _Plan, given: ReportInput, before: ReportInput | None) -> ReportResult:
    """Compute rows, totals and unpriced models together, so that the facts are read once."""
    entry = plan.report
    frames = {"rows": _compare(entry.rows, plan, given, before, by=plan.by)}
    if entry.totals:
        frames["totals"] = _compare(entry.totals, plan, given, before, by=())
    if entry.has_money:
        frames["unpriced"] = unpriced_models(given.history.usage)
    collected = dict(zip(frames, pl.collect_all(list(frames.values())), strict=True))
    # Some columns know no model: under a filter by model they would mislead.
    has_model = bool(plan.request.models) or "model" in plan.by
    dropped = entry.modelless if has_model and entry.modelless else ()
    totals, unpriced = collected.get("totals"), collected.get("unpriced")
    return ReportResult(
        report=entry.name,
        by=plan.by,
        timezone=plan.timezone,
        rows=_without(collected["rows"], dropped),
        totals=None if totals is None else _without(totals, dropped).row(0, named=True),
        unpriced_models=(
            None if unpriced is None else unpriced["model"].fill_null("(none named)").to_list()
        ),
        period=plan.days.period if before else None,
        period_before=plan.before,
        title=plan.title,
    )


def _compare(
    compute: Compute,
    plan: _Plan,
    given: ReportInput,
    before: ReportInput | None,
    *,
    by: tuple[str, ...],
) -> pl.LazyFrame:
    rows = compute(given)
    if before is None or plan.before is None or plan.days.period is None:
        return rows
    return compare(
        rows,
        compute(before),
        by=by,
        columns=plan.report.compared,
        period=plan.days.period,
        period_before=plan.before,
        week_start=plan.week_start,
    )


def _without(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """The frame without these columns, and without what they are compared with."""
    endings = ("", "_before", "_change", "_change_percent")
    return frame.drop([f"{name}{ending}" for name in names for ending in endings], strict=False)


def _arrange(result: ReportResult, plan: _Plan) -> ReportResult:
    request = plan.request
    if request.redaction:
        order = plan.by if plan.report.dimensions else plan.report.order
        result = result.redacted(request.redaction, order)
    if request.last:
        result = result.latest(request.last)
    if request.sort:
        result = result.sorted_by(request.sort)
    return result.cut(request.limit) if request.limit else result


def _notes(plan: _Plan, given: ReportInput, rows: pl.DataFrame) -> tuple[str, ...]:
    if given.queue and given.queue.synced_at:
        return (f"As of the last sync, {format_moment(given.queue.synced_at)} UTC.",)
    remarks = plan.report.remarks(rows) if plan.report.remarks else ()
    if not (plan.report.has_money or plan.report.is_comparing):
        # Nothing limits other numbers: no response needs a price to say so.
        return sample_notes(given.provenance)
    history = _history_of_periods(given, rows) if plan.report.name == "budget" else given.history
    limits = notes(quality(history, given.provenance))
    return (*remarks, *limits, _price_note(given, plan.request.pricing))


def _history_of_periods(given: ReportInput, rows: pl.DataFrame) -> History:
    """The facts of the months or days in the rows of `budget`."""
    first = date.fromisoformat(f"{rows['period'].sort()[0]}-01"[:10])
    return filter_history(given.all_time(), since=first, timezone=given.timezone)


def _price_note(given: ReportInput, prices: Pricing) -> str:
    """The sentence that says which prices the costs are made of."""
    source, day = given.provenance.price_source, given.provenance.price_date
    what_if = f", as if {prices.as_model} had run" if prices.as_model else ""
    at = f", all at the prices of {prices.prices_at}" if prices.prices_at else ""
    # Claude Code recorded no cost of another model: that is priced in full.
    is_full = prices.mode == "full" or (prices.mode == "recorded" and prices.as_model)
    mode = "" if is_full else f" ({prices.mode}: {MODES[prices.mode]})"
    return f"Prices: {source}{f' of {day}' if day else ''}{mode}{at}{what_if}."
