"""What the responses cost, by any dimensions, in exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS
from pocketdev_analytics.reports.dimensions import (
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
)

__all__ = ["COST_DIMENSIONS", "cost", "cost_measures", "totals", "unpriced_models"]

#: What a response can be grouped by.
COST_DIMENSIONS: Final = dimensions_of("usage")

_UNPRICED_TOKENS: Final = (
    pl.when(pl.col("cost_usd").is_null())
    .then(pl.sum_horizontal(TOKEN_COLUMNS))
    .otherwise(0)
    .sum()
    .cast(pl.Int64)
    .alias("unpriced_tokens")
)


def cost(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """What each group of responses used and cost.

    Columns: those of `by`, then `responses, input_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, cache_read_tokens, output_tokens, web_search_requests,
    cost_usd, lower_bound_responses, unpriced_tokens`; sorted by the columns of
    `by`, and one row over all where there are none.

    `cost_usd` is the exact sum in US dollars of the responses that have a price:
    NULL where none has one, 0 only where there was no usage. `unpriced_tokens`
    are the tokens of the others. Where `unpriced_tokens` or
    `lower_bound_responses` is above 0, the cost reads "at least".

    Raises:
        ReportError: a name in `by` is no dimension of a response.
    """
    names = check_dimensions(
        by, COST_DIMENSIONS, report="cost", cure="; the report 'tools' groups tool calls"
    )
    return grouped(
        usage,
        names,
        facts=FACTS["usage"],
        timezone=timezone,
        measures=cost_measures(),
        week_start=week_start,
    )


def totals(usage: pl.LazyFrame) -> pl.LazyFrame:
    """`cost` over all responses: one row, zeros where there are none."""
    return cost(usage, by=())


def unpriced_models(usage: pl.LazyFrame) -> pl.LazyFrame:
    """The models that some responses have no price for, sorted by name.

    Columns: `model, responses`, the five token columns, `unpriced_tokens`; they
    count the responses without a price only.
    """
    measures = [_count("responses"), *map(_sum, TOKEN_COLUMNS), _UNPRICED_TOKENS]
    return (
        usage.filter(pl.col("cost_usd").is_null())
        .group_by("model")
        .agg(measures)
        .sort("model", nulls_last=True)
    )


def cost_measures() -> list[pl.Expr]:
    """The columns of `cost` after those of `by`, as aggregations over usage."""
    return [
        _count("responses"),
        *map(_sum, TOKEN_COLUMNS),
        _sum("web_search_requests"),
        _cost_usd(),
        pl.col("is_lower_bound").sum().cast(pl.Int64).alias("lower_bound_responses"),
        _UNPRICED_TOKENS,
    ]


def _cost_usd() -> pl.Expr:
    cost_usd = pl.col("cost_usd")
    # A sum over nothing is 0 in Polars, and so is one over NULLs: only the first is true.
    is_known = (pl.len() == 0) | (cost_usd.count() > 0)
    return pl.when(is_known).then(cost_usd.sum()).cast(COST_USD).alias("cost_usd")


def _count(name: str) -> pl.Expr:
    return pl.len().cast(pl.Int64).alias(name)


def _sum(column: str) -> pl.Expr:
    return pl.col(column).sum().cast(pl.Int64)
