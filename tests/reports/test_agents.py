from __future__ import annotations

from decimal import Decimal

from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import agents, cost

SUBAGENT = {"agent": "subagent", "agent_id": "a1", "agent_type": "Explore"}


def test_the_main_thread_kinds_of_subagents_and_advisors_have_a_row_each(make_usage):
    usage = make_usage(
        {"response_id": "1", "cost_usd": "5", "input_tokens": 1},
        {"response_id": "2", "cost_usd": "3", "session_id": "session-b", "output_tokens": 2},
        {"response_id": "3", "cost_usd": "0.5", **SUBAGENT},
        {"response_id": "4", "cost_usd": "0.5", **SUBAGENT},
        {"response_id": "5", "cost_usd": "0.2", **SUBAGENT, "agent_id": "a2"},
        {"response_id": "6", "cost_usd": "0.4", **SUBAGENT, "agent_id": "a3", "agent_type": None},
        {"response_id": "7", "cost_usd": "0.2", "kind": "advisor"},
        {"response_id": "8", "cost_usd": "0.2", "kind": "advisor", **SUBAGENT},
    )
    frame = agents(usage).collect()
    assert frame.columns[:8] == [
        *("agent", "agent_type", "runs", "responses", "total_tokens"),
        *("cost_usd", "cost_share", "mean_cost_usd"),
    ]
    assert frame.select("agent", "agent_type", "runs", "responses", "sessions").rows() == [
        ("main", None, 2, 2, 2),
        ("subagent", "Explore", 2, 3, 1),
        ("subagent", None, 1, 1, 1),
        ("advisor", None, 2, 2, 1),
    ]
    assert [str(value.normalize()) for value in frame["cost_usd"]] == ["8", "1.2", "0.4", "0.4"]
    assert [str(value.normalize()) for value in frame["mean_cost_usd"]] == [
        "4",
        "0.6",
        "0.4",
        "0.2",
    ]
    assert frame["cost_share"].to_list() == [0.8, 0.12, 0.04, 0.04]
    assert frame["total_tokens"].to_list() == [3, 0, 0, 0]


def test_one_id_in_two_sessions_is_two_runs(make_usage):
    usage = make_usage(SUBAGENT, {**SUBAGENT, "session_id": "session-b"})
    assert agents(usage).collect()["runs"].to_list() == [2]


def test_subagents_without_an_id_are_one_run_a_session(make_usage):
    nameless = {"agent": "subagent", "agent_id": None}
    usage = make_usage(nameless, nameless, {**nameless, "session_id": "session-b"})
    assert agents(usage).collect()["runs"].to_list() == [2]


def test_rows_add_up_to_the_cost_of_all(make_usage):
    rows = [
        {"response_id": str(number), "cost_usd": "0.1", "input_tokens": number, **place}
        for number, place in enumerate([{}, SUBAGENT, {"kind": "advisor"}, {}])
    ]
    frame, whole = agents(make_usage(*rows)).collect(), cost(make_usage(*rows), by=()).collect()
    for name in ("responses", "cost_usd", *TOKEN_COLUMNS):
        assert frame[name].sum() == whole[name].item()


def test_what_has_no_price_has_no_cost_share_or_mean(make_usage):
    usage = make_usage({"cost_usd": "2"}, {**SUBAGENT, "cost_usd": None, "input_tokens": 4})
    main, subagent = agents(usage).collect().to_dicts()
    assert (main["cost_share"], main["mean_cost_usd"]) == (1.0, Decimal(2))
    assert subagent["cost_usd"] is subagent["cost_share"] is subagent["mean_cost_usd"] is None
    assert subagent["unpriced_tokens"] == 4


def test_what_cost_nothing_has_no_shares(make_usage):
    assert agents(make_usage({})).collect()["cost_share"].to_list() == [None]


def test_no_usage_has_no_rows(make_usage):
    empty, full = agents(make_usage()).collect(), agents(make_usage({})).collect()
    assert empty.height == 0
    assert empty.schema == full.schema


def test_unlisted_calls_are_a_line_of_their_own(make_usage):
    unlisted = {"agent": "unlisted", "kind": "unlisted", "response_count": 0, "cost_usd": "0.3"}
    frame = agents(make_usage({"cost_usd": "0.1"}, unlisted)).collect()
    assert frame.select("agent", "runs", "responses").rows() == [
        ("main", 1, 1),
        ("unlisted", 1, 0),
    ]
    assert frame["cost_share"].to_list() == [0.25, 0.75]
