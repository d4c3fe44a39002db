from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pocketdev_analytics.reports import session_totals, sessions

COLUMNS = [
    "session",
    "title",
    "project",
    "started_at",
    "ended_at",
    "duration_minutes",
    "prompts",
    "responses",
    "subagent_responses",
    "tool_calls",
    "cost_usd",
    "lower_bound_responses",
    "unseen_calls",
    "unpriced_tokens",
    "models",
    "peak_context_tokens",
    "active_minutes",
    "subagents",
    "tool_errors",
    "api_errors",
    "compactions",
]


def row_of(frame):
    return frame.collect().row(0, named=True)


def test_a_session_is_one_row(make_history):
    titled = {"session_title": "Fix the parser"}
    history = make_history(
        prompts=[{**titled, "prompted_at": "2026-11-01T09:00:00+00:00"}],
        usage=[
            {
                **titled,
                "cost_usd": "0.5",
                "input_tokens": 10,
                "cache_write_5m_tokens": 200,
                "cache_write_1h_tokens": 3_000,
                "cache_read_tokens": 40_000,
                "output_tokens": 999_999,
                "is_lower_bound": True,
            },
            {**titled, "agent": "subagent", "model": "claude-haiku-4-5", "cost_usd": "0.25"},
        ],
        tool_calls=[{**titled, "called_at": "2026-11-01T10:30:30+00:00"}],
    )
    frame = sessions(history, timezone="Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    assert frame.collect().columns == COLUMNS
    assert row_of(frame) == {
        "session": "session-a",
        "title": "Fix the parser",
        "project": "/home/me/app",
        "started_at": datetime(2026, 11, 1, 10, 0, tzinfo=berlin),
        "ended_at": datetime(2026, 11, 1, 11, 30, 30, tzinfo=berlin),
        "duration_minutes": 90.5,
        "prompts": 1,
        "responses": 2,
        "subagent_responses": 1,
        "tool_calls": 1,
        "cost_usd": Decimal("0.75"),
        "lower_bound_responses": 1,
        "unseen_calls": 0,
        "unpriced_tokens": 0,
        "models": ["claude-haiku-4-5", "claude-opus-5"],
        "peak_context_tokens": 43_210,
        "active_minutes": 0.0,
        "subagents": 0,
        "tool_errors": 0,
        "api_errors": 0,
        "compactions": 0,
    }


def test_a_session_has_its_active_time_subagents_errors_and_compactions(make_history):
    times = [f"2026-11-01T{time}:00+00:00" for time in ("10:00", "10:10", "12:00", "12:20")]
    agents = [None, "a1", "a1", "a2"]
    history = make_history(
        usage=[
            {"responded_at": time, "agent_id": agent}
            for time, agent in zip(times, agents, strict=True)
        ],
        tool_calls=[{"is_error": True}, {"is_error": None}, {"is_error": False}],
        api_errors=[{}, {"kind": "retry"}],
        session_events=[{"kind": "compact_boundary"}, {"kind": "turn_duration"}],
    )
    names = ["active_minutes", "subagents", "tool_errors", "api_errors", "compactions"]
    assert sessions(history).collect().select(names).row(0) == (10.0, 2, 1, 1, 1)
    longer = sessions(history, idle_minutes=20).collect()
    assert longer["active_minutes"].item() == 30.0
    totals = session_totals(history).collect().select(names[1:])
    assert totals.row(0) == (2, 1, 1, 1)


def test_a_session_that_moved_is_of_the_project_where_it_began(make_history):
    history = make_history(
        usage=[
            {"project": "/a/later", "responded_at": "2026-11-01T11:00:00+00:00"},
            {"project": "/z/first", "responded_at": "2026-11-01T10:00:00+00:00"},
        ]
    )
    assert row_of(sessions(history))["project"] == "/z/first"


def test_a_session_without_responses_cost_nothing(make_history):
    row = row_of(sessions(make_history(prompts=[{}])))
    assert (row["cost_usd"], row["responses"], row["models"]) == (0, 0, [])
    assert row["peak_context_tokens"] is None


def test_a_session_of_unpriced_models_cost_an_unknown_amount(make_history):
    history = make_history(usage=[{"cost_usd": None, "input_tokens": 7}], prompts=[{}])
    row = row_of(sessions(history))
    assert (row["cost_usd"], row["unpriced_tokens"]) == (None, 7)
    assert row_of(session_totals(history))["cost_usd"] is None


def test_sessions_are_sorted_by_their_start_and_add_up(make_history):
    history = make_history(
        usage=[
            {"session_id": "b", "responded_at": "2026-11-01T09:00:00+00:00", "cost_usd": "1"},
            {"session_id": "a", "cost_usd": "2"},
            {"session_id": "c", "cost_usd": None},
        ],
        prompts=[{"session_id": "a"}, {"session_id": "d"}],
    )
    assert sessions(history).collect()["session"].to_list() == ["b", "a", "c", "d"]
    assert row_of(session_totals(history)) == {
        "sessions": 4,
        "prompts": 2,
        "responses": 3,
        "subagent_responses": 0,
        "tool_calls": 0,
        "subagents": 0,
        "tool_errors": 0,
        "api_errors": 0,
        "compactions": 0,
        "cost_usd": Decimal(3),
        "lower_bound_responses": 0,
        "unseen_calls": 0,
        "unpriced_tokens": 0,
    }


def test_no_history_has_no_sessions(make_history):
    assert sessions(make_history()).collect().columns == COLUMNS
    assert row_of(session_totals(make_history()))["sessions"] == 0


def test_no_session_was_worked_in_for_longer_than_it_lasted(make_history):
    day = "2026-11-01T10"
    history = make_history(
        usage=[{"responded_at": f"{day}:00:00+00:00"}],
        session_events=[
            {"occurred_at": f"{day}:07:00+00:00"},
            {"occurred_at": f"{day}:20:00+00:00", "session_id": "events alone"},
        ],
        api_errors=[{"occurred_at": f"{day}:30:00+00:00"}],
    )
    (row,) = sessions(history).collect().to_dicts()
    assert (row["session"], row["duration_minutes"], row["active_minutes"]) == ("session-a", 30, 7)
