from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import SPANS, WEEKDAYS, Period, find_period

TODAY = date(2026, 11, 24)  # a Tuesday
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def days(text, today=TODAY, **options):
    found = find_period(text, today=today, **options)
    return f"{found.first} {found.last}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01", "2026-11-01 2026-11-01"),
        ("2026-02", "2026-02-01 2026-02-28"),
        ("2026", "2026-01-01 2026-11-24"),
        ("2025", "2025-01-01 2025-12-31"),
        ("today", "2026-11-24 2026-11-24"),
        (" Yesterday ", "2026-11-23 2026-11-23"),
        ("1d", "2026-11-24 2026-11-24"),
        ("7d", "2026-11-18 2026-11-24"),
        ("4w", "2026-10-28 2026-11-24"),
        ("1m", "2026-10-25 2026-11-24"),
        ("3m", "2026-08-25 2026-11-24"),
        ("1y", "2025-11-25 2026-11-24"),
        ("this-week", "2026-11-23 2026-11-24"),
        ("last_week", "2026-11-16 2026-11-22"),
        ("this-month", "2026-11-01 2026-11-24"),
        ("last-month", "2026-10-01 2026-10-31"),
        ("this-quarter", "2026-10-01 2026-11-24"),
        ("last-quarter", "2026-07-01 2026-09-30"),
        ("this-year", "2026-01-01 2026-11-24"),
        ("last-year", "2025-01-01 2025-12-31"),
    ],
)
def test_a_span_has_its_first_and_last_day(text, expected):
    assert days(text) == expected


def test_a_month_before_the_31st_ends_with_a_shorter_month():
    assert days("1m", date(2026, 3, 31)) == "2026-03-01 2026-03-31"
    assert days("last-month", date(2024, 3, 31)) == "2024-02-01 2024-02-29"


def test_a_week_begins_on_the_given_day():
    assert days("this-week", week_start="sunday") == "2026-11-22 2026-11-24"
    assert days("last-week", week_start="Wednesday") == "2026-11-11 2026-11-17"
    with pytest.raises(ReportError, match="invalid week start 'someday'; choose one of: monday"):
        days("this-week", week_start="someday")


@pytest.mark.parametrize(
    "text",
    ["", "yesterdya", "7", "0d", "-3d", "9999y", "2026-13", "2026-02-30", "this-day", "last"],
)
def test_a_wrong_span_says_which_there_are(text):
    with pytest.raises(
        ReportError, match=r"is not a date or a span; expected .*today, .*last-year"
    ):
        days(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-23 2026-11-23"),
        ("7d", "2026-11-11 2026-11-17"),
        ("this-week", "2026-11-16 2026-11-17"),
        ("last-week", "2026-11-09 2026-11-15"),
        ("this-month", "2026-10-01 2026-10-24"),
        ("last-month", "2026-09-01 2026-09-30"),
        ("this-quarter", "2026-07-01 2026-08-24"),
        ("this-year", "2025-01-01 2025-11-24"),
        ("last-year", "2024-01-01 2024-12-31"),
        ("2026-03", "2026-02-01 2026-02-28"),
    ],
)
def test_the_period_before_is_equal(text, expected):
    before = find_period(text, today=TODAY).before()
    assert f"{before.first} {before.last}" == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-01", "2026-11-30", "2026-10-01 2026-10-31"),
        ("2026-01-01", "2026-03-31", "2025-10-01 2025-12-31"),
        ("2026-11-01", "2026-11-24", "2026-10-08 2026-10-31"),
        ("2026-11-05", "2026-11-05", "2026-11-04 2026-11-04"),
    ],
)
def test_days_are_compared_with_as_many_before_and_full_months_with_months(first, last, expected):
    before = Period(date.fromisoformat(first), date.fromisoformat(last)).before()
    assert f"{before.first} {before.last}" == expected


def test_a_running_month_is_compared_up_to_the_end_of_a_shorter_one():
    before = find_period("this-month", today=date(2026, 3, 30)).before()
    assert (before.first, before.last) == (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize("today", [date(2026, 11, 1), TODAY, date(2026, 11, 30)])
def test_a_running_month_or_year_is_the_same_by_its_date_and_by_its_name(today):
    for dated, named in (("2026-11", "this-month"), ("2026", "this-year")):
        assert find_period(dated, today=today) == find_period(named, today=today)
    whole = find_period("2026-10", today=today)
    assert (whole.first, whole.last) == (date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize("span", ["0001-01", "0001", "0001-01-01", "0001-01-02"])
def test_before_the_first_year_there_is_no_period(span):
    period = find_period(span, today=TODAY)
    if span == "0001-01-02":
        assert period.before() == Period(date(1, 1, 1), date(1, 1, 1))
        return
    with pytest.raises(
        ReportError, match=r"no equal period exists before 0001-01-01.*; choose one"
    ):
        period.before()


def test_a_running_year_is_compared_by_its_dates_after_a_leap_day_too():
    before = find_period("this-year", today=date(2024, 3, 1)).before()
    assert (before.first, before.last) == (date(2023, 1, 1), date(2023, 3, 1))


@settings(max_examples=200, deadline=None)
@given(today=DAYS, span=st.sampled_from(SPANS[:-2]), week_start=st.sampled_from(WEEKDAYS))
def test_a_span_ends_by_today_and_the_period_before_ends_where_none_of_it_is(
    today, span, week_start
):
    period = find_period(span, today=today, week_start=week_start)
    assert period.first <= period.last <= today
    before = period.before(week_start=week_start)
    assert before.first <= before.last < period.first


@settings(max_examples=100, deadline=None)
@given(first=DAYS, length=st.integers(1, 800))
def test_the_period_before_any_days_ends_the_day_before(first, length):
    before = Period(first, first + timedelta(length - 1)).before()
    assert before.last == first - timedelta(1)
