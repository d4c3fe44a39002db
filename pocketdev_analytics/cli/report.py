"""`report NAME`: one report, grouped and filtered as asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from pocketdev_analytics.cli._answer import Compared, answered, titled, written
from pocketdev_analytics.cli._asking import Asking, asking_options
from pocketdev_analytics.cli._budget import (
    budget_options,
    exit_code,
    limits,
    of_periods,
    of_projects,
    slips,
)
from pocketdev_analytics.cli._compare import compare
from pocketdev_analytics.cli._days import Days
from pocketdev_analytics.cli._files import output_options, redact_option, target, unnamed
from pocketdev_analytics.cli._nothing import why_nothing
from pocketdev_analytics.cli._prices import pricing_options
from pocketdev_analytics.cli._text import printable, tell, unmarked
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.formatting import count_of, format_moment
from pocketdev_analytics.history import History
from pocketdev_analytics.pricing import MODES, Pricing
from pocketdev_analytics.projects import configured_projects
from pocketdev_analytics.reports import (
    DIMENSIONS,
    REPORTS,
    SPANS,
    Filters,
    Question,
    Report,
    find_report,
    fold_projects,
    notes,
    quality,
    sample_notes,
)

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.store import Store

__all__ = ["report"]


_SLIP = "Nothing was ever used in a project that the configuration has a budget for."


class _ReportCommand(click.Command):
    """A command whose help names the reports, dimensions and spans there are."""

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Reports (and how each is grouped unless you say --by)"):
            formatter.write_dl(
                [
                    (entry.name, f"{entry.help} [{', '.join(entry.by) or 'fixed rows'}]")
                    for entry in REPORTS.values()
                ]
            )
        with formatter.section("Dimensions for --by"):
            formatter.write_dl([(name, each.meaning) for name, each in DIMENSIONS.items()])
        with formatter.section("Spans for --since, --until and --period"):
            formatter.write_text(", ".join(SPANS))
        with formatter.section("Examples"):
            for example in (
                "report cost",
                "report cost --by month --by model",
                "report cost --by project --since 7d --sort -cost_usd --limit 10",
                "report cost --by model --period last-month --compare",
                "report cost --by month --as-model claude-haiku-4-5",
                "report activity --by weekday --week-start sunday --project ~/code/app",
                "report tools -o tools.csv",
            ):
                formatter.write_text(f"pocketdev-analytics {example}")


def _named(_context: click.Context, _argument: click.Parameter, name: str | None) -> str:
    if name is None:
        raise click.UsageError(f"say which report; there are {', '.join(REPORTS)}")
    return name


@click.command(cls=_ReportCommand)
@click.argument("name", required=False, callback=_named)
@asking_options
@pricing_options
@click.option(
    "--as-model",
    metavar="ID",
    help="What the same usage would have cost on this model, such as claude-haiku-4-5.",
)
@click.option(
    "--usage-csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For `reconcile`: the usage that Claude's console exports as CSV.",
)
@budget_options
@output_options
@redact_option
@click.pass_obj
def report(
    session: Session,
    /,
    name: str,
    *,
    pricing: str,
    prices_at: Any,
    as_model: str | None,
    usage_csv: Path | None,
    budget: str | None,
    budget_projects: tuple[str, ...],
    per: str | None,
    format_: str | None,
    output: Path | None,
    is_redacted: bool,
    **options: Any,
) -> None:
    """Print a report of your usage, such as `report cost --by month`.

    Days are those of your time zone (--timezone before `report` sets another).
    Costs are in US dollars; "≥" marks an amount that is at least this much,
    because some responses have no price or no final count of tokens.
    """
    from pocketdev_analytics.redaction import redaction_beside
    from pocketdev_analytics.store import open_store

    to, entry = target(format_, output), find_report(name)
    asking = Asking.of(session.settings, **options)
    prices = Pricing(pricing, prices_at, as_model).checked()
    is_budget = entry.name == "budget"
    if not is_budget and (budget is not None or budget_projects or per):
        raise ReportError(f"report {entry.name!r} has no budget; ask `budget` about it")
    budgets = limits(session.settings.budget, budget, budget_projects, per) if is_budget else ()
    grouping = entry.grouping(asking.by)
    asking.check(entry)
    _check(entry, prices, usage_csv)
    with open_store(session.settings.store, read_only=True) as store:
        asked, folders = _asked(store, entry, grouping, asking, prices)
        with unnamed(is_redacted=is_redacted):
            filters = asking.filters(asked.history)
            budgets = of_projects(
                budgets, asked.history, session.settings, is_typed=bool(budget_projects)
            )
        asked = replace(asked, unfiltered=asked.history, filters=filters, limits=budgets)
        unused = [
            _SLIP if is_redacted else f"[budget.projects] of the configuration: {slip}"
            for slip in slips(budgets, asked.history.usage, session.settings)
        ]
        narrowed = _narrowed(asked, filters)
        if entry.is_comparing:
            comparison = compare(store, asked, filters, prices, usage_csv, folders)
            narrowed = replace(narrowed, comparison=comparison)
        compared = asking.compared(
            lambda days: _narrowed(asked, replace(filters, since=days.since, until=days.until))
        )
        has_model = bool(asking.models) or "model" in grouping
        found = answered(entry, narrowed, compared, has_model=has_model)
        reason = why_nothing(
            *(entry, asked, narrowed, filters, found),
            store=store,
            is_compared=compared is not None,
            is_redacted=is_redacted,
        )
        if is_redacted:
            redaction = redaction_beside(session.settings.store)
            found = found.redacted(redaction, grouping if entry.dimensions else entry.order)
        answer = asking.arranged(found)
        if not to.is_to_read:
            content = written(to.format, entry, asked, answer, compared)
        elif reason:
            content = f"{unmarked(reason) if to.format == 'markdown' else printable(reason)}\n"
        else:
            title = _title(entry, asked, compared or asking.days)
            noted = of_periods(narrowed, found.rows) if is_budget else narrowed
            notes = [*_sentences(entry, noted), *unused, *_prices(entry, narrowed, prices)]
            content = titled(to, title, answer, by=grouping, notes=notes)
    to.write(content)
    for sentence in () if to.is_to_read else (reason, *unused):
        if sentence:
            tell(sentence, err=True)
    if to.file:
        tell(f"{to.file}: {count_of(answer.rows.height, 'row')}")
    if is_budget:
        click.get_current_context().exit(exit_code(found.rows))


def _check(entry: Report, prices: Pricing, usage_csv: Path | None) -> None:
    """Refuse prices and files that mean nothing to this report."""
    if usage_csv and entry.name != "reconcile":
        raise ReportError(
            f"report {entry.name!r} compares with no --usage-csv; leave it out, or ask `reconcile`"
        )
    if prices.as_model and entry.is_comparing:
        raise ReportError(
            f"report {entry.name!r} compares with what the models that ran cost; leave out"
            " --as-model"
        )


def _asked(
    store: Store, entry: Report, grouping: tuple[str, ...], asking: Asking, prices: Pricing
) -> tuple[Question, pl.LazyFrame | None]:
    """The question, and the projects of folders where it takes any to answer."""
    history, settings = store.history(**prices.asked()), asking.settings
    asked = Question(
        *(history, store.provenance(), grouping, settings.timezone),
        week_start=asking.week_start,
        evidence=store.evidence,
        now=datetime.now(UTC),
        idle_minutes=settings.idle_minutes,
        queue=store.queue() if entry.is_queue else None,
    )
    if not (asking.projects or "project" in grouping or entry.has_projects):
        return asked, None
    folders = configured_projects(history, settings)
    return replace(asked, history=fold_projects(history, folders)), folders


def _narrowed(asked: Question, filters: Filters) -> Question:
    history = filters.apply(asked.history, timezone=asked.timezone)
    # Rows and totals ask for the same facts: they are to be read, and priced, once.
    history = History(**{name: frame.cache() for name, frame in history.frames().items()})
    # Grouped by model, as filtered by it: the totals are of what the rows are of.
    history = history.only_usage() if "model" in asked.by else history
    return replace(asked, history=history, filters=filters)


def _title(entry: Report, asked: Question, period: Compared | Days) -> str:
    grouping = f" by {' and '.join(asked.by)}" if entry.dimensions else ""
    return f"{entry.name}{grouping}{period}, time zone {asked.timezone}"


def _sentences(entry: Report, narrowed: Question) -> list[str]:
    if narrowed.queue and narrowed.queue.synced_at:
        return [f"As of the last sync, {format_moment(narrowed.queue.synced_at)} UTC."]
    if entry.has_money or entry.is_comparing:
        return list(notes(quality(narrowed.history, narrowed.provenance)))
    # Nothing limits other numbers: no response is to be priced to say so.
    return list(sample_notes(narrowed.provenance))


def _prices(entry: Report, narrowed: Question, prices: Pricing) -> list[str]:
    """The line that says which prices the table's money is made of."""
    if not (entry.has_money or entry.is_comparing):
        return []
    source, day = narrowed.provenance.price_source, narrowed.provenance.price_date
    what_if = f", as if {prices.as_model} had run" if prices.as_model else ""
    at = f", all at the prices of {prices.prices_at}" if prices.prices_at else ""
    # Nobody recorded what another model would have cost: that is priced in full.
    is_full = prices.mode == "full" or (prices.mode == "recorded" and prices.as_model)
    mode = "" if is_full else f" ({prices.mode}: {MODES[prices.mode]})"
    return [f"Prices: {source}{f' of {day}' if day else ''}{mode}{at}{what_if}."]
