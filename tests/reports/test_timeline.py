from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.timeline import TIMELINE

SUBAGENT = {"agent": "subagent", "agent_id": "a1"}


def at(clock, day="2026-11-01"):
    return f"{day}T{clock}+00:00"


@pytest.fixture
def history(make_history):
    """Two turns, an hour apart; a subagent works in the first; another session next to it."""
    usage = [
        {"response_id": "r1", "responded_at": at("10:00:30"), "cost_usd": "1.5"},
        {"response_id": "r2", "responded_at": at("10:01:00"), "cost_usd": None, **SUBAGENT},
        {"response_id": "r3", "responded_at": at("11:05:00"), "cost_usd": "0.25"},
        {"response_id": "other", "session_id": "session-b", "cost_usd": "9"},
    ]
    usage[0] |= {"input_tokens": 10, "cache_read_tokens": 90, "output_tokens": 5}
    usage[1] |= {"input_tokens": 40, "is_lower_bound": True}
    usage[2] |= {"input_tokens": 200}
    return make_history(
        usage=usage,
        prompts=[
            {"prompt_id": "p1", "prompted_at": at("10:00:00")},
            {"prompt_id": "p2", "prompted_at": at("10:00:45"), **SUBAGENT},
            {"prompt_id": "p3", "prompted_at": at("11:03:00")},
        ],
        tool_calls=[
            {"tool_use_id": "t1", "called_at": at("10:01:00"), "is_error": True, **SUBAGENT},
            {"tool_use_id": "t2", "called_at": at("11:05:00"), "is_error": None},
        ],
        api_errors=[{"error_id": "e1", "occurred_at": at("11:04:00"), "status": 529}],
        session_events=[
            {
                "event_id": "c1",
                "kind": "compact_boundary",
                "occurred_at": at("11:02:30"),
                "trigger": "auto",
                "pre_tokens": 155_000,
            },
            {"event_id": "d1", "occurred_at": at("11:06:00"), "duration_ms": 9},
        ],
    )


@pytest.fixture
def events(history):
    return reports.timeline(reports.only_session(history, "session-a")).collect()


def test_a_timeline_has_everything_in_order(events):
    assert events.select("kind", "id").rows() == [
        ("prompt", "p1"),
        ("response", "r1"),
        ("prompt", "p2"),
        ("response", "r2"),
        ("tool_call", "t1"),
        ("compaction", "c1"),
        ("prompt", "p3"),
        ("error", "e1"),
        ("response", "r3"),
        ("tool_call", "t2"),
        ("event", "d1"),
    ]
    assert list(events.schema) == list(TIMELINE)


def test_a_pause_is_not_time_worked(events):
    pauses = events.filter(pl.col("pause_minutes").is_not_null())
    assert pauses.select("id", "pause_minutes").rows() == [("c1", 61.5)]
    assert events["active_minutes"].round(3).to_list() == [
        *(0.0, 0.5, 0.75, 1.0, 1.0),
        *(1.0, 1.5, 2.5, 3.5, 3.5, 4.5),
    ]


def test_a_silence_of_the_given_minutes_is_a_pause(history):
    own = reports.only_session(history, "session-a")
    worked = {
        minutes: reports.timeline(own, idle_minutes=minutes).collect()["active_minutes"].max()
        for minutes in (0.75, 15, 90)
    }
    assert worked == {0.75: 1.5, 15: 4.5, 90: 66.0}


def test_costs_add_up_response_by_response(events):
    so_far = dict(events.select("id", "cumulative_cost_usd").rows())
    assert so_far["p1"] is None
    assert so_far["r1"] == so_far["r2"] == Decimal("1.5")
    assert so_far["t2"] == Decimal("1.75")


def test_the_context_is_what_was_sent(events):
    tokens = dict(events.select("id", "context_tokens").rows())
    assert (tokens["r1"], tokens["r2"], tokens["c1"]) == (100, 40, 155_000)


def test_an_error_without_a_name_is_called_by_its_status(events):
    assert events.filter(pl.col("id") == "e1")["name"].to_list() == ["529"]


def test_times_are_those_of_the_time_zone(history):
    own = reports.only_session(history, "session-a")
    local = reports.timeline(own, timezone="Asia/Tokyo").collect()
    assert f"{local['at'][0]:%H:%M}" == "19:00"


def test_a_lane_is_a_thread_and_the_main_one_is_first(events):
    rows = reports.lanes(events.lazy()).collect()
    assert rows.select("lane", "prompts", "responses", "tool_calls", "tool_errors").rows() == [
        ("main", 2, 2, 1, 0),
        ("a1", 1, 1, 1, 1),
    ]
    assert rows["cost_usd"].to_list() == [Decimal("1.75"), None]
    assert rows["unpriced_tokens"].to_list() == [0, 40]
    assert rows["lower_bound_responses"].to_list() == [0, 1]
    assert rows["peak_context_tokens"].to_list() == [200, 40]


def test_a_subagent_without_an_id_has_a_lane(make_history):
    own = make_history(usage=[{"agent": "subagent"}])
    assert reports.lanes(reports.timeline(own)).collect()["lane"].to_list() == ["subagent"]


def test_a_turn_goes_from_prompt_to_prompt_with_its_subagents(events):
    rows = reports.turns(events.lazy()).collect()
    assert rows.select("turn", "responses", "cost_usd", "api_errors", "compactions").rows() == [
        (1, 2, Decimal("1.5"), 0, 1),
        (2, 1, Decimal("0.25"), 1, 0),
    ]


def test_what_comes_before_the_first_prompt_is_turn_0(make_history):
    own = make_history(usage=[{"response_id": "r1"}])
    assert reports.turns(reports.timeline(own)).collect()["turn"].to_list() == [0]


def test_a_session_of_nothing_has_no_row(make_history):
    events = reports.timeline(make_history())
    assert events.collect().is_empty()
    assert reports.lanes(events).collect().is_empty()


@pytest.mark.parametrize("begin", ["session-a", "SESSION-A", " session-a "])
def test_a_session_is_found_by_its_id(history, begin):
    assert reports.find_session(history, begin) == "session-a"


def test_a_session_is_found_by_the_beginning_of_its_id(make_history):
    own = make_history(prompts=[{"session_id": "abc-1"}, {"session_id": "abd-2"}])
    assert reports.find_session(own, "abc") == "abc-1"


def test_a_full_id_is_found_although_another_begins_with_it(make_history):
    own = make_history(prompts=[{"session_id": "abc"}, {"session_id": "abcd"}])
    assert reports.find_session(own, "abc") == "abc"


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        ("session", "2 sessions begin with 'session', such as session-a, session-b; give more"),
        ("sesion-a", "there is no session 'sesion-a'; did you mean session-a"),
        ("zzz", "there is no session 'zzz'; `pocketdev-analytics report sessions` lists them"),
        ("", "there is no session ''"),
    ],
)
def test_an_unknown_id_is_an_error_with_advice(history, begin, said):
    with pytest.raises(ReportError, match=said):
        reports.find_session(history, begin)


def test_an_empty_store_has_no_session(make_history):
    with pytest.raises(ReportError, match="the store is empty"):
        reports.find_session(make_history(), "a")
