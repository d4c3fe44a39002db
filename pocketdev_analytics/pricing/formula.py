"""The one cost formula: tokens times prices, in exact decimals.

    cost = (input*I + write_5m*I*W + write_1h*I*2 + read*I*R + output*O) / 1,000,000

I and O are the input and output price per million tokens of the response's model in
`model_pricing`, W and R its cache write and read multipliers. A cache write that lives
an hour costs twice the input price whatever W is (Anthropic's pricing page: "1-hour
cache write tokens are 2 times the base input tokens price").
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import polars as pl

from pocketdev_analytics.schema import COST_USD, Schema

__all__ = ["MODEL_PRICING", "price"]

#: The columns of `model_pricing` that the formula reads.
MODEL_PRICING: Final[Schema] = {
    "model_name": pl.String,
    "input_price_per_million": pl.Decimal(10, 6),
    "cache_write_multiplier": pl.Decimal(5, 3),
    "cache_read_multiplier": pl.Decimal(5, 3),
    "output_price_per_million": pl.Decimal(10, 6),
}

_WRITE_1H_MULTIPLIER: Final = Decimal(2)
_PER_MILLION: Final = Decimal("0.000001")
_CLASSES: Final = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")


def price(usage: pl.LazyFrame, model_pricing: pl.LazyFrame) -> pl.LazyFrame:
    """Usage with what it cost: the columns of `schema.USAGE_COST`.

    `cost_usd` is the exact sum of the five classes' costs in US dollars, NULL where
    the model has no row in `model_pricing` or the row lacks a price.
    """
    costs = [
        (_exact(f"{kind}_tokens") * pl.col(f"{kind}_rate")).alias(f"{kind}_cost_usd")
        for kind in _CLASSES
    ]
    total = pl.sum_horizontal([f"{kind}_cost_usd" for kind in _CLASSES], ignore_nulls=False)
    return (
        usage.join(_rates(model_pricing), left_on="model", right_on="model_name", how="left")
        .with_columns(costs)
        .with_columns(total.cast(COST_USD).alias("cost_usd"))
        .drop(f"{kind}_rate" for kind in _CLASSES)
    )


def _rates(model_pricing: pl.LazyFrame) -> pl.LazyFrame:
    """US dollars per token of each class, one row a model."""
    base = _exact("input_price_per_million") * _PER_TOKEN
    rates = {
        "input": base,
        "cache_write_5m": base * _exact("cache_write_multiplier"),
        "cache_write_1h": base * pl.lit(_WRITE_1H_MULTIPLIER, COST_USD),
        "cache_read": base * _exact("cache_read_multiplier"),
        "output": _exact("output_price_per_million") * _PER_TOKEN,
    }
    return model_pricing.select(
        "model_name", *(rate.alias(f"{kind}_rate") for kind, rate in rates.items())
    )


def _exact(column: str) -> pl.Expr:
    # Decimals of fewer places would round the product to theirs.
    return pl.col(column).cast(COST_USD)


_PER_TOKEN: Final = pl.lit(_PER_MILLION, COST_USD)
