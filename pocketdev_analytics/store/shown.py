"""Show a store in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pocketdev_analytics.exceptions import AnalyticsError
from pocketdev_analytics.formatting import format_usd
from pocketdev_analytics.model.history import Provenance, facts_html

__all__ = ["store_html"]

_CLOSED = "closed; existing frames can still be collected, open_store() opens it again"


def store_html(
    path: Path, provenance: Callable[[], Provenance], usage: Callable[[], pl.LazyFrame] | None
) -> str:
    """Return an HTML table of a store's contents; `usage` is None for a closed store."""
    caption = f"Store {path}"
    if usage is None:
        return facts_html(caption, {"State": _CLOSED})
    try:
        return facts_html(caption, {**provenance().facts(), **_cost_facts(usage())})
    except AnalyticsError as error:
        return facts_html(caption, {"State": str(error)})


def _cost_facts(usage: pl.LazyFrame) -> dict[str, str]:
    cost_usd = pl.col("cost_usd")
    counts = usage.select(
        responses=pl.col("response_count").sum().cast(pl.Int64),
        cost_usd=pl.when(cost_usd.count() > 0).then(cost_usd.sum()),
        is_bounded=cost_usd.is_null().any() | pl.col("is_lower_bound").any(),
    )
    responses, cost, is_bounded = counts.collect().row(0)
    money = format_usd(cost, is_at_least=is_bounded)
    if cost is None and not responses:
        money = "nothing spent"
    return {"Responses": f"{responses:,}", "Cost": money}
