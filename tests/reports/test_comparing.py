from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics.reports import (
    Period,
    activity,
    compare,
    cost,
    filter_history,
    find_period,
)

TODAY = date(2026, 11, 24)
LATER = date(2026, 12, 24)


def response(day, cost_usd="1", **changed):
    return {"responded_at": f"{day}T12:00:00+00:00", "cost_usd": cost_usd, **changed}


@pytest.fixture
def compared(make_history):
    """`compared(rows, span, by=…)`: the cost of a span next to that of the one before."""

    def compared(rows, span, *, by, columns=("cost_usd",), today=TODAY):
        period = span if isinstance(span, Period) else find_period(span, today=today)
        before = period.before()
        history = make_history(usage=rows)
        usages = [
            filter_history(history, since=each.first, until=each.last).usage
            for each in (period, before)
        ]
        both = [cost(usage, by=by) for usage in usages]
        return compare(*both, by=by, columns=columns, period=period, period_before=before).collect()

    return compared


def test_each_column_has_its_value_before_its_change_and_percentage(compared):
    rows = [
        response("2026-10-05", "0.4", output_tokens=10),
        response("2026-11-03", "0.5", output_tokens=5),
    ]
    frame = compared(rows, "this-month", by=["model"], columns=("cost_usd", "output_tokens"))
    assert frame.columns == [
        "model",
        *("cost_usd", "cost_before_usd", "cost_change_usd", "cost_change_percent"),
        *("output_tokens", "output_tokens_before", "output_tokens_change"),
        "output_tokens_change_percent",
        *("lower_bound_responses", "lower_bound_responses_before"),
        *("unseen_calls", "unseen_calls_before"),
        *("unpriced_tokens", "unpriced_tokens_before"),
    ]
    (row,) = frame.iter_rows()
    assert row[1:4] == (Decimal("0.5"), Decimal("0.4"), Decimal("0.1"))
    assert row[4] == pytest.approx(25)
    assert row[5:9] == (5, 10, -5, -50)


def test_a_group_of_one_period_has_nothing_in_the_other(compared):
    rows = [response("2026-10-05", model="old"), response("2026-11-03", model="new")]
    frame = compared(rows, "this-month", by=["model"])
    assert [row[:5] for row in frame.rows()] == [
        ("new", Decimal(1), Decimal(0), Decimal(1), None),
        ("old", Decimal(0), Decimal(1), Decimal(-1), -100),
    ]


def test_an_unknown_cost_makes_the_change_unknown_not_nothing(compared):
    rows = [response("2026-10-05", None, output_tokens=7), response("2026-11-03", "2")]
    (row,) = compared(rows, "this-month", by=["model"]).iter_rows(named=True)
    assert (row["cost_usd"], row["cost_before_usd"]) == (Decimal(2), None)
    assert (row["cost_change_usd"], row["cost_change_percent"]) == (None, None)
    assert (row["unpriced_tokens"], row["unpriced_tokens_before"]) == (0, 7)


@pytest.mark.parametrize(
    ("by", "before", "now"),
    [
        ("day", date(2026, 10, 3), date(2026, 11, 3)),
        ("hour", "2026-10-03 12:00", "2026-11-03 12:00"),
        ("month", "2026-10", "2026-11"),
    ],
)
def test_groups_over_time_are_compared_by_their_position(compared, by, before, now):
    rows = [response("2026-10-03", "4"), response("2026-11-03", "5")]
    (row,) = compared(rows, "this-month", by=[by]).iter_rows(named=True)
    assert (row[by], row[f"{by}_before"]) == (now, before)
    assert row["cost_change_usd"] == Decimal(1)


def test_weeks_and_years_are_compared_by_their_position(compared):
    rows = [response("2026-11-11", "4"), response("2026-11-18", "5")]
    (row,) = compared(rows, "this-week", by=["week"], today=date(2026, 11, 18)).rows()
    assert row[:3] == (date(2026, 11, 16), date(2026, 11, 9), Decimal(5))
    rows = [response("2025-11-11", "4"), response("2026-11-18", "5")]
    (row,) = compared(rows, "this-year", by=["year"]).rows()
    assert row[:4] == ("2026", "2025", Decimal(5), Decimal(4))


def test_weekdays_are_compared_by_their_name(compared):
    rows = [response("2026-11-10"), response("2026-11-17")]
    (row,) = compared(rows, "last-week", by=["weekday"]).rows()
    assert row[:3] == ("Tuesday", Decimal(1), Decimal(1))


def test_a_day_without_a_counterpart_has_a_row_of_its_own(compared):
    rows = [response("2026-10-31"), response("2026-10-30"), response("2026-11-30")]
    frame = compared(rows, "2026-11", by=["day"], today=LATER)
    assert [row[:4] for row in frame.rows()] == [
        (date(2026, 11, 30), date(2026, 10, 30), Decimal(1), Decimal(1)),
        (None, date(2026, 10, 31), Decimal(0), Decimal(1)),
    ]


def test_a_week_beyond_the_period_has_a_row_of_its_own(compared):
    # From Mondays on, March has six weeks and April five.
    rows = [response("2026-03-31", "3"), response("2026-04-30", "5")]
    frame = compared(rows, "2026-04", by=["week"])
    assert [row[:4] for row in frame.rows()] == [
        (date(2026, 4, 27), date(2026, 3, 23), Decimal(5), Decimal(0)),
        (None, date(2026, 3, 30), Decimal(0), Decimal(3)),
    ]


@pytest.mark.parametrize(
    ("by", "last", "groups"),
    [
        ("month", date(2026, 3, 31), [("2026-03", "2026-02"), (None, "2026-03")]),
        ("year", date(2026, 12, 31), [("2026", "2025"), (None, "2026")]),
    ],
)
def test_days_before_that_reach_into_a_second_unit_have_rows_of_their_own(
    compared, by, last, groups
):
    period = Period(date(2026, 3, 5), last)
    before = period.before()
    rows = [response(str(day)) for day in (before.first, before.last, last)]
    frame = compared(rows, period, by=[by])
    assert frame.select(by, f"{by}_before").rows() == groups


def test_totals_are_compared_as_one_row(compared):
    rows = [response("2026-10-03"), response("2026-11-03", "3")]
    (row,) = compared(rows, "this-month", by=[]).rows()
    assert row[:3] == (Decimal(3), Decimal(1), Decimal(2))


def test_a_report_without_money_is_compared_by_its_counts(make_history):
    history = make_history(prompts=[{"prompted_at": "2026-11-01T10:00:00+00:00"}])
    both = activity(history, by=["agent"])
    period = Period(date(2026, 11, 1), date(2026, 11, 1))
    frame = compare(
        both,
        activity(make_history(), by=["agent"]),
        by=["agent"],
        columns=("prompts", "calls"),
        period=period,
        period_before=period.before(),
    ).collect()
    assert frame.rows() == [("main", 1, 0, 1, None)]


def test_no_cost_is_lost_between_two_periods(compared):
    rows = [response(f"2026-{month}-{day:02}") for month in (10, 11) for day in range(1, 31)]
    rows.append(response("2026-10-31"))
    for by in ([], ["day"], ["week"], ["month"], ["hour"], ["weekday"], ["model", "day"]):
        frame = compared(rows, "2026-11", by=by, today=LATER)
        assert (frame["cost_usd"].sum(), frame["cost_before_usd"].sum()) == (30, 31)


def test_a_change_of_minutes_is_no_longer_than_they_are():
    period = Period(date(2026, 11, 1), date(2026, 11, 1))
    frames = [pl.LazyFrame({"minutes": [minutes]}) for minutes in (3.3, 0.9)]
    frame = compare(
        *frames, by=[], columns=["minutes"], period=period, period_before=period.before()
    ).collect()
    assert frame["minutes_change"].to_list() == [2.4]
