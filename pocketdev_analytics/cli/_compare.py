"""What the comparing reports compare with: other prices of the same usage, others' figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pocketdev_analytics.pricing import PriceBook, Pricing
from pocketdev_analytics.reports import Comparison, Filters, Question

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["compare"]


def compare(
    store: Store, asked: Question, filters: Filters, prices: Pricing, usage_csv: Path | None
) -> Comparison:
    """The comparison for a question that is narrowed by `filters`."""
    book = store.price_book()

    def unfiltered(**options: Any) -> pl.LazyFrame:
        return store.usage_cost(**(prices.asked() | options))

    def usage(**options: Any) -> pl.LazyFrame:
        history = replace(asked.history, usage=unfiltered(**options))
        return filters.apply(history, timezone=asked.timezone).usage

    billed = _billed(usage_csv, book) if usage_csv else None
    return Comparison(
        usage=usage,
        unfiltered=unfiltered,
        cost_states=_cost_states(store, usage(), filters),
        billed=billed,
        models=tuple(book.newest_models()),
        names=_names(store, book, billed),
        today=datetime.now(UTC).date(),
    )


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
