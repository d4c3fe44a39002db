"""Why a response costs what it costs."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pocketdev_analytics.pricing import PriceBook, Pricing, price
from pocketdev_analytics.pricing.explain import Explanation, explain, unpriced
from tests.pricing.test_formula import LIST, usage


def explained(mode: str, *lines: pl.LazyFrame) -> Explanation:
    book = PriceBook.of(LIST)
    costs = price(pl.concat(lines), book, Pricing(mode)).collect()
    return explain(costs, book, Pricing(mode))


def test_a_recorded_cost_is_shown_next_to_ours() -> None:
    recorded = usage("claude-opus-5-5", 1000, response_count=1, recorded_cost_usd=Decimal("0.0123"))
    plain = usage("claude-opus-5-5", 1000, response_count=1)
    (one,) = explained("full", recorded).why.values()
    assert one[-1] == "the session file records $0.0123"
    (two,) = explained("full", recorded, plain).why.values()
    assert two[-1] == "the session file records $0.0123 for 1 of 2 responses"
    (none,) = explained("full", plain).why.values()
    assert not any("records" in each for each in none)


def test_a_recorded_cost_that_counts_is_a_part_of_its_own() -> None:
    found = explained("recorded", usage("m", 1000, recorded_cost_usd=Decimal("0.5")))
    assert found.parts.filter(pl.col("class") == "recorded")["cost_usd"].to_list() == [
        Decimal("0.5")
    ]
    (why,) = found.why.values()
    assert "1 as recorded in the session file" in why


def test_models_without_a_price_are_listed_with_the_command_to_set_one() -> None:
    book = PriceBook.of(LIST)
    costs = price(usage("opus", 1000, 0, 0, 0, 5, response_count=1), book)
    (row,) = unpriced(costs, book).to_dicts()
    assert (row["model"], row["responses"], row["tokens"]) == ("opus", 1, 1005)
    assert row["reason"] == "no price list has it; name its model with `pricing alias 'opus' MODEL`"
