"""What a page carries to be filtered: every sum in it is exact, whatever the prices."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

import polars as pl
import pytest

from pocketdev_analytics.dashboard.cube import (
    Dictionary,
    Money,
    cube,
    distinct,
    parts_of,
    scale_of,
)
from pocketdev_analytics.dashboard.embed import dense
from pocketdev_analytics.model import COST_USD


def cells(*costs: str | None, tokens: tuple[int, ...] = ()) -> pl.DataFrame:
    exact = [None if cost is None else Decimal(cost) for cost in costs]
    return pl.DataFrame(
        {
            "day": [f"2026-11-{number + 1:02}" for number in range(len(costs))],
            "model": ["a"] * len(costs),
            "tokens": list(tokens) or [1] * len(costs),
            "cost": pl.Series(exact, dtype=COST_USD),
        }
    )


def made(frame: pl.DataFrame, **money: Money):
    names = {name: Dictionary(distinct(frame[name])) for name in ("day", "model")}
    scale = scale_of(frame["cost"])
    known = money or {"cost": Money({"tokens": "cost"})}
    return cube(frame, names, counts=("tokens",), money=known, scale=scale), scale


def units(found, name: str = "cost") -> list[int]:
    """What the page's script makes of a column of money."""
    column, each = found.money[name], [0] * found.cells
    for count, rates in column["rates"].items():
        codes = found.dimensions["model"]
        each = [
            sum_ + number * int(rates[code])
            for sum_, number, code in zip(each, found.counts[count], codes, strict=True)
        ]
    for place, rest in zip(accumulate(column["at"]), column["rest"], strict=True):
        each[place] += int(rest)
    return each


@pytest.mark.parametrize(
    ("costs", "scale"),
    [
        (("1", "2"), 0),
        (("0.5", "0.25"), 2),
        (("0.000000000000000001", "12345678901234567.8"), 18),
        ((None, "0.1"), 1),
        ((None,), 0),
        ((), 0),
    ],
)
def test_money_is_whole_parts_of_a_dollar(costs, scale):
    found, places = made(cells(*costs))
    assert places == scale
    assert units(found) == [int(Decimal(cost or 0).scaleb(scale)) for cost in costs]


def test_what_follows_from_tokens_is_not_carried_twice():
    found, _ = made(cells("0.3", "0.6", "0.7", tokens=(1, 2, 2)))
    assert found.money["cost"]["rates"] == {"tokens": ["3"]}
    assert (found.money["cost"]["at"], found.money["cost"]["rest"]) == ([2], ["1"])
    assert units(found) == [3, 6, 7]


def test_a_sum_of_other_money_is_carried_as_such():
    frame = cells("0.3", "0.6").with_columns(total=pl.col("cost").cast(COST_USD))
    found, _ = made(frame, cost=Money({"tokens": "cost"}), total=Money(sums=("cost",)))
    assert found.money["total"] == {"sums": ["cost"], "rates": {}, "at": [], "rest": []}


def test_names_are_known_by_their_place_and_no_name_is_last():
    assert distinct(pl.Series(["b", None, "a", "b"])) == ("a", "b", None)


def test_costs_are_carried_in_the_largest_unit_of_their_mix():
    frame = cells("0.3", "0.6", "0.7", "0.0014").with_columns(
        mix=pl.Series(["a", "a", "b", "b"]),
        searches=pl.Series([0, 1, 0, 0]),
        web_search_cost_usd=pl.Series([None, Decimal("0.45"), None, None], dtype=COST_USD),
    )
    found = parts_of(
        frame.rename({"cost": "cost_usd", "searches": "web_search_requests"}),
        {"day": Dictionary(distinct(frame["day"]))},
        counts=("tokens", "web_search_requests"),
        scale=4,
        follows={},
        models=("a",),
    )
    assert found.money["cost_usd"]["rates"] == {
        "cost_units": ["1500", "14"],
        "web_search_requests": ["4500", "0"],
    }
    assert found.counts["cost_units"] == [2, 1, 500, 1]
    assert found.nested is not None
    assert (found.nested.names, found.nested.numbers) == ([[0, 1]], [0, 0, 1, 1])


def test_a_cost_that_no_number_of_a_browser_holds_is_carried_in_digits():
    frame = cells("98765432109876.543210987654321", "0.000000000000000001").with_columns(
        mix=pl.lit("a"),
        web_search_requests=pl.lit(0),
        web_search_cost_usd=pl.lit(None, COST_USD),
    )
    found = parts_of(
        frame.rename({"cost": "cost_usd"}),
        {"day": Dictionary(distinct(frame["day"]))},
        counts=("web_search_requests",),
        scale=18,
        follows={},
        models=("a",),
    )
    money = found.money["cost_usd"]
    assert found.counts["cost_units"] == [0, 1]
    assert (money["at"], money["rest"]) == ([0], ["98765432109876543210987654321000"])


def test_packed_bytes_are_harmless_in_html():
    text = dense(bytes(range(256)) * 50 + b"</script>&<!--")
    assert not set(text) & set("<>&\"'\\")
