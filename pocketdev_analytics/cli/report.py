"""`report NAME`: one report, grouped and filtered as asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl

from pocketdev_analytics.cli._budget import budget_options, check_projects, exit_code, limits
from pocketdev_analytics.cli._compare import compare
from pocketdev_analytics.cli._days import period
from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width
from pocketdev_analytics.cli._prices import pricing_options
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import MODES, Pricing
from pocketdev_analytics.reports import (
    DIMENSIONS,
    REPORTS,
    Filters,
    Question,
    Queue,
    Report,
    find_report,
    notes,
    quality,
    unpriced_models,
    why_empty,
)

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["report"]

_NO_FIGURES = (
    "No session file has a figure of Claude Code's own to compare with; --usage-csv FILE compares"
    " with what Claude's console exports."
)


@dataclass(frozen=True, slots=True)
class _Answer:
    rows: pl.DataFrame
    totals: dict[str, Any] | None
    unpriced_models: list[str] | None


class _ReportCommand(click.Command):
    """A command whose help names the reports and dimensions there are."""

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
        with formatter.section("Examples"):
            for example in (
                "report cost",
                "report cost --by month --by model",
                "report cost --by project --since 2026-11-01",
                "report cost --by month --as-model claude-haiku-4-5",
                "report activity --by weekday --project ~/code/app",
                "report tools --format csv > tools.csv",
            ):
                formatter.write_text(f"pocketdev-analytics {example}")


@click.command(cls=_ReportCommand)
@click.argument("name")
@click.option(
    "--by",
    multiple=True,
    metavar="DIM",
    help="Group by this dimension; repeat it, or give a comma list, to group by several.",
)
@click.option("--since", metavar="DATE", help="From this day on, such as 2026-11-01.")
@click.option("--until", metavar="DATE", help="Up to this day, including it.")
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="PATH",
    help="Only this project folder and those below it; may be repeated.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="ID",
    help="Only this model, such as claude-opus-5; may be repeated.",
)
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
@format_option
@click.pass_obj
def report(
    session: Session,
    name: str,
    by: tuple[str, ...],
    *,
    since: str | None,
    until: str | None,
    projects: tuple[str, ...],
    models: tuple[str, ...],
    pricing: str,
    prices_at: date | None,
    as_model: str | None,
    usage_csv: Path | None,
    budget: str | None,
    budget_projects: tuple[str, ...],
    per: str | None,
    format_: str,
) -> None:
    """Print a report of your usage, such as `report cost --by month`.

    Days are those of your time zone (--timezone before `report` sets another).
    Costs are in US dollars; "≥" marks an amount that is at least this much,
    because some responses have no price or no final count of tokens.
    """
    from pocketdev_analytics.store import open_store

    entry = find_report(name)
    grouping = entry.grouping(_names(by))
    filters = _filters(since, until, projects, models)
    prices = Pricing(pricing, prices_at, as_model).checked()
    _check(entry, prices, models, usage_csv)
    if entry.name != "budget" and (budget or budget_projects or per):
        raise ReportError(f"report {entry.name!r} has no budget; ask `budget` about it")
    settings = session.settings
    asked_limits = limits(settings.budget, budget, budget_projects, per)
    with open_store(settings.store, read_only=True) as store:
        history = store.history(**prices.asked())
        asked = Question(history, store.provenance(), grouping, settings.timezone)
        asked = replace(
            asked,
            now=datetime.now(UTC),
            unfiltered=history,
            filters=filters,
            limits=asked_limits,
            idle_minutes=settings.idle_minutes,
            queue=store.queue() if entry.is_queue else None,
        )
        if budget_projects:
            check_projects(asked_limits, history.usage)
        narrowed = _narrowed(asked, filters)
        if entry.is_comparing:
            comparison = compare(store, asked, filters, prices, usage_csv)
            narrowed = replace(narrowed, comparison=comparison)
        answer = _answer(entry, narrowed, has_model=bool(models) or "model" in grouping)
        if format_ == "table":
            click.echo(_table(entry, asked, narrowed, filters, answer), nl=False)
            if not answer.rows.is_empty():
                click.echo(_prices(entry, narrowed, prices), nl=False)
    if format_ == "json":
        click.echo(json_text(_document(entry, asked, answer)))
    elif format_ == "csv":
        click.echo(csv_text(answer.rows), nl=False)
    if entry.name == "budget":
        click.get_current_context().exit(exit_code(answer.rows))


def _check(entry: Report, prices: Pricing, models: Sequence[str], usage_csv: Path | None) -> None:
    """Refuse options that mean nothing to this report."""
    if models and entry.modelless is None:
        raise ReportError(
            f"report {entry.name!r} cannot be filtered by model, as only responses have one;"
            " leave out --model"
        )
    if usage_csv and entry.name != "reconcile":
        raise ReportError(
            f"report {entry.name!r} compares with no --usage-csv; leave it out, or ask `reconcile`"
        )
    if prices.as_model and entry.is_comparing:
        raise ReportError(
            f"report {entry.name!r} compares with what the models that ran cost; leave out"
            " --as-model"
        )


def _names(by: Iterable[str]) -> list[str]:
    return [name for names in by for name in names.split(",") if name.strip()]


def _filters(
    since: str | None, until: str | None, projects: Sequence[str], models: Sequence[str]
) -> Filters:
    return Filters(*period(since, until), tuple(map(_project, projects)), tuple(models))


def _project(text: str) -> str:
    # What a person types of a folder they stand in or own; a full path is taken as it is.
    return str(Path(text).expanduser().resolve()) if text.startswith((".", "~")) else text


def _narrowed(asked: Question, filters: Filters) -> Question:
    history = filters.apply(asked.history, timezone=asked.timezone)
    # Rows, totals and notes ask for the same usage: it is to be read and priced once.
    history = replace(history, usage=history.usage.cache())
    # Grouped by model, as filtered by it: the totals are of what the rows are of.
    return replace(asked, history=history.only_usage() if "model" in asked.by else history)


def _answer(entry: Report, asked: Question, *, has_model: bool) -> _Answer:
    frames = {"rows": entry.rows(asked)}
    if entry.totals:
        frames["totals"] = entry.totals(asked)
    if entry.has_money:
        frames["unpriced"] = unpriced_models(asked.history.usage)
    without = entry.modelless if has_model and entry.modelless else ()
    # All at once, so that the history is read once.
    collected = dict(zip(frames, pl.collect_all(list(frames.values())), strict=True))
    totals, unpriced = collected.get("totals"), collected.get("unpriced")
    return _Answer(
        collected["rows"].drop(without, strict=False),
        None if totals is None else totals.drop(without, strict=False).row(0, named=True),
        None if unpriced is None else unpriced["model"].fill_null("(none named)").to_list(),
    )


def _document(entry: Report, asked: Question, answer: _Answer) -> dict[str, Any]:
    document: dict[str, Any] = {
        "report": entry.name,
        "by": list(asked.by),
        "timezone": asked.timezone,
        "rows": answer.rows.to_dicts(),
    }
    if answer.totals is not None:
        document["totals"] = answer.totals
    if answer.unpriced_models is not None:
        document["unpriced_models"] = answer.unpriced_models
    return document


def _table(
    entry: Report, asked: Question, narrowed: Question, filters: Filters, answer: _Answer
) -> str:
    if reason := why_empty(entry, asked, narrowed, filters):
        return f"{reason}\n"
    if answer.rows.is_empty() and entry.name == "reconcile":
        return f"{_NO_FIGURES}\n"
    if asked.queue and (reason := _no_queue(asked.queue, answer)):
        return f"{reason}\n"
    from pocketdev_analytics.cli._table import table_text

    grouping = f" by {' and '.join(asked.by)}" if entry.dimensions else ""
    table = table_text(
        answer.rows,
        by=asked.by,
        totals=answer.totals,
        width=table_width(),
        encoding=sys.stdout.encoding or "utf-8",
    )
    lines = "".join(f"{sentence}\n" for sentence in _sentences(entry, narrowed))
    return f"{entry.name}{grouping}, time zone {asked.timezone}\n\n{table}\n{lines}"


def _no_queue(queue: Queue, answer: _Answer) -> str:
    """The sentence to show instead of an empty report on PocketDev's queue."""
    if queue.synced_at is None:
        return (
            "PocketDev's database was not synced yet; `pocketdev-analytics sync --help` says how."
        )
    if answer.rows.is_empty():
        return f"There was nothing at the last sync, {queue.synced_at:%Y-%m-%d %H:%M} UTC."
    return ""


def _sentences(entry: Report, narrowed: Question) -> list[str]:
    found = quality(narrowed.history, narrowed.provenance)
    if narrowed.queue and narrowed.queue.synced_at:
        return [f"As of the last sync, {narrowed.queue.synced_at:%Y-%m-%d %H:%M} UTC."]
    if not (entry.has_money or entry.is_comparing):
        return list(notes(found))[: found.is_sample]
    return list(notes(found))


def _prices(entry: Report, narrowed: Question, prices: Pricing) -> str:
    """The line that says which prices the table's money is made of."""
    if not (entry.has_money or entry.is_comparing):
        return ""
    source, day = narrowed.provenance.price_source, narrowed.provenance.price_date
    what_if = f", as if {prices.as_model} had run" if prices.as_model else ""
    at = f", all at the prices of {prices.prices_at}" if prices.prices_at else ""
    # Nobody recorded what another model would have cost: that is priced in full.
    is_full = prices.mode == "full" or (prices.mode == "recorded" and prices.as_model)
    mode = "" if is_full else f" ({prices.mode}: {MODES[prices.mode]})"
    return f"Prices: {source}{f' of {day}' if day else ''}{mode}{at}{what_if}.\n"
