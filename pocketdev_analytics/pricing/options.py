"""How usage is to be priced: the mode, and what-ifs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, Self

from pocketdev_analytics.exceptions import PricingError

__all__ = ["MODES", "Pricing"]

#: The modes and what they mean.
MODES: Final = {
    "full": "the list prices of the day, with everything the vendor bills",
    "plain": "today's row of model_pricing alone, all cache writes at its write multiplier",
    "recorded": "what Claude Code wrote, where it did; else as full",
}
_TAKES: Final = {"plain": "today's row of model_pricing", "recorded": "what Claude Code wrote"}


@dataclass(frozen=True, slots=True)
class Pricing:
    """How usage is priced.

    `prices_at` prices all usage in full at the prices of that UTC day. `as_model` prices it as if
    that model had run, at standard speed where that model has no other. `is_uncached`
    prices what was written to and read from the cache as plain input.
    """

    mode: str = "full"
    prices_at: date | None = None
    as_model: str | None = None
    is_uncached: bool = False

    def asked(self) -> dict[str, Any]:
        """What of it is not the default, as the arguments of `Store.usage_cost`."""
        arguments = {
            "pricing" if name == "mode" else name: value for name, value in asdict(self).items()
        }
        return {
            name: value for name, value in arguments.items() if value not in ("full", None, False)
        }

    def checked(self) -> Self:
        """The same.

        Raises:
            PricingError: there is no such mode, or it knows no prices of a day.
        """
        if self.mode not in MODES:
            near = get_close_matches(self.mode, MODES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PricingError(
                f"there is no pricing {self.mode!r}; there are {', '.join(MODES)}{hint}"
            )
        if self.prices_at and self.mode != "full":
            raise PricingError(
                f"pricing {self.mode!r} takes {_TAKES[self.mode]}, whatever the day; leave out the"
                f" prices of {self.prices_at}, or take them in full"
            )
        return self
