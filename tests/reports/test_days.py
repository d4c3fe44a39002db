from __future__ import annotations

from datetime import date

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.days import resolve_days

TODAY = date(2026, 11, 24)


def days(since=None, until=None, span=None):
    return resolve_days(since, until, span, today=TODAY)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (None, None, None, None),
        ("last-month", None, date(2026, 10, 1), TODAY),
        (None, "last-month", None, date(2026, 10, 31)),
        ("7d", None, date(2026, 11, 18), TODAY),
        ("2026-11-18", None, date(2026, 11, 18), None),
        (None, "7d", None, date(2026, 11, 17)),
        ("2026-11", "2026-11", date(2026, 11, 1), TODAY),
        ("2026-10", "2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("yesterday", "today", date(2026, 11, 23), TODAY),
    ],
)
def test_a_span_begins_a_period_or_ends_one(since, until, first, last):
    found = days(since, until)
    assert (found.since, found.until) == (first, last)


def test_a_period_has_both_ends():
    found = days(span="last-month")
    assert (found.since, found.until) == (date(2026, 10, 1), date(2026, 10, 31))
    with pytest.raises(ReportError, match="a period has a beginning and an end; leave out"):
        days("7d", None, "last-month")


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        ("7d", None, (date(2026, 11, 11), date(2026, 11, 17))),
        ("this-month", None, (date(2026, 10, 1), date(2026, 10, 24))),
        ("2026-11", None, (date(2026, 10, 1), date(2026, 10, 24))),
        ("2026-11", "2026-11", (date(2026, 10, 1), date(2026, 10, 24))),
        ("this-month", "today", (date(2026, 10, 1), date(2026, 10, 24))),
        ("last-week", "last-week", (date(2026, 11, 9), date(2026, 11, 15))),
        ("last-month", None, (date(2026, 8, 7), date(2026, 9, 30))),
        ("2026-11-01", "2026-11-10", (date(2026, 10, 22), date(2026, 10, 31))),
        ("2026-11-01", None, (date(2026, 10, 8), date(2026, 10, 31))),
        ("2026-12-01", None, (date(2026, 11, 30), date(2026, 11, 30))),
    ],
)
def test_what_has_a_beginning_can_be_compared_up_to_today(since, until, before):
    found = days(since, until).period.before()
    assert (found.first, found.last) == before


def test_without_a_beginning_there_is_nothing_to_compare():
    assert days().period is None
    assert days(until="2026-11-01").period is None


def test_a_title_says_the_days():
    titles = [str(days(*asked)) for asked in ((), ("today", "today"), ("7d",), (None, "today"))]
    assert titles == ["", ", 2026-11-24", ", 2026-11-18 to 2026-11-24", ", up to 2026-11-24"]
    assert str(days("2026-11-18")) == ", from 2026-11-18 on"
    assert str(days("yesterday", "today")) == ", 2026-11-23 to 2026-11-24"


def test_a_date_is_taken_as_it_is():
    assert days(date(2026, 11, 1), date(2026, 11, 2)).until == date(2026, 11, 2)
