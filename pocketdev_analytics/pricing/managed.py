"""Contracted prices: `modelPricing` of Claude Code's managed settings, as a price source.

    {"modelPricing": {"multiplier": 0.85, "overrides": {"claude-sonnet-4-6":
        {"input": 2.4, "output": 12, "cacheRead": 0.24, "cacheWrite": 3}}}}

The form and its meaning are those of the client's own settings schema (2.1.332): rates are US
dollars per million tokens, all four required, from 0 to 10,000; `cacheWrite` is of 5-minute
and 1-hour writes; a matching row is charged exactly as written, without surcharges for fast
mode or data residency. A key that means a Claude model covers every spelling of it; any other
key matches that name alone, in any case, and a key that is exactly the name goes first.
`multiplier`, above 0 and up to 10, scales every price, overridden or not. The settings have
no dates: an import states the day from which they hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics.exceptions import PricingError
from pocketdev_analytics.files.regular import MEBIBYTE, read_regular_text
from pocketdev_analytics.pricing.prices import Prices

__all__ = ["RATES", "ManagedPrices", "read_managed_settings"]

_KEY: Final = "modelPricing"
#: The rates of a row, and the units that each is the price of.
RATES: Final = {
    "input": ("input",),
    "output": ("output",),
    "cacheRead": ("cache_read",),
    "cacheWrite": ("cache_write_5m", "cache_write_1h"),
}
_HIGHEST_RATE: Final = 10_000
_HIGHEST_MULTIPLIER: Final = 10
_PLACES: Final = 9
_MOST_BYTES: Final = 4 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class ManagedPrices:
    """An edition of contracted prices.

    Attributes:
        valid_from: Its first UTC day; it holds until the next edition's.
        multiplier: Scales every price, overridden or not.
        overrides: Rates by model: `input`, `output`, `cacheRead`, `cacheWrite`.
        source: Where it was read from.
    """

    valid_from: date
    multiplier: Decimal = Decimal(1)
    overrides: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    source: str = ""

    def override(self, name: str, listed_model: Callable[[str], str | None]) -> str | None:
        """Return the key that `name` is priced by: itself, or one of the same listed model."""
        exact = next((key for key in self.overrides if key.lower() == name.strip().lower()), None)
        if exact is not None:
            return exact
        model = listed_model(name)
        known = (key for key in self.overrides if model is not None)
        return next((key for key in known if listed_model(key) == model), None)

    def prices(self, key: str, *, web_search: Decimal | None) -> Prices:
        """Return the prices of an override, before the multiplier."""
        rates = self.overrides[key]
        units = {unit: rates[rate] for rate, units in RATES.items() for unit in units}
        return Prices.of({**units, "web_search": web_search})

    def __str__(self) -> str:
        return f"{_KEY} of {self.source}, from {self.valid_from}"


def read_managed_settings(file: Path, valid_from: date) -> ManagedPrices:
    """Read `modelPricing` of a settings file.

    Raises:
        PricingError: the file cannot be read, has no `modelPricing`, or a value of it is
            outside what Claude Code accepts.
    """
    try:
        settings = json.loads(
            read_regular_text(file, "utf-8-sig", _MOST_BYTES), parse_float=Decimal
        )
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PricingError(f"cannot read {file}: {reason}") from None
    found = settings.get(_KEY) if isinstance(settings, dict) else None
    if not isinstance(found, dict):
        raise PricingError(
            f"{file} has no {_KEY!r}; expected Claude Code's managed-settings.json with"
            ' {"modelPricing": {"overrides": {…}}}'
        )
    _check_keys(f"{file}: {_KEY}", found, ("multiplier", "overrides"))
    overrides = found.get("overrides", {})
    if not isinstance(overrides, dict):
        raise PricingError(f"{file}: {_KEY}.overrides is {overrides!r}; expected an object")
    multiplier = found.get("multiplier", 1)
    place = f"{file}: {_KEY}.multiplier"
    return ManagedPrices(
        valid_from,
        _number(place, multiplier, _HIGHEST_MULTIPLIER, is_above_zero=True),
        {key: _rates(f"{file}: {_KEY}.overrides.{key}", row) for key, row in overrides.items()},
        file.name,
    )


def _rates(place: str, row: Any) -> dict[str, Decimal]:
    if not isinstance(row, dict):
        raise PricingError(f"{place} is {row!r}; expected an object with {', '.join(RATES)}")
    _check_keys(place, row, tuple(RATES))
    missing = [name for name in RATES if name not in row]
    if missing:
        raise PricingError(f"{place} lacks {missing[0]!r}; expected all of {', '.join(RATES)}")
    return {name: _number(f"{place}.{name}", row[name], _HIGHEST_RATE) for name in RATES}


def _check_keys(place: str, found: Iterable[str], expected: tuple[str, ...]) -> None:
    for name in found:
        if name not in expected:
            raise PricingError(f"{place}: unknown key {name!r}; expected {', '.join(expected)}")


def _number(place: str, value: Any, highest: int, *, is_above_zero: bool = False) -> Decimal:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    number = Decimal(value) if is_number else Decimal("NaN")
    fits = number.is_finite() and 0 <= number <= highest and not (is_above_zero and not number)
    if not fits:
        lowest = "above 0" if is_above_zero else "from 0"
        raise PricingError(f"{place} is {value!r}; expected a number {lowest} to {highest:,}")
    return round(number, _PLACES)
