"""Read the tables of prices into a price book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.pricing import (
    CATALOGUE,
    MODEL_PRICING,
    PRICE_COLUMNS,
    CatalogueRow,
    ManagedPrices,
    ModelPrice,
    PriceBook,
)
from pocketdev_analytics.pricing.managed import RATES

__all__ = [
    "MANAGED_RATES",
    "MODEL",
    "PRICES",
    "model_values",
    "read_book",
    "read_catalogue",
]

#: The price columns of `model_pricing`, without and with the model's name.
PRICES: Final = PRICE_COLUMNS
MODEL: Final = tuple(MODEL_PRICING)
#: The columns of `managed_prices` for the rates of `modelPricing`, in order.
MANAGED_RATES: Final = tuple(
    f"{name}_price_per_million" for name in ("input", "output", "cache_read", "cache_write")
)


def read_book(read: Callable[[str], pl.DataFrame]) -> PriceBook:
    """Read all prices and aliases with `read(sql)`."""
    models = read(f"select {', '.join(MODEL)}, is_customised from model_prices")
    aliases = read("select name, model from model_aliases")
    return PriceBook.of(
        read_catalogue(read),
        [ModelPrice(*row) for row in models.iter_rows()],
        dict(aliases.iter_rows()),
        read_managed(read),
    )


def read_managed(read: Callable[[str], pl.DataFrame]) -> list[ManagedPrices]:
    """Read the editions of contracted prices with `read(sql)`."""
    editions = read("select valid_from, multiplier, source from managed_price_editions")
    rows = read(f"select valid_from, model, {', '.join(MANAGED_RATES)} from managed_prices")
    overrides: dict[date, dict[str, dict[str, Decimal]]] = defaultdict(dict)
    for day, model, *rates in rows.iter_rows():
        overrides[day][model] = dict(zip(RATES, rates, strict=True))
    return [
        ManagedPrices(day, multiplier, overrides[day], source)
        for day, multiplier, source in editions.iter_rows()
    ]


def read_catalogue(read: Callable[[str], pl.DataFrame]) -> list[CatalogueRow]:
    """Read the catalogue with `read(sql)`, in the order in which rows were added."""
    rows = read(f"select {', '.join(CATALOGUE)} from price_catalogue order by id")
    return [CatalogueRow.from_columns(row) for row in rows.iter_rows(named=True)]


def model_values(model: ModelPrice) -> list[Any]:
    """Return the row's values in the order of `MODEL`."""
    return [getattr(model, name) for name in MODEL]
