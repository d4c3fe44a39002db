from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.agents.claude.by_hand import (
    A,
    Line,
    answer,
    api_error,
    as_bytes,
    call,
    decoded,
    embedded,
    prompt,
    result,
    rows_of,
    system,
    title,
)

TEXT = {"type": "text", "text": "Hello"}


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (prompt("Hello"), 1),
        (prompt(""), 1),
        (prompt([TEXT]), 1),
        (prompt([TEXT, result()]), 1),
        (prompt([{"type": "image", "source": {}}]), 1),
        (prompt([result()]), 0),
        (prompt([]), 0),
        (prompt("Hello", isMeta=True), 0),
        (prompt("Hello", isMeta=False), 1),
        (prompt("Hello", isCompactSummary=True), 0),
        (prompt("Do it", isSidechain=True, parentUuid=None), 0),
        (prompt("Hello", parentUuid=None), 1),
        (prompt(None), 0),
    ],
)
def test_a_prompt_is_what_somebody_typed(line: Line, count: int) -> None:
    assert len(rows_of("prompts", answer(), line)) == count


def test_the_first_line_of_a_sidechain_is_not_a_prompt_but_a_later_one_is() -> None:
    lines = [prompt("Do it", isSidechain=True), prompt("More", "10:00:00", isSidechain=True)]
    assert [row["line_no"] for row in rows_of("prompts", *lines)] == [2]
    appended = rows_of("prompts", *lines, lines_before=5, byte_offset=900)
    assert [row["line_no"] for row in appended] == [6, 7]


def test_the_first_line_of_an_agents_file_is_not_a_prompt() -> None:
    assert rows_of("prompts", prompt("Do it"), agent_id="a1") == []


def test_a_prompt_has_a_size_and_no_text() -> None:
    (row,) = rows_of("prompts", prompt("Hello"))
    assert row["prompt_bytes"] == len('"Hello"')
    assert row["prompt_id"] == "user@09:59:00"
    assert row["prompted_at"] == datetime(2026, 11, 1, 9, 59, tzinfo=UTC)
    assert "Hello" not in row.values()


def test_tool_calls_are_the_tool_use_blocks_of_assistant_lines() -> None:
    blocks = [TEXT, call("t1"), call("t2", "mcp__docs__search"), {"type": "tool_use"}]
    rows = rows_of("tool_uses", answer(content=blocks))
    assert [(row["tool_use_id"], row["tool"], row["source"]) for row in rows] == [
        ("t1", "Bash", "message"),
        ("t2", "mcp__docs__search", "message"),
    ]


def test_a_tools_result_says_whether_it_failed_and_how_large_it_is() -> None:
    blocks = [result("t1", content="done"), result("t2", is_error=True), result("t3", content=[])]
    rows = rows_of("tool_results", prompt(blocks))
    assert [(row["tool_use_id"], row["is_error"], row["result_bytes"]) for row in rows] == [
        ("t1", False, len('"done"')),
        ("t2", True, len('"done"')),
        ("t3", False, len("[]")),
    ]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"structuredPatch": [{"lines": ["-a", "+b", "+c", " d"]}, {"lines": ["+e"]}]}, (3, 1)),
        ({"structuredPatch": []}, (0, 0)),
        ({"structuredPatch": [], "type": "create", "content": "a\nb\n"}, (2, 0)),
        ({"structuredPatch": [], "type": "update", "content": "a\nb\n"}, (0, 0)),
        ({"structuredPatch": "of another tool"}, (0, 0)),
        ({"structuredPatch": None}, (0, 0)),
        ("Error: structuredPatch", (0, 0)),
        (None, (0, 0)),
    ],
)
def test_an_edits_patch_gives_lines_added_and_removed(
    outcome: object, expected: tuple[int, int]
) -> None:
    (row,) = rows_of("tool_results", prompt([result()], toolUseResult=outcome))
    assert (row["lines_added"], row["lines_removed"]) == expected


def test_a_patch_is_counted_for_one_result_of_the_line() -> None:
    patch = {"structuredPatch": [{"lines": ["+a"]}]}
    rows = rows_of("tool_results", prompt([result("t1"), result("t2")], toolUseResult=patch))
    assert [row["lines_added"] for row in rows] == [1, 0]


@pytest.mark.parametrize(
    "outcome",
    [
        b'"Error: no such file"',
        b'"half a pair: \\ud83d"',
        b'"no UTF-8: \xff"',
        b'[{"type": "text", "text": "a tool of an MCP server"}]',
        b"[1, [2], null]",
        b"1e999",
        b"12345678901234567890123456789",
        b"false",
        b"null",
        b'{"structuredPatch": "of another tool"}',
        b'{"structuredPatch": [{"lines": [1]}], "type": 2, "content": [3]}',
        b'{"stdout": "\\ud83d"}',
    ],
)
def test_a_tools_outcome_may_have_any_shape(outcome: bytes) -> None:
    line = as_bytes(prompt([result()], toolUseResult="OUTCOME")).rstrip(b"\n")
    frames, span = decoded(line.replace(b'"OUTCOME"', outcome), answer())
    assert frames["quarantine"].is_empty()
    (row,) = frames["tool_results"].to_dicts()
    assert (row["tool_use_id"], row["lines_added"], row["lines_removed"]) == ("toolu_1", 0, 0)
    assert (frames["usage_lines"].height, span.count_lines) == (1, 2)


def test_tool_calls_and_results_in_progress_are_rows_of_that_source() -> None:
    frames, _ = decoded(
        embedded(answer(content=[call()])),
        embedded({**prompt([result()]), "requestId": None}),
    )
    assert frames["tool_uses"]["source"].to_list() == ["progress"]
    assert frames["tool_results"]["source"].to_list() == ["progress"]
    assert frames["prompts"].is_empty()


def test_a_synthetic_message_that_is_an_error_records_it() -> None:
    (row,) = rows_of("api_errors", api_error())
    assert (row["kind"], row["error"], row["status"]) == ("error", "rate_limit", 429)


@pytest.mark.parametrize("flag", [False, None])
def test_a_synthetic_message_without_an_error_gives_no_row(flag: object) -> None:
    frames, _ = decoded(api_error(isApiErrorMessage=flag))
    assert all(frame.is_empty() for frame in frames.values())


@pytest.mark.parametrize(
    ("error", "kept"),
    [("overloaded_error", "overloaded_error"), ("Sorry, that is too long", "other"), (None, None)],
)
def test_an_error_is_a_code_and_never_a_sentence(error: str | None, kept: str | None) -> None:
    (row,) = rows_of("api_errors", api_error(error=error))
    assert row["error"] == kept


def test_an_api_error_of_a_system_line_is_a_retry() -> None:
    line = system("api_error", error={"status": 529, "message": "text"}, retryAttempt=3)
    (row,) = rows_of("api_errors", line)
    assert (row["kind"], row["status"], row["retry_attempt"]) == ("retry", 529, 3)
    assert row["error"] is None


@pytest.mark.parametrize(
    ("cause", "kept"),
    [
        ({"code": "ConnectionRefused", "path": "https://example.com"}, "ConnectionRefused"),
        ({"code": "ECONNRESET", "errno": -104}, "ECONNRESET"),
        ({"code": "Sorry, no connection"}, "other"),
        ({"code": 5}, None),
        ({}, None),
        ("refused", None),
        (None, None),
    ],
)
def test_a_retry_of_what_reached_no_server_has_the_code_of_its_cause(
    cause: object, kept: str | None
) -> None:
    (row,) = rows_of("api_errors", system("api_error", error={"cause": {}}, cause=cause))
    assert (row["kind"], row["error"], row["status"]) == ("retry", kept, None)


def test_system_lines_measure_turns_compactions_and_stop_hooks() -> None:
    compaction = {"trigger": "auto", "preTokens": 150_000}
    rows = rows_of(
        "session_events",
        system("turn_duration", durationMs=1500),
        system("compact_boundary", compactMetadata=compaction),
        system("stop_hook_summary"),
        system("informational"),
    )
    fields = ("kind", "duration_ms", "trigger", "pre_tokens")
    assert [tuple(row[name] for name in fields) for row in rows] == [
        ("turn_duration", 1500, None, None),
        ("compact_boundary", None, "auto", 150_000),
        ("stop_hook_summary", None, None, None),
    ]


@pytest.mark.parametrize(
    "line",
    [
        api_error(apiErrorStatus=10**30),
        system("api_error", retryAttempt=2**63),
        system("turn_duration", durationMs=1e300),
        system("compact_boundary", compactMetadata={"preTokens": 10**30}),
    ],
)
def test_a_number_that_no_store_holds_is_dropped_and_reported(line: Line) -> None:
    frames, _ = decoded(line, answer())
    assert frames["odd_fields"].select("line_no", "found", "is_read").rows() == [
        (1, "number", False)
    ]
    assert frames["api_errors"].height + frames["session_events"].height == 1
    assert frames["quarantine"].is_empty()


def test_titles_are_kept_with_their_kind() -> None:
    rows = rows_of(
        "session_titles",
        title("ai-title", "Made up"),
        title("custom-title", "Chosen"),
        title("agent-name", "Ada"),
        title("summary", "Summed up", leafUuid="leaf", sessionId=None),
        title("ai-title", ""),
        fallback_id=A,
    )
    assert [(row["kind"], row["title"], row["leaf_uuid"]) for row in rows] == [
        ("ai-title", "Made up", None),
        ("custom-title", "Chosen", None),
        ("agent-name", "Ada", None),
        ("summary", "Summed up", "leaf"),
    ]


def test_a_cost_state_is_a_row_for_each_model() -> None:
    models = {"claude-opus-5": {"costUSD": 1.25, "inputTokens": 5}, "claude-haiku-4-5": {}}
    line = {"type": "cost-state", "sessionId": A, "totalCostUSD": 1.5, "modelUsage": models}
    rows = rows_of("cost_states", line)
    assert [(row["model"], row["cost_usd"], row["total_cost_usd"]) for row in rows] == [
        ("claude-opus-5", Decimal("1.25"), Decimal("1.5")),
        ("claude-haiku-4-5", None, Decimal("1.5")),
    ]


@pytest.mark.parametrize(
    "line",
    [
        {"type": "bridge-session", "sessionId": A, "bridgeSessionId": "acct_1"},
        {"type": "mode", "mode": "plan"},
        {"type": "last-prompt", "lastPrompt": "Hello"},
        {"type": "file-history-snapshot", "snapshot": {}},
        {"type": "queue-operation", "operation": "enqueue", "content": "Hello"},
        {"type": "a-type-of-next-year", "message": {"usage": {"output_tokens": 5}}},
        {"type": 5, "uuid": []},
        {"type": None},
        {"kind": "of another tool", "timestamp": 1700000000, "summary": {"a": 1}},
        {"type": "event_msg", "timestamp": "no time", "error": {"a": 1}, "version": 3},
        {},
    ],
)
def test_lines_of_unknown_types_and_other_tools_give_no_rows(line: Line) -> None:
    frames, span = decoded(line)
    assert all(frame.is_empty() for frame in frames.values())
    assert span.count_lines == 1


def test_a_bridge_session_leaves_nothing_behind() -> None:
    line = {"type": "bridge-session", "sessionId": "acct_1", "cwd": "/account"}
    _, span = decoded(line)
    assert (span.session_id, span.project_path) == (None, None)


def test_a_title_of_megabytes_is_cut_at_a_thousand_characters() -> None:
    (row,) = rows_of("session_titles", title("ai-title", "x" * 5_000_000))
    assert (len(row["title"]), row["title"][-1]) == (1_000, "…")
