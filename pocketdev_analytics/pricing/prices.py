"""Prices as data: the price of each unit, its dates and its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, Self

import polars as pl

from pocketdev_analytics.model import Schema
from pocketdev_analytics.model.units import UNITS

__all__ = [
    "CATALOGUE",
    "MODEL_PRICING",
    "PRICE_COLUMNS",
    "STANDARD",
    "CatalogueRow",
    "Key",
    "ModelPrice",
    "Prices",
]

STANDARD: Final = "standard"

_PRICE: Final = pl.Decimal(18, 9)
_WRITE_5M: Final = "cache_write_5m"
_WRITE_1H: Final = "cache_write_1h"

#: The columns of `model_pricing`: the model's name and its prices.
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
    "hours_from": pl.Time,
    "hours_until": pl.Time,
    "speed": pl.String,
    "service_tier": pl.String,
    "min_prompt_tokens": pl.Int64,
    **{unit.price_column: _PRICE for unit in UNITS},
    "source": pl.String,
    "source_version": pl.String,
}

#: What a list price applies to, regardless of dates: model, speed, service tier, prompt length,
#: hours.
Key = tuple[str, str, str, int, time | None]


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of billed units in US dollars, per the quantity in `UNITS`.

    `prices["output"]` is a price; None if no list has one for the unit.
    """

    values: tuple[Decimal | None, ...]

    @classmethod
    def of(cls, given: Mapping[str, Decimal | None]) -> Self:
        """Build from prices by unit; a missing one is that of its `priced_as`, else unknown."""
        found: dict[str, Decimal | None] = {}
        for unit in UNITS:
            price = given.get(unit.name)
            found[unit.name] = found[unit.priced_as] if price is None and unit.priced_as else price
        return cls(tuple(found.values()))

    def __getitem__(self, name: str) -> Decimal | None:
        """Return the price of the unit with this name."""
        return self.values[_POSITIONS[name]]

    def items(self) -> Iterator[tuple[str, Decimal | None]]:
        """Return the names of units with their prices."""
        return zip(_POSITIONS, self.values, strict=True)

    def of_tokens(self, change: Callable[[str, Decimal], Decimal]) -> Self:
        """Return a copy with every token price changed; prices of other units stay."""
        return type(self)(
            tuple(
                change(unit.name, price) if unit.is_token and price is not None else price
                for unit, price in zip(UNITS, self.values, strict=True)
            )
        )

    def times(self, factor: Decimal) -> Self:
        """Return a copy with every price multiplied."""
        return type(self)(tuple(each if each is None else each * factor for each in self.values))


_POSITIONS: Final = {unit.name: position for position, unit in enumerate(UNITS)}


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A list price: of a model, at a speed and service tier, for prompts over a length.

    It applies from the UTC day `valid_from` (None: since the model exists) until the day before
    `valid_until` (None: no end), to entire requests whose prompt is longer than
    `min_prompt_tokens`. With `hours_from` and `hours_until` it applies only in those hours (UTC)
    of each day, and takes precedence over the price of the entire day.
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
    hours_from: time | None = None
    hours_until: time | None = None

    @property
    def key(self) -> Key:
        """The requests that the price applies to, regardless of dates."""
        return (
            self.model,
            self.speed,
            self.service_tier,
            self.min_prompt_tokens,
            self.hours_from,
        )

    @property
    def from_day(self) -> date:
        """`valid_from` as a day that can be compared."""
        return self.valid_from or date.min

    def holds_on(self, day: date) -> bool:
        """Whether it applies on this day, at some hour."""
        return self.from_day <= day and (self.valid_until is None or day < self.valid_until)

    def holds_at(self, at: datetime) -> bool:
        """Whether it applies at this UTC time."""
        is_hour = (self.hours_from or time.min) <= at.time() and (
            self.hours_until is None or at.time() < self.hours_until
        )
        return is_hour and self.holds_on(at.date())

    @classmethod
    def from_columns(cls, row: Mapping[str, Any]) -> Self:
        """Build from a row of `CATALOGUE`."""
        prices = Prices.of({unit.name: row[unit.price_column] for unit in UNITS})
        return cls(prices=prices, **{name: row[name] for name in _TERMS})

    @classmethod
    def from_texts(cls, row: Mapping[str, str | None]) -> Self:
        """Build from a CSV row with the columns of `CATALOGUE`; an empty cell is None."""
        return cls.from_columns({name: _parse(text, CATALOGUE[name]) for name, text in row.items()})

    def columns(self) -> dict[str, Any]:
        """Return the row of `CATALOGUE`."""
        prices = {unit.price_column: self.prices[unit.name] for unit in UNITS}
        values = asdict(self) | prices
        return {name: values[name] for name in CATALOGUE}

    def __str__(self) -> str:
        kind = [name for name in (self.speed, self.service_tier) if name != STANDARD]
        if self.min_prompt_tokens:
            kind.append(f"prompts over {self.min_prompt_tokens:,} tokens")
        if self.hours_from is not None:
            end = f"{self.hours_until or time.min:%H:%M}"
            kind.append(f"{self.hours_from:%H:%M} to {end} UTC")
        since = f"from {self.valid_from}" if self.valid_from else "since it was released"
        until = f" until {self.valid_until}" if self.valid_until else ""
        what = ", ".join([self.model, *kind])
        return f"list price of {what}, {since}{until} ({self.source} {self.source_version})"


_TERMS: Final = tuple(each.name for each in fields(CatalogueRow) if each.name != "prices")


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """A row of `model_pricing`; a missing price is None.

    `is_customised`: it differs from the seeded row.
    """

    model_name: str
    input_price_per_million: Decimal | None
    cache_write_multiplier: Decimal
    cache_read_multiplier: Decimal
    output_price_per_million: Decimal | None
    is_customised: bool = False

    @property
    def is_own_price(self) -> bool:
        """Whether it takes precedence over the list: customised, and with both prices."""
        is_complete = None not in (self.input_price_per_million, self.output_price_per_million)
        return self.is_customised and is_complete

    def prices(self, *, write_1h_multiplier: Decimal, web_search: Decimal | None) -> Prices | None:
        """Return the prices of all units; None if the input or output price is missing."""
        base, output = self.input_price_per_million, self.output_price_per_million
        if base is None or output is None:
            return None
        return Prices.of(
            {
                "input": base,
                _WRITE_5M: base * self.cache_write_multiplier,
                _WRITE_1H: base * write_1h_multiplier,
                "cache_read": base * self.cache_read_multiplier,
                "output": output,
                "web_search": web_search,
            }
        )


def _parse(text: str | None, kind: object) -> object:
    if not text:
        return None
    if kind == pl.Date:
        return date.fromisoformat(text)
    if kind == pl.Time:
        return time.fromisoformat(text)
    if kind == pl.Int64:
        return int(text)
    return Decimal(text) if kind == _PRICE else text
