"""Prices as data: what a million tokens of each class cost, from when, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

import polars as pl

from pocketdev_analytics.model import Schema

__all__ = [
    "CATALOGUE",
    "MODEL_PRICING",
    "PRICE_COLUMNS",
    "STANDARD",
    "CatalogueRow",
    "ModelPrice",
    "Prices",
]

STANDARD: Final = "standard"

_PRICE: Final = pl.Decimal(18, 9)

#: The columns of `model_pricing` that say what a model costs, after its name.
MODEL_PRICING: Final[Schema] = {
    "model_name": pl.String,
    "input_price_per_million": pl.Decimal(10, 6),
    "cache_write_multiplier": pl.Decimal(5, 3),
    "cache_read_multiplier": pl.Decimal(5, 3),
    "output_price_per_million": pl.Decimal(10, 6),
}
PRICE_COLUMNS: Final = tuple(MODEL_PRICING)[1:]

#: The columns of `price_catalogue`.
CATALOGUE: Final[Schema] = {
    "model": pl.String,
    "valid_from": pl.Date,
    "valid_until": pl.Date,
    "speed": pl.String,
    "service_tier": pl.String,
    "min_prompt_tokens": pl.Int64,
    "input_price_per_million": _PRICE,
    "cache_write_5m_price_per_million": _PRICE,
    "cache_write_1h_price_per_million": _PRICE,
    "cache_read_price_per_million": _PRICE,
    "output_price_per_million": _PRICE,
    "web_search_per_thousand_usd": _PRICE,
    "source": pl.String,
    "source_version": pl.String,
}

_WEB: Final = "web_search_per_thousand_usd"


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens of each class, and per thousand web searches.

    `web_search` is None where nobody lists a price for it.
    """

    input: Decimal
    cache_write_5m: Decimal
    cache_write_1h: Decimal
    cache_read: Decimal
    output: Decimal
    web_search: Decimal | None = None

    def tokens(self) -> Iterator[tuple[str, Decimal]]:
        """The five token classes and their prices."""
        return ((each.name, getattr(self, each.name)) for each in fields(self)[:-1])

    def of_tokens(self, change: Callable[[str, Decimal], Decimal]) -> Self:
        """The same with every token price changed; web searches cost what they did."""
        changed = {name: change(name, price) for name, price in self.tokens()}
        return type(self)(**changed, web_search=self.web_search)


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A listed price: of a model, at a speed and service tier, for prompts over a length.

    It holds from the UTC day `valid_from` (None: since the model is known) to the one before
    `valid_until` (None: still in force), for whole requests whose prompt is longer than
    `min_prompt_tokens`.
    """

    model: str
    valid_from: date | None
    valid_until: date | None
    speed: str
    service_tier: str
    min_prompt_tokens: int
    prices: Prices
    source: str
    source_version: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is a price of, whenever."""
        return (self.model, self.speed, self.service_tier, self.min_prompt_tokens)

    @property
    def from_day(self) -> date:
        """`valid_from` as a day that can be compared."""
        return self.valid_from or date.min

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.from_day <= day and (self.valid_until is None or day < self.valid_until)

    @classmethod
    def from_columns(cls, row: Mapping[str, Any]) -> Self:
        """A row of `CATALOGUE`."""
        prices = {name: row[_column(name)] for name in _TOKEN_CLASSES}
        rest = {each.name: row[each.name] for each in fields(cls) if each.name != "prices"}
        return cls(prices=Prices(**prices, web_search=row[_WEB]), **rest)

    @classmethod
    def from_texts(cls, row: Mapping[str, str | None]) -> Self:
        """A row of a CSV file with the columns of `CATALOGUE`, an empty cell for None."""
        return cls.from_columns(
            {name: _parsed(text, CATALOGUE[name]) for name, text in row.items()}
        )

    def columns(self) -> dict[str, Any]:
        """The row of `CATALOGUE`."""
        prices = {_column(name): price for name, price in self.prices.tokens()}
        values = asdict(self) | prices | {_WEB: self.prices.web_search}
        return {name: values[name] for name in CATALOGUE}

    def __str__(self) -> str:
        kind = [name for name in (self.speed, self.service_tier) if name != STANDARD]
        if self.min_prompt_tokens:
            kind.append(f"prompts over {self.min_prompt_tokens:,} tokens")
        since = f"from {self.valid_from}" if self.valid_from else "since it was released"
        until = f" until {self.valid_until}" if self.valid_until else ""
        what = ", ".join([self.model, *kind])
        return f"list price of {what}, {since}{until} ({self.source} {self.source_version})"


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """A row of `model_pricing`; a price that is missing there is None.

    `is_customised` says that it is no longer the row that was seeded.
    """

    model_name: str
    input_price_per_million: Decimal | None
    cache_write_multiplier: Decimal
    cache_read_multiplier: Decimal
    output_price_per_million: Decimal | None
    is_customised: bool = False

    @property
    def is_own_price(self) -> bool:
        """Whether it goes before the list: it is customised, and lacks no price."""
        is_whole = None not in (self.input_price_per_million, self.output_price_per_million)
        return self.is_customised and is_whole

    def prices(self, *, write_1h_multiplier: Decimal, web_search: Decimal | None) -> Prices | None:
        """What it makes a million tokens cost; None where it lacks a price."""
        base, output = self.input_price_per_million, self.output_price_per_million
        if base is None or output is None:
            return None
        return Prices(
            input=base,
            cache_write_5m=base * self.cache_write_multiplier,
            cache_write_1h=base * write_1h_multiplier,
            cache_read=base * self.cache_read_multiplier,
            output=output,
            web_search=web_search,
        )


_TOKEN_CLASSES: Final = tuple(each.name for each in fields(Prices) if each.name != "web_search")


def _parsed(text: str | None, kind: object) -> object:
    if not text:
        return None
    if kind == pl.Date:
        return date.fromisoformat(text)
    if kind == pl.Int64:
        return int(text)
    return Decimal(text) if kind == _PRICE else text


def _column(name: str) -> str:
    return f"{name}_price_per_million"
