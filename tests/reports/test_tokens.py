from __future__ import annotations

from datetime import date

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import cost, tokens

MEASURES = ["responses", *TOKEN_COLUMNS, "total_tokens", "cache_hit_rate", "web_search_requests"]
CLASSES = dict(zip(TOKEN_COLUMNS, (1, 2, 3, 10, 100), strict=True))


def test_a_group_has_its_classes_their_sum_and_the_caches_share(make_usage):
    usage = make_usage({**CLASSES, "web_search_requests": 2}, {**CLASSES, "is_lower_bound": True})
    frame = tokens(usage).collect()
    assert frame.columns == ["day", *MEASURES, "lower_bound_responses", "unseen_calls"]
    # 20 of the 32 tokens that were sent came from the cache; output was not sent.
    assert frame.row(0) == (date(2026, 11, 1), 2, 2, 4, 6, 20, 200, 232, 20 / 32, 2, 1, 0)


def test_where_nothing_was_sent_the_caches_share_is_unknown(make_usage):
    frame = tokens(make_usage({"output_tokens": 5}), by=["model"]).collect()
    assert frame["cache_hit_rate"].to_list() == [None]
    all_cached, none_cached = (
        tokens(make_usage({name: 7}), by=()).collect()["cache_hit_rate"].item()
        for name in ("cache_read_tokens", "input_tokens")
    )
    assert (all_cached, none_cached) == (1.0, 0.0)


def test_tokens_are_those_of_the_cost_report_in_every_grouping(make_usage):
    rows = [
        {"responded_at": f"2026-10-{day}T23:30:00+00:00", "model": model, **CLASSES}
        for day in (24, 25, 26)
        for model in ("claude-opus-5", None)
    ]
    usage, options = make_usage(*rows), {"by": ["week", "model"], "timezone": "Europe/Berlin"}
    same = ["week", "model", "responses", *TOKEN_COLUMNS]
    frame = tokens(usage, **options).collect()
    assert frame.select(same).equals(cost(usage, **options).collect().select(same))


def test_no_usage_adds_up_to_zero(make_usage):
    assert tokens(make_usage()).collect().height == 0
    assert tokens(make_usage(), by=()).collect().row(0) == (0,) * 7 + (None, 0, 0, 0)


def test_tokens_by_tool_are_answered_with_the_report_of_tools(make_usage):
    with pytest.raises(ReportError, match=r"'tokens' cannot be grouped by 'tool'.*'tools'"):
        tokens(make_usage(), by=["tool"])
