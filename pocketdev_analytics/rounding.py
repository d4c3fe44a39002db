"""Numbers as people read them: the only place where money is rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["AMOUNTS", "count_of", "dollars", "is_amount", "percent"]

_CENT = Decimal("0.01")
_PLACES = 18  # as many as `model.COST_USD` has
_LARGEST = Decimal(10) ** 15
#: Which amounts a person can set, to end a sentence with.
AMOUNTS = f"and below 10^15, of at most {_PLACES} decimal places"


def is_amount(amount: Decimal) -> bool:
    """Whether a person can set this many US dollars: above 0, and what a column can hold."""
    if not (amount.is_finite() and 0 < amount < _LARGEST):
        return False
    _, digits, exponent = amount.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return isinstance(exponent, int) and exponent + zeros >= -_PLACES


def dollars(cost_usd: Decimal | None, *, is_at_least: bool = False, sign: str = "$") -> str:
    """An amount in cents: `$1,234.56`, `-$8.07`, `≥ $1,234.56` where it is a lower bound.

    Where nothing has a price (NULL) it is `unknown`. Less than half a cent, but
    not nothing, is `<$0.01` or `-<$0.01`.
    """
    if cost_usd is None:
        return "unknown"
    rounded = abs(cost_usd).quantize(_CENT, ROUND_HALF_UP)
    minus = "-" if cost_usd < 0 else ""
    if cost_usd and not rounded and not is_at_least:
        return f"{minus}<{sign}{_CENT}"
    return f"{'≥ ' if is_at_least else ''}{minus}{sign}{rounded:,}"


def percent(part: int, whole: int) -> str:
    """A share without decimals; never 0 % or 100 % where it is not exactly that."""
    if not whole:
        return "0 %"
    if 0 < part * 100 < whole:
        return "under 1 %"
    if 0 < (whole - part) * 100 < whole:
        return "over 99 %"
    return f"{(Decimal(part * 100) / whole).quantize(Decimal(1), ROUND_HALF_UP)} %"


def count_of(number: int, noun: str, nouns: str = "") -> str:
    """A number and its noun: `1 response`, `1,200 responses`, `2 branches`."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"
