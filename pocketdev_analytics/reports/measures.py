"""Aggregations over usage that several reports share."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS

__all__ = [
    "BOUNDS",
    "at_least",
    "bound_counts",
    "cost_sum",
    "half_up",
    "response_count",
    "token_sums",
]

#: The columns that tell why a sum is a lower bound; one of them above 0 makes it one.
BOUNDS: Final = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")


def at_least() -> pl.Expr:
    """Whether the sums of a row of `cost` are lower bounds."""
    return pl.any_horizontal(pl.col(name) > 0 for name in BOUNDS)


def response_count() -> pl.Expr:
    """The number of responses; a further pass of one and an unlisted call are none."""
    return pl.col("response_count").sum().cast(pl.Int64).alias("responses")


def token_sums() -> list[pl.Expr]:
    """The sum of each class of tokens."""
    return [pl.col(name).sum().cast(pl.Int64) for name in TOKEN_COLUMNS]


def bound_counts() -> list[pl.Expr]:
    """The columns of `BOUNDS`.

    `lower_bound_responses` lack their final output count, or their usage is not known;
    `unseen_calls` were made, as the session's file shows, but their usage is in no line;
    `unpriced_tokens` have no price.
    """
    is_bound = pl.col("is_lower_bound")
    unpriced = pl.sum_horizontal(TOKEN_COLUMNS).filter(pl.col("cost_usd").is_null())
    return [
        (is_bound & (pl.col("response_count") > 0))
        .sum()
        .cast(pl.Int64)
        .alias("lower_bound_responses"),
        (is_bound & (pl.col("kind") == "unlisted")).sum().cast(pl.Int64).alias("unseen_calls"),
        unpriced.sum().cast(pl.Int64).alias("unpriced_tokens"),
    ]


def cost_sum() -> pl.Expr:
    """The cost of what has a price in US dollars: NULL where nothing has one, 0 without usage."""
    cost_usd = pl.col("cost_usd")
    # A sum over nothing is 0 in Polars, and so is one over NULLs: only the first is true.
    is_known = (pl.len() == 0) | (cost_usd.count() > 0)
    return pl.when(is_known).then(cost_usd.sum()).cast(COST_USD).alias("cost_usd")


def half_up(number: pl.Expr, places: int = 1) -> pl.Expr:
    """Round a float to so many decimal places, half up: Polars' default is half to even."""
    return number.round(places, mode="half_away_from_zero")
