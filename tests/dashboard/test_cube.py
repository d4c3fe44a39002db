"""What a page carries to be filtered: every sum in it is exact, whatever the prices."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import accumulate

import polars as pl
import pytest

from pocketdev_analytics.dashboard.cube import Dictionary, Money, cube, distinct, pack, scale_of
from pocketdev_analytics.dashboard.embed import dense
from pocketdev_analytics.schema import COST_USD


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


def test_packed_cells_are_read_back():
    frame = cells("1", "2", "3", tokens=(5, 300, 70_000))
    found, scale = made(frame)
    day = Dictionary(distinct(frame["day"]), {"text": ["x", "</script>", "z"]})
    packed = pack({"usage": found}, {"day": day}, scale)
    size = int.from_bytes(packed[:4], "little")
    head = json.loads(packed[4 : 4 + size])
    assert head["dictionaries"]["day"] == {"size": 3, "text": ["x", "</script>", "z"]}
    assert head["cubes"]["usage"]["cells"] == 3
    # Steps of days and models, then tokens, each twice its number, seven bits a byte.
    assert list(packed[4 + size :]) == [0, 2, 2, 0, 0, 0, 10, 0xD8, 4, 0xE0, 0xC5, 8]


def test_packed_bytes_are_harmless_in_html():
    text = dense(bytes(range(256)) * 50 + b"</script>&<!--")
    assert not set(text) & set("<>&\"'\\")
