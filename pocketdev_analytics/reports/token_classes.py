"""The tokens and cost of each token class."""

from __future__ import annotations

import polars as pl

from pocketdev_analytics.model import TOKEN_COLUMNS

__all__ = ["token_classes"]


def token_classes(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row a class, in the order of a bill; those that nothing is in are left out.

    Columns: `token_class` (a token column's name, or `web_search` for what is billed
    by the request), `tokens`, `cost_usd`: NULL where none of the class has a price.
    The costs of all classes add up to `cost_usd` of the responses that have one.
    """
    classes = [_one_class(usage, name, pl.col(name).sum()) for name in TOKEN_COLUMNS]
    searches = _one_class(usage, "web_search", pl.lit(0))
    return pl.concat([*classes, searches]).filter((pl.col("tokens") > 0) | (pl.col("cost_usd") > 0))


def _one_class(usage: pl.LazyFrame, name: str, tokens: pl.Expr) -> pl.LazyFrame:
    cost = pl.col(f"{name.removesuffix('_tokens')}_cost_usd")
    return usage.select(
        pl.lit(name).alias("token_class"),
        tokens.cast(pl.Int64).alias("tokens"),
        pl.when(cost.count() > 0).then(cost.sum()).alias("cost_usd"),
    )
