from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import caching_savings, savings, what_if

OCTOBER, NOVEMBER = "2026-10-01T12:00:00+00:00", "2026-11-05T12:00:00+00:00"


@pytest.fixture
def priced(make_usage):
    """`priced("1", "2", "4")`: two responses of October and one of November at these costs."""

    def made(*costs):
        days = (OCTOBER, OCTOBER, NOVEMBER)
        return make_usage(
            *(
                {"responded_at": day, "cost_usd": cost, "input_tokens": 10}
                for day, cost in zip(days, costs, strict=True)
            )
        )

    return made


def test_caching_saved_what_no_caching_would_have_cost_more(priced):
    rows = caching_savings(priced("1", "2", "4"), priced("10", "20", "3")).collect()
    assert rows["month"].to_list() == ["2026-10", "2026-11"]
    assert rows["cost_usd"].to_list() == [3, 4]
    assert rows["uncached_cost_usd"].to_list() == [30, 3]
    assert rows["saved_usd"].to_list() == [27, -1]


def test_savings_can_be_of_all_time_and_of_any_group(priced):
    (row,) = (
        caching_savings(priced("1", "2", "4"), priced("1", "2", "5"), by=()).collect().to_dicts()
    )
    assert row["saved_usd"] == 1
    by = caching_savings(priced("1", "2", "4"), priced("1", "2", "5"), by=["model", "branch"])
    assert by.collect().height == 1
    with pytest.raises(ReportError, match="unknown dimension 'mnth'"):
        caching_savings(priced("1", "2", "4"), priced("1", "2", "4"), by=["mnth"])


def test_a_difference_is_unknown_where_one_side_is(priced):
    (row,) = (
        caching_savings(priced(None, None, None), priced("1", "1", "1"), by=()).collect().to_dicts()
    )
    assert row["saved_usd"] is None
    assert row["unpriced_tokens"] == 30


def test_other_models_are_ranked_by_what_they_would_have_cost(priced):
    actual = priced("1", "1", "1")
    others = {"cheap": priced("0.1", "0.1", "0.1"), "dear": priced("9", "9", "9")}
    rows = what_if(actual, others).collect()
    assert rows["scenario"].to_list() == ["all on dear", "all on cheap"]
    assert rows["difference_usd"].to_list() == [24, Decimal("-2.7")]


def test_savings_compare_models_over_the_last_30_days_alone(priced):
    actual = priced("1", "2", "4")
    rows = savings(actual, priced("10", "20", "40"), {"other": priced("5", "5", "5")}).collect()
    uncached, other = rows.to_dicts()
    assert (uncached["scenario"], uncached["difference_usd"]) == ("without caching", 63)
    assert (uncached["first_day"], uncached["last_day"]) == (date(2026, 10, 1), date(2026, 11, 5))
    assert (other["scenario"], other["cost_usd"]) == ("all on other", 4)
    assert other["difference_usd"] == 1
    assert other["first_day"] == date(2026, 11, 5)


def test_no_usage_has_no_savings(make_usage):
    assert savings(make_usage(), make_usage(), {"m": make_usage()}).collect().is_empty()
    assert savings(make_usage(), make_usage(), {}).collect().is_empty()
    assert caching_savings(make_usage(), make_usage()).collect().is_empty()


def test_the_last_30_days_end_today_despite_times_in_the_future(make_usage):
    usual = [
        {"responded_at": f"2026-11-{day:02}T12:00:00+00:00", "cost_usd": "1"} for day in (1, 20)
    ]
    ahead = [{"responded_at": "2099-01-01T00:00:00+00:00", "cost_usd": "7"}]
    usage = make_usage(*usual, *ahead)
    rows = savings(usage, usage, {"other": usage}, today=date(2026, 11, 24)).collect()
    other = rows.filter(scenario="all on other").row(0, named=True)
    assert (other["responses"], other["last_day"]) == (2, date(2026, 11, 20))
