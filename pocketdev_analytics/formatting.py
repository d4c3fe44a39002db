"""Numbers, money, times and dates as people read them: the only place that rounds for display.

Every function has a short form for the eye and, with `is_full`, one with more digits. Rounding
is half up, on decimals. The page's script has a twin of this module; both are tested against
`tests/formatting_vectors.json`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

__all__ = [
    "count_of",
    "format_change",
    "format_day",
    "format_duration",
    "format_moment",
    "format_month",
    "format_number",
    "format_share",
    "format_tokens",
    "format_usd",
    "round_half_up",
]

Number = int | float | Decimal

# More digits than any sum of money or tokens has.
_CONTEXT: Final = Context(prec=80, rounding=ROUND_HALF_UP)
_CENT: Final = Decimal("0.01")
_NO_PRICE: Final = "no price"
_NO_SHARE: Final = "\u2013"
_SPACE: Final = "\u00a0"  # between a number and its unit, where no line may break
_SIGNIFICANT_DIGITS: Final = 3
_UNITS: Final = ("", "k", "M", "B", "T")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def format_usd(
    cost_usd: Decimal | None, *, is_full: bool = False, is_at_least: bool = False, sign: str = "$"
) -> str:
    """Format US dollars: `$1,234.56`, `-$8.07`, `≥ $0.09`; `no price` for None.

    The short form has cents, and below one cent two significant digits (`$0.0042`), so that an
    amount that is not zero never reads as zero. The full form has every digit.

    Args:
        cost_usd: The amount; None where nothing has a price.
        is_full: Show every digit, at least two after the point.
        is_at_least: Mark the amount as a lower bound.
        sign: The currency sign; empty in a column whose header names the currency.
    """
    if cost_usd is None:
        return _NO_PRICE
    amount = Decimal(cost_usd)
    size = amount.copy_abs()
    text = _all_digits(size) if is_full else f"{_cents(size):,f}"
    minus = "-" if amount < 0 else ""
    return f"{'≥ ' if is_at_least else ''}{minus}{sign}{text}"


def format_tokens(value: int, *, is_full: bool = False) -> str:
    """Format a count of tokens: `950`, `12.3 k`, `1.00 M`; in full `12,345`."""
    number = Decimal(value)
    if is_full or abs(value) < 1000:  # noqa: PLR2004
        return f"{value:,}"
    rounded = _significant(number, _SIGNIFICANT_DIGITS)
    power = min(rounded.adjusted() // 3, len(_UNITS) - 1)
    scaled = rounded.scaleb(-3 * power, _CONTEXT)
    places = max(_SIGNIFICANT_DIGITS - 1 - scaled.adjusted(), 0)
    return f"{_round_number(scaled, places):,f}{_SPACE}{_UNITS[power]}"


def format_number(value: Number) -> str:
    """Format a number with thousands separators: `1,234`, and one decimal of a fraction: `0.5`.

    A fraction below a tenth has two significant digits.
    """
    if isinstance(value, int):
        return f"{value:,}"
    number = _decimal(value)
    if not number.is_finite():
        return str(value)
    is_small = number and number.copy_abs() < Decimal("0.1")
    return f"{_significant(number, 2) if is_small else _round_number(number, 1):,f}"


def format_share(part: Number, whole: Number = 1, *, is_full: bool = False) -> str:
    """Format the share of `part` in `whole`: `62%`, `4.5%`; in full `62.3%`; a dash of nothing.

    The short form has one decimal below 10%. Neither form reads 0% or 100% where it is not
    exactly that: `<0.1%`, `>99%`.
    """
    if not whole:
        return _NO_SHARE
    signed = _CONTEXT.divide(100 * _decimal(part), _decimal(whole))
    share, minus = signed.copy_abs(), "-" if signed < 0 else ""
    if 0 < share < Decimal("0.1"):
        return f"{minus}<0.1%"
    rounded = _round_number(share, 1)
    if not is_full and not 0 < rounded < 10:  # noqa: PLR2004
        rounded = _round_number(share, 0)
    if share < 100 <= rounded:  # noqa: PLR2004
        return f"{minus}>{'99.9' if is_full else '99'}%"
    return f"{minus}{share:.0f}%" if share in {0, 100} else f"{minus}{rounded:,f}%"


def format_change(now: Number, before: Number, *, is_full: bool = False) -> str | None:
    """Format how much more or less `now` is than `before`: `+12%`, `-50%`, `±0%`.

    The full form has one decimal. None where there was nothing before.
    """
    if before <= 0:
        return None
    difference = _CONTEXT.subtract(_decimal(now), _decimal(before))
    part = _CONTEXT.divide(100 * difference.copy_abs(), _decimal(before))
    rounded = _round_number(part, 1 if is_full else 0)
    if not rounded:
        return "±0%"
    return f"{'+' if difference > 0 else '-'}{rounded:,f}%"


def format_duration(minutes: Number, *, is_full: bool = False) -> str:
    """Format minutes: `17 min`, `2 h 05 min`, `4 d 1 h`; in full `97 h 00 min`, without days.

    Anything below half a minute is `<1 min`, unless it is nothing.
    """
    whole = int(round_half_up(minutes, 0))
    if not whole and minutes > 0:
        return f"<1{_SPACE}min"
    hours, rest = divmod(whole, 60)
    days, hours_of_day = divmod(int(_round_number(Decimal(whole) / 60, 0)), 24)
    if days and hours >= 24 and not is_full:  # noqa: PLR2004
        return f"{days:,}{_SPACE}d {hours_of_day}{_SPACE}h"
    return f"{hours:,}{_SPACE}h {rest:02}{_SPACE}min" if hours else f"{rest}{_SPACE}min"


def format_day(day: date, *, is_full: bool = False) -> str:
    """Format a day: `3 Nov 2026`; in full `Tue 3 Nov 2026`."""
    weekday = f"{_WEEKDAYS[day.weekday()]} " if is_full else ""
    return f"{weekday}{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_month(month: str) -> str:
    """Format a month that is written as `2026-11`: `Nov 2026`."""
    year, number = month.split("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def format_moment(at: datetime, *, is_full: bool = False) -> str:
    """Format a date and time of day, in its own time zone: `2026-11-03 14:05`; in full `…:09`."""
    seconds = f":{at.second:02}" if is_full else ""
    return f"{at.date()} {at.hour:02}:{at.minute:02}{seconds}"


def count_of(number: int, noun: str, nouns: str = "") -> str:
    """Format a number and its noun: `1 response`, `1,200 responses`, `2 branches`."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def round_half_up(value: Number, places: int) -> Decimal:
    """Round to so many decimal places, half up; a float as the decimal that stands for it."""
    return _round_number(_decimal(value), places)


def _decimal(value: Number) -> Decimal:
    """Convert a number; a float as the shortest decimal that stands for it."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _round_number(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)


def _significant(number: Decimal, digits: int) -> Decimal:
    return _round_number(number, digits - 1 - number.adjusted())


def _cents(size: Decimal) -> Decimal:
    small = _significant(size, 2) if 0 < size < _CENT else _CENT
    return small if small < _CENT else _round_number(size, 2)


def _all_digits(size: Decimal) -> str:
    whole, _, fraction = f"{size:,f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
