from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pocketdev_analytics import formatting

_VECTORS = json.loads(Path(__file__).with_name("formatting_vectors.json").read_text("utf-8"))


def _number(value):
    return Decimal(value) if isinstance(value, str) else value


_FORMATTERS = {
    "usd": lambda case, **form: formatting.format_usd(_number(case["value"]), **form),
    "tokens": lambda case, **form: formatting.format_tokens(case["value"], **form),
    "number": lambda case: formatting.format_number(_number(case["value"])),
    "share": lambda case, **form: formatting.format_share(
        Decimal(case["part"]), Decimal(case["whole"]), **form
    ),
    "change": lambda case, **form: formatting.format_change(
        Decimal(case["now"]), Decimal(case["before"]), **form
    ),
    "duration": lambda case, **form: formatting.format_duration(Decimal(case["minutes"]), **form),
    "day": lambda case, **form: formatting.format_day(date.fromisoformat(case["value"]), **form),
    "month": lambda case: formatting.format_month(case["value"]),
    "moment": lambda case, **form: formatting.format_moment(
        datetime.fromisoformat(case["value"]), **form
    ),
    "count_of": lambda case: formatting.count_of(case["number"], case["noun"], case["nouns"]),
}


def _cases(form):
    return [
        pytest.param(name, case, id=f"{name}-{number}")
        for name in _FORMATTERS
        for number, case in enumerate(_VECTORS[name])
        if form in case
    ]


def test_every_function_has_vectors():
    named = {name.removeprefix("format_") for name in formatting.__all__} - {"round_half_up"}
    assert named == set(_FORMATTERS) == set(_VECTORS) - {"about"}


@pytest.mark.parametrize(("name", "case"), _cases("short"))
def test_short_form(name, case):
    assert _FORMATTERS[name](case) == case["short"]


@pytest.mark.parametrize(("name", "case"), _cases("full"))
def test_full_form(name, case):
    assert _FORMATTERS[name](case, is_full=True) == case["full"]


@pytest.mark.parametrize(("name", "case"), _cases("at_least"))
def test_lower_bound_is_marked(name, case):
    assert _FORMATTERS[name](case, is_at_least=True) == case["at_least"]


def test_no_amount_but_zero_reads_as_zero():
    for exponent in range(-18, 5):
        for digit in range(1, 10):
            text = formatting.format_usd(Decimal(digit).scaleb(exponent))
            assert set(text) - set("$0.,"), text


def test_a_float_is_rounded_as_the_decimal_it_stands_for():
    # As doubles both are a little less than a half above the digit before.
    assert formatting.format_number(1.45) == "1.5"
    assert formatting.format_share(0.145) == "15%"


def test_a_table_cell_can_leave_out_the_currency_sign():
    assert formatting.format_usd(Decimal("-8.07"), sign="") == "-8.07"
