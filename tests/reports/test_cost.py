from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS
from pocketdev_analytics.reports import cost, totals, unpriced_models
from pocketdev_analytics.reports.cost import COST_DIMENSIONS
from pocketdev_analytics.reports.measures import at_least

MEASURES = [
    "responses",
    "input_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_read_tokens",
    "output_tokens",
    "web_search_requests",
    "cost_usd",
    "lower_bound_responses",
    "unseen_calls",
    "unpriced_tokens",
]
TOKENS = dict(zip(TOKEN_COLUMNS, (1, 20, 300, 4_000, 50_000), strict=True))


def row_of(frame):
    return frame.collect().row(0, named=True)


def test_the_columns_are_the_groups_and_then_always_the_same(make_usage):
    frame = cost(make_usage({}), by=["model", "day"]).collect()
    assert frame.columns == ["model", "day", *MEASURES]


def test_a_group_has_the_sums_of_its_responses(make_usage):
    usage = make_usage(
        {**TOKENS, "cost_usd": "0.085500000000001", "web_search_requests": 2},
        {**TOKENS, "cost_usd": "0.1", "is_lower_bound": True},
    )
    row = row_of(cost(usage))
    assert row["responses"] == 2
    assert [row[name] for name in TOKEN_COLUMNS] == [2, 40, 600, 8_000, 100_000]
    assert row["web_search_requests"] == 2
    assert row["cost_usd"] == Decimal("0.185500000000001")
    assert (row["lower_bound_responses"], row["unpriced_tokens"]) == (1, 0)


def test_the_cost_of_nothing_but_unpriced_responses_is_unknown_not_zero(make_usage):
    row = row_of(cost(make_usage({**TOKENS, "cost_usd": None, "model": "other"})))
    assert row["cost_usd"] is None
    assert row["unpriced_tokens"] == sum(TOKENS.values())


def test_a_group_with_some_prices_sums_those_and_counts_the_other_tokens(make_usage):
    usage = make_usage({**TOKENS, "cost_usd": None}, {**TOKENS, "cost_usd": "0.25"})
    row = row_of(cost(usage))
    assert row["cost_usd"] == Decimal("0.25")
    assert row["unpriced_tokens"] == sum(TOKENS.values())


def test_no_usage_has_no_groups_and_totals_of_zero(make_usage):
    assert cost(make_usage()).collect().height == 0
    assert row_of(totals(make_usage())) == dict.fromkeys(MEASURES, 0)
    assert cost(make_usage()).collect_schema() == cost(make_usage({})).collect_schema()


def test_money_stays_decimal(make_usage):
    assert totals(make_usage({})).collect_schema()["cost_usd"] == COST_USD


def test_models_without_a_price_are_listed_by_name_with_what_is_missing(make_usage):
    usage = make_usage(
        {**TOKENS, "model": "qwen3-coder:30b", "cost_usd": None},
        {**TOKENS, "model": "MiniMax-M2.7", "cost_usd": None},
        {**TOKENS, "model": "MiniMax-M2.7", "cost_usd": None},
        {**TOKENS, "model": "claude-opus-5"},
    )
    frame = unpriced_models(usage).collect()
    assert frame.columns == ["model", "responses", *TOKEN_COLUMNS, "unpriced_tokens"]
    assert frame.row(0) == ("MiniMax-M2.7", 2, 2, 40, 600, 8_000, 100_000, 108_642)
    assert frame["model"].to_list() == ["MiniMax-M2.7", "qwen3-coder:30b"]


# hypothesis wants naive bounds and adds the zone.
NAIVE = datetime(2026, 3, 1)  # noqa: DTZ001
responses = st.fixed_dictionaries(
    {
        "responded_at": st.datetimes(
            min_value=NAIVE,
            max_value=NAIVE + timedelta(250),
            timezones=st.just(UTC),
        ),
        "model": st.sampled_from(["claude-opus-5", "other", None]),
        "session_id": st.sampled_from(["session-a", "session-b"]),
        "project": st.sampled_from(["/a", "/b", None]),
        "git_branch": st.sampled_from(["main", "", None]),
        "agent": st.sampled_from(["main", "subagent"]),
        "input_tokens": st.integers(0, 10**9),
        "output_tokens": st.integers(0, 10**9),
        "cost_usd": st.none()
        | st.decimals(min_value=0, max_value=10**6, places=15, allow_nan=False),
        "is_lower_bound": st.booleans(),
    }
)


VIEWS = [(name,) for name in COST_DIMENSIONS] + [("day", "model", "project")]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(responses, max_size=25))
def test_every_view_adds_up_to_the_same_totals_to_the_last_digit(make_usage, rows):
    usage = make_usage(*rows)
    whole = row_of(totals(usage))
    known = [row["cost_usd"] for row in rows if row["cost_usd"] is not None]
    assert whole["cost_usd"] == (sum(known, Decimal(0)) if known or not rows else None)
    views = [cost(usage, by=by, timezone="America/New_York") for by in VIEWS]
    for view in pl.collect_all(views):
        assert sum(view["cost_usd"].drop_nulls(), Decimal(0)) == (whole["cost_usd"] or 0)
        for name in MEASURES:
            assert name == "cost_usd" or view[name].sum() == whole[name]


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(responses, max_size=25), random=st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing(make_usage, rows, random):
    shuffled = random.sample(rows, len(rows))
    by = ["model", "project", "branch"]
    one, other = (cost(make_usage(*order), by=by).collect() for order in (rows, shuffled))
    assert one.rows() == other.rows()


def test_a_further_pass_and_an_unlisted_call_add_tokens_but_no_response(make_usage):
    usage = make_usage(
        {**TOKENS, "cost_usd": "0.1"},
        {**TOKENS, "cost_usd": "0.1", "response_count": 0},
        {**TOKENS, "cost_usd": "0.1", "response_count": 0, "kind": "unlisted"},
    )
    row = row_of(totals(usage))
    assert (row["responses"], row["input_tokens"], row["cost_usd"]) == (1, 3, Decimal("0.3"))


def test_a_call_whose_usage_is_in_no_line_makes_the_cost_a_lower_bound(make_usage):
    unseen = {"kind": "unlisted", "response_count": 0, "is_lower_bound": True, "cost_usd": "0"}
    frame = totals(make_usage({"cost_usd": "0.1"}, unseen))
    row = row_of(frame)
    assert (row["lower_bound_responses"], row["unseen_calls"]) == (0, 1)
    assert frame.select(at_least()).collect().item()
    assert not totals(make_usage({"cost_usd": "0.1"})).select(at_least()).collect().item()
