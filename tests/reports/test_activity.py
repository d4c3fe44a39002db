from __future__ import annotations

from datetime import date

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import activity, hour_by_weekday

MEASURES = [
    "sessions",
    "prompts",
    "responses",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
    "interruptions",
    "slash_commands",
    "shell_commands",
]


@pytest.fixture
def history(make_history):
    return make_history(
        usage=[{}, {"session_id": "session-b"}, {"responded_at": "2026-11-02T09:00:00+00:00"}],
        prompts=[{}, {"session_id": "session-c", "prompted_at": "2026-11-03T09:00:00+00:00"}],
        tool_calls=[
            {"is_error": True},
            {"is_error": None, "tool": "Bash"},
            {"tool": "Edit", "lines_added": 5, "lines_removed": 2},
        ],
        api_errors=[{}, {"kind": "retry"}, {"kind": "refusal"}],
        session_events=[
            {"kind": "interruption"},
            *[{"kind": "slash_command"}] * 3,
            *[{"kind": "shell_command"}] * 2,
            # What was measured is nothing that was done.
            {"kind": "turn_duration", "occurred_at": "2026-11-09T10:00:00+00:00"},
        ],
    )


def test_a_day_has_all_that_was_done_in_it(history):
    frame = activity(history).collect()
    assert frame.columns == ["day", *MEASURES]
    assert frame.rows() == [
        (date(2026, 11, 1), 2, 1, 2, 3, 1, 1, 5, 2, 1, 3, 2),
        (date(2026, 11, 2), 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        (date(2026, 11, 3), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]


def test_a_session_counts_once_over_all(history):
    assert activity(history, by=[]).collect().rows() == [(3, 2, 3, 3, 1, 1, 5, 2, 1, 3, 2)]


def test_activity_by_session_has_one_row_a_session(history):
    frame = activity(history, by=["session"]).collect()
    assert frame.select("session", "sessions", "responses").rows() == [
        ("session-a", 1, 2),
        ("session-b", 1, 1),
        ("session-c", 1, 0),
    ]


def test_by_model_only_what_has_a_model_is_shown(history):
    frame = activity(history, by=["model"]).collect()
    assert frame.columns == ["model", "sessions", "responses"]
    assert frame.rows() == [("claude-opus-5", 2, 3)]


def test_activity_by_tool_is_answered_with_the_report_of_tools(history):
    with pytest.raises(
        ReportError, match=r"'activity' cannot be grouped by 'tool'.*report 'tools'"
    ):
        activity(history, by=["tool"])


def test_no_history_has_no_rows_and_totals_of_zero(make_history):
    empty = make_history()
    assert activity(empty).collect().height == 0
    assert activity(empty, by=[]).collect().rows() == [(0,) * len(MEASURES)]


def test_hours_by_weekday_are_always_a_full_week(make_history, history):
    empty = hour_by_weekday(make_history()).collect()
    assert empty.columns == ["weekday", "hour_of_day", *MEASURES]
    assert empty.height == 7 * 24
    assert empty.select(MEASURES).sum().row(0) == (0,) * len(MEASURES)
    week = hour_by_weekday(history, timezone="Europe/Berlin").collect()
    assert week.height == 7 * 24
    assert week.row(0)[:2] == ("Monday", 0)
    assert week.row(-1)[:2] == ("Sunday", 23)
    busy = week.filter(weekday="Sunday", hour_of_day=11).row(0)
    assert busy[2:] == (2, 1, 2, 3, 1, 1, 5, 2, 1, 3, 2)
    assert week["responses"].sum() == 3
