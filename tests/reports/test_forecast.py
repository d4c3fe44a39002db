from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from pocketdev_analytics.reports import DayCost, forecast

TODAY = date(2026, 11, 10)  # a Tuesday
LAST = date(2026, 11, 30)
DAYS_LEFT = 20


def days_before(costs, today=TODAY):
    """`costs` of the days that end with the day before `today`; a third comes late in the day."""
    first = today - timedelta(days=len(costs))
    return {
        first + timedelta(days=number): DayCost(Decimal(cost), Decimal(cost) / 3)
        for number, cost in enumerate(costs)
        if cost
    }


def three(found):
    return found.low_usd, found.middle_usd, found.high_usd


def test_a_constant_cost_goes_on_exactly():
    found = forecast(days_before([3] * 60), TODAY, LAST)
    assert three(found) == (Decimal(61),) * 3  # 20 days of 3, and a third of today's


def test_a_weekday_pattern_goes_on_exactly():
    costs = [0 if day % 7 in {5, 6} else 4 + day % 7 for day in range(8 * 7)]
    found = forecast(days_before(costs), TODAY, TODAY + timedelta(days=14))
    # Two whole weeks, and the rest of a day like the one a week ago.
    assert three(found) == (2 * sum(map(Decimal, costs[:7])) + Decimal(costs[0]) / 3,) * 3


def test_a_season_long_past_is_forgotten():
    found = forecast(days_before([100] * 60 + [1] * 56), TODAY, LAST)
    assert three(found) == (DAYS_LEFT + Decimal(1) / 3,) * 3


def test_a_user_who_stopped_is_expected_to_spend_nothing():
    days = days_before([5] * 30, today=TODAY - timedelta(days=60))
    assert three(forecast(days, TODAY, LAST)) == (0, 0, 0)


def test_a_growing_cost_is_expected_at_the_level_of_the_last_eight_weeks():
    found = forecast(days_before(range(1, 101)), TODAY, LAST)
    mean = (45 + 100) / 2
    assert 0.9 * 20 * mean < found.middle_usd < 1.1 * 20 * mean
    assert found.low_usd < found.middle_usd < found.high_usd


def test_few_days_of_cost_leave_a_wide_interval():
    costs = [30 if day in {3, 22, 38, 51} else 0 for day in range(56)]
    found = forecast(days_before([1, *costs]), TODAY, LAST)
    assert found.low_usd == 0
    assert 0 <= found.middle_usd <= 60
    assert found.high_usd >= 60


def test_one_day_gives_no_interval_and_no_day_gives_no_forecast():
    found = forecast(days_before([6]), TODAY, LAST)
    assert three(found) == (None, Decimal(122), None)
    assert forecast({TODAY: DayCost(Decimal(9))}, TODAY, LAST) is None
    assert forecast({}, TODAY, LAST) is None


def test_an_interval_is_given_from_the_first_week_on():
    assert forecast(days_before([1] * 6), TODAY, LAST).low_usd is None
    assert forecast(days_before([1] * 7), TODAY, LAST).low_usd == DAYS_LEFT + Decimal(1) / 3


def test_before_four_weeks_are_known_any_day_stands_for_any_other():
    weekend_off = [0 if day % 7 in {5, 6} else 7 for day in range(27)]
    found = forecast(days_before(weekend_off), TODAY, TODAY + timedelta(days=1))
    assert found.low_usd < found.high_usd


def test_on_the_last_evening_only_its_rest_is_left():
    days = {TODAY - timedelta(days=day): DayCost(Decimal(8), Decimal(2)) for day in range(1, 57)}
    assert three(forecast(days, TODAY, TODAY)) == (2, 2, 2)


def test_the_same_days_have_the_same_forecast():
    chance = random.Random(1)  # noqa: S311 - made-up costs
    days = days_before([chance.randrange(50) for _ in range(56)])
    assert forecast(days, TODAY, LAST) == forecast(dict(reversed(days.items())), TODAY, LAST)


def steady(chance, _day):
    return chance.lognormvariate(0, 1)


def with_weekends(chance, day):
    return 0 if day % 7 >= 5 and chance.random() < 0.8 else chance.lognormvariate(1, 0.8)


def sparse(chance, _day):
    return chance.lognormvariate(1, 1) if chance.random() < 0.15 else 0


@pytest.mark.parametrize("kind", [steady, with_weekends, sparse])
def test_the_interval_holds_the_real_sum_about_four_times_in_five(kind):
    held, above, trials, ahead = 0, 0, 100, 12
    for seed in range(trials):
        chance = random.Random(seed)  # noqa: S311 - made-up costs
        costs = [round(kind(chance, day), 4) for day in range(70 + 1 + ahead)]
        found = forecast(days_before(costs[:70]), TODAY, TODAY + timedelta(days=ahead))
        rest, *others = costs[70:]
        real = rest / 3 + sum(others)
        held += found.low_usd <= real <= found.high_usd
        above += real > found.high_usd
    assert 72 <= held <= 95
    assert above <= 20
