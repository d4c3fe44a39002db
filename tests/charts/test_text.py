from __future__ import annotations

from decimal import Decimal

import pytest

from pocketdev_analytics.charts import text


@pytest.mark.parametrize(
    ("amount", "read", "exact"),
    [
        (None, "no price", "no price"),
        ("0", "$0.00", "$0.00"),
        ("0.000012340", "$0.000012", "$0.00001234"),
        ("0.0855", "$0.09", "$0.0855"),
        ("1234.5", "$1,234.50", "$1,234.50"),
        ("12345.678", "$12,346", "$12,345.678"),
        ("-2.5", "\u2212$2.50", "\u2212$2.50"),
    ],
)
def test_money_is_rounded_for_the_eye_and_exact_beside_it(amount, read, exact):
    value = None if amount is None else Decimal(amount)
    assert (text.usd(value), text.exact_usd(value)) == (read, exact)


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (0, "0"),
        (999, "999"),
        (1_104, "1.10\u00a0k"),
        (45_600, "45.6\u00a0k"),
        (481_000_000, "481\u00a0M"),
    ],
)
def test_counts_are_read_with_three_digits(number, read):
    assert text.compact(number) == read


def test_shares_have_a_decimal_where_they_are_small():
    assert text.percent(1, 3) == "33\u00a0%"
    assert text.percent(1, 40) == "2.5\u00a0%"
    assert text.percent(1, 10**6) == "<\u20090.1\u00a0%"
    assert text.percent(793, 794) == ">\u200999\u00a0%"
    assert text.percent(794, 794) == "100\u00a0%"
    assert text.percent(0, 5) == "0\u00a0%"
    assert text.percent(0, 0) == "\u2013"


def test_a_label_is_short_on_one_line_and_no_markup():
    assert text.figure_label("a\nb\u202e<i>&") == "a b&lt;i&gt;&amp;"
    assert text.figure_label("x" * 10_000, 10) == "x" * 9 + "\u2026"
    assert text.figure_label("nul\x00") == "nul\ufffd"


def test_change_is_none_where_nothing_was_before():
    assert text.change(Decimal(3), Decimal(2)) == "+50\u00a0%"
    assert text.change(Decimal(1), Decimal(2)) == "\u221250\u00a0%"
    assert text.change(Decimal(1), Decimal(0)) is None


def test_a_change_that_rounds_to_nothing_has_no_direction():
    assert text.change(Decimal(1001), Decimal(1000)) == "\u00b10\u00a0%"
    assert text.change(Decimal(999), Decimal(1000)) == "\u00b10\u00a0%"


def test_less_than_a_minute_is_not_none():
    assert text.duration(0) == "0\u00a0min"
    assert text.duration(0.2) == "<\u20091\u00a0min"
    assert text.duration(125) == "2\u00a0h 05\u00a0min"


def test_projects_that_end_alike_are_told_apart_as_far_up_as_it_takes():
    paths = ("/srv/one/team/app", "/srv/two/team/app", "/srv/app", "/home/me/site")
    assert [*text.project_names(paths).values()] == [
        "one/team/app",
        "two/team/app",
        "srv/app",
        "site",
    ]
