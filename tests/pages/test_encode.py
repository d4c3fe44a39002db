"""What the script of a page reads is what the page was made of."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics.pages.activity_facts import ActivitySource, activity_facts
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.dashboards import activity_spec, cost_spec
from pocketdev_analytics.pages.encode import encode
from pocketdev_analytics.pages.measures import MEASURES, PROMPT_TOKENS
from pocketdev_analytics.pages.page import spec_of
from pocketdev_analytics.reports import History
from tests.pages.decoding import decoded
from tests.pages.generated import NOW, generated
from tests.pages.generated_activity import busy
from tests.pages.views import ZONE

HISTORY, UNCACHED = generated()
COST = cost_facts(CostSource(HISTORY, UNCACHED, ZONE, NOW))
ACTIVITY = activity_facts(ActivitySource(busy(), ZONE))


@pytest.mark.parametrize(
    ("facts", "spec"), [(COST, cost_spec()), (ACTIVITY, activity_spec())], ids=["cost", "activity"]
)
def test_every_column_comes_back(facts, spec):
    header, tables = decoded(encode(facts, spec_of(spec)))
    for name, table in facts.tables.items():
        for column, numbers in tables[name].items():
            assert numbers == table.frame[column].to_list()
        assert header["tables"][name]["ignores"] == list(table.ignores)


def test_money_is_counts_times_rates_and_what_these_leave():
    """The sum of all rows, by whole numbers alone, is each cost to the last digit."""
    header, tables = decoded(encode(COST, spec_of(cost_spec())))
    usage, frame = tables["usage"], COST.tables["usage"].frame
    for name in (column for column in frame.columns if column.endswith("_usd")):
        units = dict.fromkeys(range(frame.height), 0)
        for unit, rate in MEASURES[name]["money"]:
            rates = [int(each) for each in header["rates"][rate]]
            for row, (count, code) in enumerate(zip(usage[unit], usage["rate"], strict=True)):
                units[row] += count * rates[code]
        for row, part in header["rest"]["usage"][name]:
            units[row] += int(part)
        costs = [Decimal(unit).scaleb(-header["scale"]) for unit in units.values()]
        assert costs == [cost or Decimal(0) for cost in frame[name]]


def test_rates_explain_all_money_that_has_rates():
    header, _ = decoded(encode(COST, spec_of(cost_spec())))
    assert not any(header["rest"]["usage"].values())


def test_money_that_no_rate_explains_is_carried_with_its_row():
    """One response was charged a third of a cent more than its tokens cost."""
    extra = pl.lit(Decimal("0.00333333")).cast(pl.Decimal(38, 18))
    is_it = pl.col("response_id") == "response-7"
    usage = HISTORY.usage.with_columns(
        pl.when(is_it).then(pl.col("cost_usd") + extra).otherwise("cost_usd").alias("cost_usd")
    )
    history = History(**{**HISTORY.frames(), "usage": usage})
    facts = cost_facts(CostSource(history, UNCACHED, ZONE, NOW))
    header, _ = decoded(encode(facts, spec_of(cost_spec())))
    ((_, part),) = header["rest"]["usage"]["cost_usd"]
    assert Decimal(part).scaleb(-header["scale"]) == Decimal("0.00333333")


def test_only_named_attributes_of_a_domain_are_in_the_page():
    header, _ = decoded(encode(COST, spec_of(cost_spec())))
    assert "started" in header["domains"]["session"]
    assert "tool_calls" not in header["domains"]["session"]


def test_the_uncached_rate_is_that_of_all_prompt_tokens():
    assert MEASURES["uncached_cost_usd"]["money"][: len(PROMPT_TOKENS)] == [
        [unit, "uncached_tokens"] for unit in PROMPT_TOKENS
    ]
