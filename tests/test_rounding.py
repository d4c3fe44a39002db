from __future__ import annotations

from decimal import Decimal

import pytest

from pocketdev_analytics.reports import count_of, dollars, percent


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        ("0", "$0.00"),
        ("0.0855", "$0.09"),
        ("0.005", "$0.01"),
        ("0.0049", "<$0.01"),
        ("1234567.895", "$1,234,567.90"),
    ],
)
def test_money_is_shown_in_cents_and_nothing_becomes_nothing(cost, text):
    assert dollars(Decimal(cost)) == text


@pytest.mark.parametrize(
    ("cost", "text", "in_a_table"),
    [
        ("-8.07", "-$8.07", "-8.07"),
        ("-0.001", "-<$0.01", "-<0.01"),
        ("-0.005", "-$0.01", "-0.01"),
        ("-1234.5", "-$1,234.50", "-1,234.50"),
    ],
)
def test_less_than_nothing_has_its_sign_in_front(cost, text, in_a_table):
    assert dollars(Decimal(cost)) == text
    assert dollars(Decimal(cost), sign="") == in_a_table


def test_an_unknown_cost_is_not_zero():
    assert dollars(None) == "unknown"
    assert dollars(None, is_at_least=True) == "unknown"


def test_a_lower_bound_says_so():
    assert dollars(Decimal("12.3"), is_at_least=True) == "≥ $12.30"
    assert dollars(Decimal("0.001"), is_at_least=True) == "≥ $0.00"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (1, 1000, "under 1 %"),
        (1, 100, "1 %"),
        (93, 100, "93 %"),
        (999, 1000, "over 99 %"),
        (9, 9, "100 %"),
    ],
)
def test_a_share_is_nothing_or_all_only_where_it_is(part, whole, text):
    assert percent(part, whole) == text


def test_one_of_a_thing_is_singular():
    assert [count_of(number, "line") for number in (0, 1, 1200)] == [
        "0 lines",
        "1 line",
        "1,200 lines",
    ]
