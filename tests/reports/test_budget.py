from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import (
    REPORTS,
    Filters,
    Limit,
    ReportInput,
    budget,
    filter_history,
    group_projects,
)

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
HUNDRED = Limit("month", Decimal(100))


def days(*costs, first=1, month=11, **changed):
    """A response at noon of each day, in UTC, of these costs."""
    return [
        {"responded_at": f"2026-{month:02}-{day:02}T12:00:00+00:00", "cost_usd": cost, **changed}
        for day, cost in enumerate(costs, first)
        if cost != "0"
    ]


def rows(usage, *limits, now=NOW, **options):
    return budget(usage, limits or (HUNDRED,), now=now, **options).collect().to_dicts()


def test_the_running_month_has_what_was_spent_and_what_is_to_be_expected(make_usage):
    usage = make_usage(*days(*["2"] * 31, month=10), *days(*["2"] * 10))
    (row,) = rows(usage)
    assert (row["period"], row["project"], row["is_running"]) == ("2026-11", None, True)
    assert (row["budget_usd"], row["cost_usd"]) == (Decimal(100), Decimal(20))
    assert row["spent_share"] == 0.2
    # At noon the day's two dollars are spent: twenty days of two are left.
    assert row["forecast_cost_usd"] == row["low_cost_usd"] == row["high_cost_usd"] == Decimal(60)
    assert row["state"] == "within"


@pytest.mark.parametrize(
    ("amount", "state"),
    [("19.99", "over"), ("20", "forecast over"), ("59.99", "forecast over"), ("60", "within")],
)
def test_a_budget_is_over_once_more_is_spent_or_expected(make_usage, amount, state):
    usage = make_usage(*days(*["2"] * 31, month=10), *days(*["2"] * 10))
    (row,) = rows(usage, Limit("month", Decimal(amount)))
    assert row["state"] == state


def test_each_month_since_a_day_is_complete_from_the_first_usage_on(make_usage):
    usage = make_usage(*days("5", "5", month=8), *days("1", first=30, month=10), *days("2"))
    found = rows(usage, since=date(2026, 1, 15))
    assert [row["period"] for row in found] == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert [row["cost_usd"] for row in found] == [10, 0, 1, 2]
    assert [row["is_running"] for row in found] == [False, False, False, True]
    assert all(row["forecast_cost_usd"] == row["cost_usd"] for row in found[:3])
    (whole,) = rows(usage, since=date(2026, 8, 2), until=date(2026, 8, 2))
    assert (whole["period"], whole["cost_usd"]) == ("2026-08", 10)


def test_a_daily_budget_has_a_row_a_day(make_usage):
    usage = make_usage(*days("5", "0", "7", first=8))
    found = rows(usage, Limit("day", Decimal(6)), since=date(2026, 11, 8))
    assert [(row["period"], row["cost_usd"], row["state"]) for row in found] == [
        ("2026-11-08", Decimal(5), "within"),
        ("2026-11-09", Decimal(0), "within"),
        ("2026-11-10", Decimal(7), "over"),
    ]


def test_the_rest_of_today_is_like_the_same_hours_of_days_before(make_usage):
    late = [
        {**row, "responded_at": row["responded_at"].replace("T12", "T20")}
        for row in days(*["3"] * 9)
    ]
    usage = make_usage(*days(*["1"] * 10), *late)
    (row,) = rows(usage, Limit("day", Decimal(2)))
    assert (row["cost_usd"], row["forecast_cost_usd"]) == (Decimal(1), Decimal(4))
    assert row["state"] == "forecast over"


def test_days_and_months_are_those_of_the_time_zone(make_usage):
    usage = make_usage({"responded_at": "2026-10-31T23:30:00+00:00", "cost_usd": "4"})
    (berlin,) = rows(usage, timezone="Europe/Berlin")
    (utc,) = rows(usage)
    assert (berlin["cost_usd"], utc["cost_usd"]) == (4, 0)
    (tokyo,) = rows(usage, now=datetime(2026, 11, 30, 15, tzinfo=UTC), timezone="Asia/Tokyo")
    assert tokyo["period"] == "2026-12"


def test_a_day_on_which_clocks_change_is_one_day(make_usage):
    times = (
        "2026-10-24T22:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
        "2026-10-25T01:30:00+00:00",
        "2026-10-25T22:30:00+00:00",
        "2026-10-25T23:30:00+00:00",
    )
    usage = make_usage(*({"responded_at": time, "cost_usd": "1"} for time in times))
    found = rows(
        usage,
        Limit("day"),
        since=date(2026, 10, 1),
        until=date(2026, 10, 26),
        timezone="Europe/Berlin",
    )
    assert [(row["period"], row["cost_usd"]) for row in found] == [
        ("2026-10-25", 4),
        ("2026-10-26", 1),
    ]


def test_times_in_the_future_count_nowhere(make_usage):
    (row,) = rows(make_usage(*days("1", first=10), *days("8", first=11)))
    assert row["cost_usd"] == 1


def test_each_project_has_its_own_budget(make_usage):
    usage = make_usage(
        *days("1", project="/home/me/app"),
        *days("2", project="/home/me/app/web"),
        *days("4", project="/home/me/happy"),
        *days("8", project="C:\\code\\app"),
        *days("16", project=None),
    )
    names = ("C:\\code\\app", "/home/me/app", "nothing", "(none)")
    limits = [Limit("month", Decimal(6), name) for name in names]
    found = rows(usage, HUNDRED, *limits)
    assert [(row["project"], row["cost_usd"], row["state"]) for row in found] == [
        (None, Decimal(31), "within"),
        ("C:\\code\\app", Decimal(8), "over"),
        ("/home/me/app", Decimal(3), "forecast over"),
        ("nothing", Decimal(0), "within"),
        ("(none)", Decimal(16), "over"),
    ]


@pytest.mark.parametrize(
    "name", ["/home/me/app", "/home/me/app/", "app", "work", "/home/me/app/web", "(none)"]
)
def test_a_budget_of_a_project_counts_what_a_filter_by_it_leaves(make_history, name):
    folders = ["/home/me/app", "/home/me/app/web", "/home/you/app", "/home/me/work", None]
    usage = [row for each in folders for row in days("1", project=each, session_id=each)]
    groups = {"app": ["/home/you/*"], "work": ["/home/me/app/web"]}
    history = group_projects(make_history(usage=usage), groups=groups)
    left = filter_history(history, projects=[name]).usage.collect()
    (row,) = rows(history.usage, Limit("month", Decimal(9), name))
    assert row["cost_usd"] == left["cost_usd"].sum() > 0


def test_a_lower_bound_and_an_unknown_price_are_named(make_usage):
    usage = make_usage(
        *days("1", is_lower_bound=True),
        {"responded_at": "2026-11-02T12:00:00+00:00", "cost_usd": None, "input_tokens": 7},
    )
    (row,) = rows(usage)
    assert (row["cost_usd"], row["lower_bound_responses"], row["unpriced_tokens"]) == (1, 1, 7)


def test_usage_without_any_price_is_of_unknown_cost_never_within(make_usage):
    usage = make_usage(*days(None, "5", input_tokens=3)[:1])
    (row,) = rows(usage)
    assert (row["cost_usd"], row["forecast_cost_usd"], row["state"]) == (None, None, None)


def test_no_budget_has_no_state_and_a_forecast(make_usage):
    usage = make_usage(*days(*["2"] * 31, month=10), *days(*["2"] * 10))
    (row,) = rows(usage, Limit())
    assert (row["budget_usd"], row["spent_share"], row["state"]) == (None, None, None)
    assert row["forecast_cost_usd"] == Decimal(60)


def test_no_usage_has_spent_nothing_of_the_budget(make_usage):
    (row,) = rows(make_usage(), since=date(2026, 1, 1))
    assert (row["period"], row["cost_usd"], row["state"]) == ("2026-11", Decimal(0), "within")
    assert row["forecast_cost_usd"] is None
    frame = budget(make_usage(), now=NOW)
    assert frame.collect_schema() == frame.collect().schema


def test_on_the_first_day_of_all_nothing_is_forecast(make_usage):
    (row,) = rows(make_usage(*days("5", first=10)))
    assert (row["cost_usd"], row["forecast_cost_usd"], row["state"]) == (5, None, "within")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1e20", "1e-400", "1e-9999999"])
def test_an_invalid_budget_is_refused(amount):
    with pytest.raises(ReportError, match="must be an amount above 0"):
        Limit("month", Decimal(amount))


def test_an_amount_may_have_as_many_places_as_a_cost(make_usage):
    amount = Decimal("0.1000000000000000010000")
    (row,) = rows(make_usage(), Limit("month", amount))
    assert row["budget_usd"] == amount


def test_an_invalid_period_is_refused():
    with pytest.raises(ReportError, match="'week'; expected one of: month, day"):
        Limit("week", Decimal(1))


def test_a_filter_by_period_takes_no_day_from_the_forecast(make_history, make_provenance):
    history = make_history(usage=[*days(*["2"] * 31, month=10), *days(*["2"] * 10)])
    filters = Filters(since=date(2026, 11, 10))
    asked = ReportInput(
        filters.apply(history, timezone="UTC"),
        make_provenance(),
        (),
        "UTC",
        now=NOW,
        unfiltered=history,
        filters=filters,
        limits=(HUNDRED,),
    )
    (row,) = REPORTS["budget"].rows(asked).collect().to_dicts()
    assert (row["cost_usd"], row["forecast_cost_usd"]) == (Decimal(20), Decimal(60))


def test_a_clock_that_was_never_set_makes_no_weeks_without_cost(make_usage):
    """A line of 1970 says nothing of the eight weeks before today."""
    usual = days("2", "2", "2", "2", "2", "2", "2", "2", "2", "2")
    odd = {"responded_at": "1970-01-01T00:05:00+00:00", "cost_usd": "2"}
    ahead = {"responded_at": "2099-01-01T00:00:00+00:00", "cost_usd": "2"}
    (row,), (same,) = rows(make_usage(*usual, odd, ahead)), rows(make_usage(*usual))
    assert row == same
    assert row["forecast_cost_usd"] > 20
