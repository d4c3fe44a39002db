"""What each class of tokens amounts to, and costs."""

from __future__ import annotations

import polars as pl

from pocketdev_analytics.schema import TOKEN_COLUMNS

__all__ = ["cost_by_token_class"]


def cost_by_token_class(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row a class, in the order of a bill, those with no tokens left out.

    Columns: `token_class` (a token column's name), `tokens`, `cost_usd`: NULL
    where none of the class's tokens has a price. What is billed beside tokens,
    such as web searches, is in no class.
    """
    classes = [_one_class(usage, column) for column in TOKEN_COLUMNS]
    return pl.concat(classes).filter(pl.col("tokens") > 0)


def _one_class(usage: pl.LazyFrame, column: str) -> pl.LazyFrame:
    cost = pl.col(f"{column.removesuffix('_tokens')}_cost_usd")
    return usage.select(
        pl.lit(column).alias("token_class"),
        pl.col(column).sum().cast(pl.Int64).alias("tokens"),
        pl.when(cost.count() > 0).then(cost.sum()).alias("cost_usd"),
    )
