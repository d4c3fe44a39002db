"""Options of pricing: the mode, and what-if scenarios."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, Self

from pocketdev_analytics.exceptions import PricingError

__all__ = ["MODES", "Pricing"]

#: The modes and their meaning.
MODES: Final = {
    "full": "list prices of the day, with everything the vendor bills",
    "plain": "today's row of model_pricing alone, all cache writes at its write multiplier",
    "recorded": "the cost in the session file, where it has one; else as full",
}
_USES: Final = {"plain": "today's row of model_pricing", "recorded": "the recorded cost"}


@dataclass(frozen=True, slots=True)
class Pricing:
    """Options of pricing.

    Attributes:
        mode: One of `MODES`.
        prices_at: UTC day whose full prices hold for all usage.
        as_model: Model to price all usage as, at standard speed where it has no other.
        is_uncached: Whether to price cache writes and reads as plain input.
    """

    mode: str = "full"
    prices_at: date | None = None
    as_model: str | None = None
    is_uncached: bool = False

    def to_arguments(self) -> dict[str, Any]:
        """Return the options that differ from the default, as arguments of `Store.usage_cost`."""
        arguments = {
            "pricing" if name == "mode" else name: value for name, value in asdict(self).items()
        }
        return {
            name: value for name, value in arguments.items() if value not in ("full", None, False)
        }

    def check(self) -> Self:
        """Return the options if they go together.

        Raises:
            PricingError: the mode is unknown, or has no prices of a day.
        """
        if self.mode not in MODES:
            near = get_close_matches(self.mode, MODES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PricingError(
                f"unknown pricing {self.mode!r}; expected one of: {', '.join(MODES)}{hint}"
            )
        if self.prices_at and self.mode != "full":
            raise PricingError(
                f"pricing {self.mode!r} uses {_USES[self.mode]} for any day; leave out the prices"
                f" of {self.prices_at}, or use pricing 'full'"
            )
        return self
