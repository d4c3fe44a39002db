"""Billed units: what an API bills, where usage counts it and where a price list prices it.

A new unit is one row of `UNITS`. Everything that handles units one by one follows it: the
cost columns of `model.USAGE_COST`, the price columns of the catalogue, the formula,
`explain` and the price lists that are read from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["UNITS", "UNITS_BY_NAME", "Unit"]

_MILLION: Final = 1_000_000
_THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A billed unit.

    Attributes:
        name: Key of the unit in `pricing.Prices`.
        count_column: Column of `model.USAGE` that counts it.
        price_column: Column of the price catalogue, in US dollars per `per` units.
        per: How many units the price is for.
        priced_as: Unit whose price holds where a list gives none for this one. Without it
            a missing price stays unknown, and matters only where the count is not zero.
        is_prompt: Whether it is part of the prompt, whose length some prices depend on.
        is_token: Whether tiers and regions multiply its price.
    """

    name: str
    count_column: str
    price_column: str
    per: int = _MILLION
    priced_as: str | None = None
    is_prompt: bool = False
    is_token: bool = True

    @property
    def cost_column(self) -> str:
        """Column of `model.USAGE_COST` with its cost."""
        return f"{self.name}_cost_usd"

    @property
    def rate_column(self) -> str:
        """Column with its price per unit, while a cost is computed."""
        return f"{self.name}_rate"


#: Every billed unit, in the order in which reports show them. Where a list has no price of
#: its own for cached tokens it bills them as input: the rule of genai-prices.
UNITS: Final = (
    Unit("input", "input_tokens", "input_price_per_million", is_prompt=True),
    Unit(
        "cache_write_5m",
        "cache_write_5m_tokens",
        "cache_write_5m_price_per_million",
        priced_as="input",
        is_prompt=True,
    ),
    Unit(
        "cache_write_1h",
        "cache_write_1h_tokens",
        "cache_write_1h_price_per_million",
        priced_as="cache_write_5m",
        is_prompt=True,
    ),
    Unit(
        "cache_read",
        "cache_read_tokens",
        "cache_read_price_per_million",
        priced_as="input",
        is_prompt=True,
    ),
    Unit("output", "output_tokens", "output_price_per_million"),
    Unit(
        "web_search",
        "web_search_requests",
        "web_search_per_thousand_usd",
        per=_THOUSAND,
        is_token=False,
    ),
)

UNITS_BY_NAME: Final = {unit.name: unit for unit in UNITS}
