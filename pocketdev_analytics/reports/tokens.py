"""Tokens of each class, by any dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports.dimensions import (
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
)
from pocketdev_analytics.reports.measures import bound_counts, response_count, token_sums

__all__ = ["TOKEN_DIMENSIONS", "tokens"]

#: What a response can be grouped by.
TOKEN_DIMENSIONS: Final = dimensions_of("usage")

# All that is read by the model: new input, cache writes, what comes from the cache.
_PROMPT_COLUMNS: Final = tuple(name for name in TOKEN_COLUMNS if name != "output_tokens")


def tokens(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Return the tokens of each group of responses.

    Columns: those of `by`, then `responses, input_tokens, cache_write_5m_tokens,
    cache_write_1h_tokens, cache_read_tokens, output_tokens, total_tokens, cache_hit_rate,
    web_search_requests, lower_bound_responses, unseen_calls`; sorted by the columns of `by`,
    and one row over everything if there are none.

    `total_tokens` is the sum of the five classes. `cache_hit_rate` (0 to 1) is the share of
    the prompts' tokens that came from the cache: cache reads divided by input, cache writes
    and cache reads together, NULL if there are none. That these three add up to what was
    sent is Anthropic's own sum (its documentation of prompt caching, "Tracking cache
    performance"). Tokens are at least that many where one of the last two columns is above 0:
    for `lower_bound_responses` alone, output tokens.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    names = check_dimensions(
        by, TOKEN_DIMENSIONS, report="tokens", cure="; the report 'tools' groups tool calls"
    )
    sent = pl.sum_horizontal(pl.col(name).sum() for name in _PROMPT_COLUMNS)
    read = pl.col("cache_read_tokens").sum()
    *bounds, _ = bound_counts()
    measures = [
        response_count(),
        *token_sums(),
        pl.sum_horizontal(pl.col(name).sum() for name in TOKEN_COLUMNS)
        .cast(pl.Int64)
        .alias("total_tokens"),
        pl.when(sent > 0).then(read / sent).alias("cache_hit_rate"),
        pl.col("web_search_requests").sum().cast(pl.Int64),
        *bounds,
    ]
    return grouped(
        usage,
        names,
        facts=FACTS["usage"],
        timezone=timezone,
        measures=measures,
        week_start=week_start,
    )
