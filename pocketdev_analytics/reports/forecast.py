"""Forecast the cost of the remaining days of a period from the days before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

__all__ = ["WEEKS", "DayCost", "Forecast", "forecast"]

#: How many weeks before today a forecast looks back.
WEEKS: Final = 8

_FUTURES: Final = 1_000
_SEED: Final = 5
# With fewer weeks, one odd Monday would be all that is known of Mondays.
_FEWEST_WEEKS: Final = 4
_FEWEST_DAYS: Final = 7
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class DayCost:
    """The cost of a day, and its part after the current time of day."""

    cost_usd: Decimal = Decimal(0)
    rest_cost_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of the remaining cost: the median, and the interval of nine in ten futures.

    `low_usd` and `high_usd` are None where less than a week is known.
    """

    middle_usd: Decimal
    low_usd: Decimal | None
    high_usd: Decimal | None


def forecast(days: Mapping[date, DayCost], today: date, last: date) -> Forecast | None:
    """Forecast the cost of the rest of `today` and of the days after it up to `last`.

    `days` are those that something was used in; what lies between the first of them and
    `today` counts as days of no cost. None where there was no day before `today`.

    Of 1,000 futures (drawn with a fixed seed) each takes half of the last eight weeks at
    random, with repeats, and lets each day left cost what the same weekday did in one of
    those weeks, and the rest of today what was used after this time of day. The forecast is
    the middle future, the interval leaves out the lowest and the highest twentieth.

    Before four whole weeks are known, any day known stands for any day left. That a future
    takes half of the weeks only widens the interval by how little eight weeks say of the
    usual one. Where days are like those before, it held the real sum about four times in
    five in trials on generated series; costs that keep growing pass it more often, as it
    knows no trend.
    """
    past = _past(days, today)
    if not past:
        return None
    left = [today + timedelta(days=number) for number in range(1, (last - today).days + 1)]
    chance = Random(_SEED).random  # noqa: S311 - nothing is secret here
    draw = _of_weekdays if len(past) >= _FEWEST_WEEKS * _WEEK else _of_any_day
    futures = sorted(draw(past, today, left, chance) for _ in range(_FUTURES))
    middle = futures[_FUTURES // 2]
    if len(past) < _FEWEST_DAYS:
        return Forecast(middle, None, None)
    edge = _FUTURES // 20
    return Forecast(middle, futures[edge], futures[-edge - 1])


def _past(days: Mapping[date, DayCost], today: date) -> list[DayCost]:
    """The whole days before today, the last one first."""
    first = min(days, default=today)
    count = min((today - first).days, WEEKS * _WEEK)
    before = [today - timedelta(days=number) for number in range(1, count + 1)]
    return [days.get(day, DayCost()) for day in before]


def _of_weekdays(
    past: Sequence[DayCost], today: date, left: Sequence[date], chance: Callable[[], float]
) -> Decimal:
    count = len(past) // _WEEK
    some = [int(chance() * count) * _WEEK for _ in range(count // 2)]

    def like(day: date) -> DayCost:
        # Of the days of each week the one that lies whole weeks before.
        offset = (today - day).days % _WEEK
        return past[some[int(chance() * len(some))] + (offset - 1) % _WEEK]

    return like(today).rest_cost_usd + sum((like(day).cost_usd for day in left), Decimal(0))


def _of_any_day(
    past: Sequence[DayCost], _today: date, left: Sequence[date], chance: Callable[[], float]
) -> Decimal:
    some = [past[int(chance() * len(past))] for _ in past]

    def any_day() -> DayCost:
        return some[int(chance() * len(some))]

    return any_day().rest_cost_usd + sum((any_day().cost_usd for _ in left), Decimal(0))
