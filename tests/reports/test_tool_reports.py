from __future__ import annotations

from datetime import date

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import errors, tools


def test_a_tool_has_its_calls_errors_sizes_and_lines(make_history):
    history = make_history(
        tool_calls=[
            {"tool": "Edit", "lines_added": 3, "lines_removed": 1},
            {"tool": "Edit", "is_error": True, "result_bytes": 301},
            {"tool": "Edit", "is_error": None, "result_bytes": None},
        ]
    )
    frame = tools(history).collect()
    names = ["calls", "errors", "error_rate", "result_bytes", "lines_added", "lines_removed"]
    assert frame.columns == ["tool", *names, "mean_result_bytes", "max_result_bytes"]
    assert frame.row(0) == ("Edit", 3, 1, 0.5, 401, 3, 1, 201, 301)


def test_the_error_rate_is_unknown_while_no_result_is_known(make_history):
    frame = tools(make_history(tool_calls=[{"is_error": None}])).collect()
    assert frame["error_rate"].to_list() == [None]


def test_tools_can_be_grouped_by_mcp_server_and_day(make_history):
    history = make_history(
        tool_calls=[{"tool": "mcp__db__query", "mcp_server": "db"}, {"mcp_server": None}]
    )
    frame = tools(history, by=["mcp_server", "day"]).collect()
    assert frame.select("mcp_server", "day", "calls").rows() == [
        ("db", date(2026, 11, 1), 1),
        (None, date(2026, 11, 1), 1),
    ]


def test_tool_calls_have_no_model(make_history):
    with pytest.raises(ReportError, match="'tools' cannot be grouped by 'model'"):
        tools(make_history(), by=["model"])


def test_no_tool_calls_add_up_to_zero(make_history):
    assert tools(make_history()).collect().height == 0
    assert tools(make_history(), by=[]).collect().row(0) == (0, 0, None, 0, 0, 0, None, None)


def test_errors_retries_and_rate_limits_are_distinguished(make_history):
    history = make_history(
        api_errors=[
            {"error": "rate_limit"},
            {"kind": "retry", "status": 429},
            {"kind": "retry", "status": 529},
            {"session_id": "session-b", "occurred_at": "2026-11-02T10:00:00+00:00"},
            {"kind": "refusal"},
            {"kind": "refusal_fallback"},
            *[{"kind": "fallback"}] * 2,
        ]
    )
    frame = errors(history).collect()
    counts = ["errors", "retries", "rate_limits", "refusals", "fallbacks"]
    assert frame.columns == ["day", "sessions", *counts]
    assert frame.rows() == [
        (date(2026, 11, 1), 1, 1, 2, 2, 2, 3),
        (date(2026, 11, 2), 1, 1, 0, 0, 0, 0),
    ]
    assert errors(history, by=[]).collect().rows() == [(2, 2, 2, 2, 2, 3)]


def test_lines_of_edits_are_counted_by_project_and_day(make_history):
    history = make_history(
        tool_calls=[
            {"lines_added": 3, "lines_removed": 1},
            {"lines_added": 2, "lines_removed": 0, "called_at": "2026-11-01T23:30:00+00:00"},
        ]
    )
    frame = tools(history, by=["project", "day"], timezone="Europe/Berlin").collect()
    assert frame.select("project", "day", "lines_added", "lines_removed").rows() == [
        ("/home/me/app", date(2026, 11, 1), 3, 1),
        ("/home/me/app", date(2026, 11, 2), 2, 0),
    ]


def test_errors_are_grouped_by_status_and_kind(make_history):
    history = make_history(
        api_errors=[
            {"error": "rate_limit", "status": 429},
            {"kind": "retry", "status": 529},
            {"kind": "retry", "status": 529},
            {"kind": "retry"},
        ]
    )
    frame = errors(history, by=["kind", "status"]).collect()
    assert frame.select("kind", "status", "errors", "retries", "rate_limits").rows() == [
        ("error", 429, 1, 0, 1),
        ("retry", 529, 0, 2, 0),
        ("retry", None, 0, 1, 0),
    ]
