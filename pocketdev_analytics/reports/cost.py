"""The cost of responses, by any dimensions, in exact decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.reports.dimensions import (
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
)
from pocketdev_analytics.reports.measures import (
    bound_counts,
    cost_sum,
    response_count,
    token_sums,
)

__all__ = ["COST_DIMENSIONS", "cost", "cost_measures", "totals", "unpriced_models"]

#: What a response can be grouped by.
COST_DIMENSIONS: Final = dimensions_of("usage")


def cost(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Usage and cost of each group of responses and of the calls that no line tells of.

    Columns: those of `by`, then `responses, input_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, cache_read_tokens, output_tokens, web_search_requests,
    cost_usd, lower_bound_responses, unseen_calls, unpriced_tokens`; sorted by the columns
    of `by`, and one row over everything if there are none.

    `cost_usd` is the exact sum in US dollars of what has a price: NULL where nothing has
    one, 0 only where there was no usage. Where one of the last three columns
    (`reports.measures.BOUNDS`) is above 0, the cost reads "at least".

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
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
    *_, unpriced_tokens = bound_counts()
    measures = [response_count(), *token_sums(), unpriced_tokens]
    return (
        usage.filter(pl.col("cost_usd").is_null())
        .group_by("model")
        .agg(measures)
        .sort("model", nulls_last=True)
    )


def cost_measures() -> list[pl.Expr]:
    """The columns of `cost` after those of `by`, as aggregations over usage."""
    searches = pl.col("web_search_requests").sum().cast(pl.Int64)
    return [response_count(), *token_sums(), searches, cost_sum(), *bound_counts()]
