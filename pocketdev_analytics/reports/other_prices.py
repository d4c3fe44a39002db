"""The figures that comparing reports compare with: other prices, and those of other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.pricing import (
    PriceBook,
    Pricing,
    client_folders,
    read_client_figures,
)
from pocketdev_analytics.reports.filters import Filters
from pocketdev_analytics.reports.inputs import Comparison, OtherFigures, ReportInput
from pocketdev_analytics.reports.project_map import group_frame
from pocketdev_analytics.reports.savings import LAST_DAYS
from pocketdev_analytics.reports.source import ReportSource

__all__ = ["make_comparison"]


def make_comparison(
    source: ReportSource,
    given: ReportInput,
    prices: Pricing,
    usage_csv: Path | None = None,
    folders: pl.LazyFrame | None = None,
) -> Comparison:
    """Return what `given` is to be compared with.

    Args:
        source: Where the facts are from.
        given: The unfiltered history, and the filters to apply.
        prices: The prices of the request.
        usage_csv: What Claude's console exported.
        folders: The `project_map`, if the history's folders are grouped into projects.
    """
    book, filters = source.price_book(), given.filters
    today = datetime.now(ZoneInfo(given.timezone)).date()

    def unfiltered(**options: Any) -> pl.LazyFrame:
        return source.usage_cost(**_combine(prices, options))

    def usage(**options: Any) -> pl.LazyFrame:
        priced = unfiltered(**options)
        grouped = priced if folders is None else group_frame(priced, folders)
        history = replace(given.history, usage=grouped)
        # Models are compared over the last days: reading everything for each takes too long.
        chosen = recent() if "as_model" in options else filters
        return chosen.apply(history, timezone=given.timezone).usage

    @cache
    def recent() -> Filters:
        return _last_days(given, today)

    return Comparison(
        usage=usage,
        unfiltered=unfiltered,
        figures=lambda: _figures(source, usage(), filters, prices, usage_csv),
        models=tuple(book.current_models(today)),
        today=today,
    )


def _figures(
    source: ReportSource,
    usage: pl.LazyFrame,
    filters: Filters,
    prices: Pricing,
    usage_csv: Path | None,
) -> OtherFigures:
    """Read what other programs state of the usage that `filters` leave."""
    book = source.price_book()
    billed = _billed(usage_csv, book) if usage_csv else None
    files = source.session_files().filter(~pl.col("is_remote").fill_null(value=False))
    client = read_client_figures(client_folders(files["path"]))
    runs, days = client.runs.lazy(), client.token_days.lazy()
    # Statistics are of all usage of a day: no filter but days fits them.
    is_by_day = filters.without_period() == Filters()
    return OtherFigures(
        cost_states=_of_sessions(source.cost_states(), usage, filters),
        billed=billed,
        bills=_of_sessions(source.session_bills(**prices.to_arguments()), usage, filters),
        runs=runs.join(usage.select("session_id").unique(), on="session_id", how="semi"),
        token_days=_of_days(days, filters) if is_by_day else days.clear(),
        line_tokens=source.line_tokens(),
        price_calls=lambda calls: source.price_calls(calls, **prices.to_arguments()),
        names=_names(source, book, billed, runs, days),
    )


def _last_days(given: ReportInput, today: date) -> Filters:
    """The same filters, for the last days with usage up to today."""
    filters = given.filters
    usage = filters.apply(given.history, timezone=given.timezone).usage
    day = pl.col("responded_at").dt.convert_time_zone(given.timezone).dt.date()
    last = usage.select(day.filter(day <= today).max()).collect().item()
    if last is None:
        return filters
    since = last - timedelta(days=LAST_DAYS - 1)
    return replace(filters, since=max(since, filters.since or since))


def _combine(prices: Pricing, options: dict[str, Any]) -> dict[str, Any]:
    """The requested prices with these options, as far as they go together."""
    combined = prices.to_arguments() | options
    if options and prices.mode == "recorded":
        del combined["pricing"]  # Claude Code recorded no hypothetical cost
    elif prices.mode == "plain":
        combined.pop("prices_at", None)
    return combined


def _billed(usage_csv: Path, book: PriceBook) -> pl.LazyFrame:
    from pocketdev_analytics.pricing.console import console_costs

    return console_costs(usage_csv, book).lazy()


def _of_sessions(rows: pl.LazyFrame, usage: pl.LazyFrame, filters: Filters) -> pl.LazyFrame:
    if filters == Filters():
        return rows
    return rows.join(usage.select("session_id").unique(), on="session_id", how="semi")


def _of_days(token_days: pl.LazyFrame, filters: Filters) -> pl.LazyFrame:
    first, last = filters.since or date.min, filters.until or date.max
    return token_days.filter(pl.col("day").is_between(first, last))


def _names(
    source: ReportSource, book: PriceBook, billed: pl.LazyFrame | None, *others: pl.LazyFrame
) -> Mapping[str, str]:
    """The listed model of every spelling that is compared."""
    frames = [source.usage_kinds(), source.cost_states(), *others]
    frames += [] if billed is None else [billed]
    models = pl.concat(frame.select("model") for frame in frames).unique().collect()["model"]
    found = {model: book.listed_model(model) for model in models.drop_nulls()}
    return {model: listed for model, listed in found.items() if listed}
