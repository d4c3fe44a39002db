from __future__ import annotations

from decimal import Decimal

import polars as pl

from pocketdev_analytics import charts
from pocketdev_analytics.charts import summaries

SCENARIOS = pl.DataFrame(
    {
        "scenario": ["all on claude-fable-5-2", "all on claude-haiku-5-5", "all on nobody"],
        "cost_usd": [Decimal("10.123456"), Decimal("10.123456"), Decimal("10.123456")],
        "scenario_cost_usd": [Decimal("20.5"), Decimal("0.25"), None],
    }
)
MONTHS = pl.DataFrame(
    {
        "month": ["2026-10", "2026-11"],
        "cost_usd": [Decimal(10), Decimal(20)],
        "uncached_cost_usd": [Decimal(100), Decimal(19)],
        "saved_usd": [Decimal(90), Decimal(-1)],
    }
)


def test_each_scenario_is_drawn_next_to_the_actual_cost() -> None:
    bars, actual = charts.what_if(SCENARIOS.lazy()).data
    assert list(bars.x) == [20.5, 0.25, None]
    assert list(actual.x) == [10.123456] * 3
    assert list(bars.text) == ["$20.50 · +103%", "$0.25 · -98%", "no price"]
    assert actual.customdata[0] == "$10.123456"


def test_savings_are_stacked_on_the_cost_and_losses_are_not() -> None:
    paid, saved = charts.caching_savings(MONTHS).data
    assert list(paid.y) == [10, 20]
    assert list(saved.y) == [90, 0]


def test_the_summaries() -> None:
    assert summaries.what_if(SCENARIOS) == (
        "From $0.25 all on claude-haiku-5-5, instead of $10.12"
        " to $20.50 all on claude-fable-5-2, instead of $10.12."
    )
    assert summaries.caching_savings(MONTHS) == (
        "Caching saved $89.00: 75% of the $119.00 that the same usage would have cost without it."
    )


def test_without_usage_there_is_nothing_to_show() -> None:
    for name, frame in (("what_if", SCENARIOS), ("caching_savings", MONTHS)):
        empty = frame.clear()
        assert getattr(charts, name)(empty).layout.title.text
        assert getattr(summaries, name)(empty) == "Nothing to show in this period."
