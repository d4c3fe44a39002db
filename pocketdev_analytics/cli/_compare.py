"""What the comparing reports compare with: other prices of the same usage, others' figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.pricing import PriceBook, Pricing
from pocketdev_analytics.reports import LAST_DAYS, Comparison, Filters, Question, fold_frame

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["compare"]


def compare(
    store: Store,
    asked: Question,
    filters: Filters,
    prices: Pricing,
    usage_csv: Path | None,
    folders: pl.LazyFrame | None = None,
) -> Comparison:
    """The comparison for a question that is narrowed by `filters`.

    `folders` says of which projects the folders are, where the question asks for any.
    """
    book, today = store.price_book(), datetime.now(ZoneInfo(asked.timezone)).date()

    def unfiltered(**options: Any) -> pl.LazyFrame:
        return store.usage_cost(**_otherwise(prices, options))

    def usage(**options: Any) -> pl.LazyFrame:
        priced = unfiltered(**options)
        folded = priced if folders is None else fold_frame(priced, folders)
        history = replace(asked.history, usage=folded)
        # Models are compared over the last days alone: no others are to be read for each.
        asked_for = recent() if "as_model" in options else filters
        return asked_for.apply(history, timezone=asked.timezone).usage

    @cache
    def recent() -> Filters:
        return _last_days(asked, filters, today)

    billed = _billed(usage_csv, book) if usage_csv else None
    return Comparison(
        usage=usage,
        unfiltered=unfiltered,
        cost_states=_cost_states(store, usage(), filters),
        billed=billed,
        models=tuple(book.current_models(today)),
        names=_names(store, book, billed),
        today=today,
    )


def _last_days(asked: Question, filters: Filters, today: date) -> Filters:
    """The same filters, for the last days up to today of what they leave."""
    usage = filters.apply(asked.history, timezone=asked.timezone).usage
    day = pl.col("responded_at").dt.convert_time_zone(asked.timezone).dt.date()
    last = usage.select(day.filter(day <= today).max()).collect().item()
    if last is None:
        return filters
    since = last - timedelta(days=LAST_DAYS - 1)
    return replace(filters, since=max(since, filters.since or since))


def _otherwise(prices: Pricing, options: dict[str, Any]) -> dict[str, Any]:
    """The prices that are asked for, with these options; as far as they go together."""
    other = prices.asked() | options
    if options and prices.mode == "recorded":
        del other["pricing"]  # nobody recorded what would have been
    elif prices.mode == "plain":
        other.pop("prices_at", None)
    return other


def _billed(usage_csv: Path, book: PriceBook) -> pl.LazyFrame:
    from pocketdev_analytics.pricing.console import console_costs

    return console_costs(usage_csv, book).lazy()


def _cost_states(store: Store, usage: pl.LazyFrame, filters: Filters) -> pl.LazyFrame:
    states = store.cost_states()
    if filters == Filters():
        return states
    return states.join(usage.select("session_id").unique(), on="session_id", how="semi")


def _names(store: Store, book: PriceBook, billed: pl.LazyFrame | None) -> Mapping[str, str]:
    """The listed model of every spelling that is to be compared."""
    frames = [store.usage_kinds(), store.cost_states(), *([] if billed is None else [billed])]
    models = pl.concat(frame.select("model") for frame in frames).unique().collect()["model"]
    found = {model: book.listed_model(model) for model in models.drop_nulls()}
    return {model: listed for model, listed in found.items() if listed}
