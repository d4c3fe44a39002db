"""What lines state next to tokens: content sizes, owners, attribution, events, own counts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.agents.claude.by_hand import (
    A,
    B,
    Line,
    answer,
    at,
    call,
    decoded,
    prompt,
    result,
    rows_of,
    system,
)


def usage_row(line: Line) -> Line:
    (row,) = rows_of("usage_lines", line)
    return row


SIZES = (
    *("text_characters", "thinking_characters", "signature_characters"),
    *("tool_input_characters", "tool_use_blocks", "extra_bytes"),
)


@pytest.mark.parametrize(
    ("block", "sizes"),
    [
        ({"type": "text", "text": "four"}, (4, 0, 0, 0, 0, 0)),
        ({"type": "text", "text": "日本"}, (2, 0, 0, 0, 0, 4)),
        ({"type": "thinking", "thinking": "abc", "signature": "c2ln"}, (0, 3, 4, 0, 0, 0)),
        ({"type": "thinking", "thinking": "", "signature": "c2lnbg=="}, (0, 0, 8, 0, 0, 0)),
        ({"type": "redacted_thinking", "data": "c2ln"}, (0, 0, 4, 0, 0, 0)),
        ({"type": "tool_use", "id": "t", "name": "x", "input": {"a": 1}}, (0, 0, 0, 8, 1, 0)),
        ({"type": "server_tool_use", "id": "t", "input": {}}, (0, 0, 0, 2, 1, 0)),
        ({"type": "web_search_tool_result", "content": []}, (0, 0, 0, 0, 0, 0)),
    ],
)
def test_the_content_of_a_line_is_measured_by_kind(block: Line, sizes: tuple[int, ...]) -> None:
    row = usage_row(answer(content=[block]))
    assert tuple(row[name] for name in SIZES) == sizes


def test_the_sizes_of_blocks_add_up() -> None:
    row = usage_row(answer(content=[{"type": "text", "text": "ab"}] * 3 + [call(), call("t2")]))
    assert (row["text_characters"], row["tool_use_blocks"]) == (6, 2)


def test_a_line_states_where_it_was_copied_from() -> None:
    copied = answer(sessionId=B, forkedFrom={"sessionId": A}, requestSessionId=A)
    frames, _ = decoded(copied, session_id=B)
    (row,) = frames["usage_lines"].to_dicts()
    fields = ("session_id", "line_session_id", "forked_from_session_id", "request_session_id")
    assert tuple(row[name] for name in fields) == (B, B, A, A)
    (row,) = rows_of("prompts", prompt(sessionId=A), session_id=B)
    assert (row["session_id"], row["line_session_id"]) == (B, A)


def test_a_response_names_its_author_and_entry_point() -> None:
    stated = {
        "effort": "high",
        "requestedModel": "opus",
        "attributionAgent": "Explore",
        "attributionSkill": "review",
        "attributionPlugin": "tools",
        "attributionMcpServer": "stub",
        "entrypoint": "sdk-py",
        "sessionKind": "bg",
        "teamName": "crew",
    }
    frames, _ = decoded(answer(content=[call()], **stated), prompt(entrypoint="cli"))
    names = {
        **dict.fromkeys(("effort", "entrypoint"), ""),
        "requestedModel": "requested_model",
        "attributionAgent": "attribution_agent",
        "attributionSkill": "attribution_skill",
        "attributionPlugin": "attribution_plugin",
        "attributionMcpServer": "attribution_mcp_server",
        "sessionKind": "session_kind",
        "teamName": "team_name",
    }
    for table in ("usage_lines", "tool_uses"):
        (row,) = frames[table].to_dicts()
        assert {field: row[name or field] for field, name in names.items()} == stated
    assert frames["prompts"]["entrypoint"].to_list() == ["cli"]


def test_a_stream_that_was_cut_is_marked() -> None:
    assert usage_row(answer(isAbortedMidStream=True))["is_aborted"]
    assert usage_row(answer(isUnmetered=True))["is_aborted"]
    assert not usage_row(answer(isAbortedMidStream=False))["is_aborted"]
    finished = answer()
    finished["message"]["stop_details"] = None
    assert [usage_row(line)["has_stop_details"] for line in (answer(), finished)] == [False, True]


def test_thinking_is_kept_as_tokens_and_as_time() -> None:
    details = {"output_tokens_details": {"thinking_tokens": 60}}
    row = usage_row(answer(tokens=details, thinkingDurationMs=1500.4))
    assert (row["thinking_tokens"], row["thinking_ms"], row["output_tokens"]) == (60, 1500, 100)


def test_the_bill_of_a_provider_in_the_line_is_the_recorded_cost() -> None:
    bill = {"cost": 0.5, "cost_details": {"upstream_inference_cost": 0.4}, "is_byok": True}
    line = answer(tokens=bill)
    line["message"]["provider"] = "Anthropic"
    row = usage_row(line)
    assert (row["recorded_cost_usd"], row["upstream_cost_usd"]) == (Decimal("0.5"), Decimal("0.4"))
    assert (row["provider"], row["is_byok"]) == ("Anthropic", True)
    assert usage_row(answer(tokens=bill, costUSD=0.25))["recorded_cost_usd"] == Decimal("0.25")


def test_a_result_says_what_was_searched_how_long_it_took_and_how_it_was_permitted() -> None:
    lines = [
        prompt([result()], toolUseResult={"searchCount": 2, "durationSeconds": 1.5}),
        prompt([result("t2")], toolUseResult={"durationMs": 40, "interrupted": True}),
        prompt(
            [result("t3", is_error=True)],
            toolDenialKind="user-rejected",
            permissionDecision={"decision": "reject", "source": "user"},
            sourceToolAssistantUUID="caller",
        ),
        prompt([result("t4")], toolUseResult={"durationMs": "long", "searchCount": {}}),
    ]
    rows = rows_of("tool_results", *lines)
    fields = ("search_count", "duration_ms", "is_interrupted", "denial_kind")
    assert [tuple(row[name] for name in fields) for row in rows] == [
        (2, 1500, None, None),
        (None, 40, True, None),
        (None, None, None, "user-rejected"),
        (None, None, None, None),
    ]
    assert [row["permission_decision"] for row in rows] == [None, None, "reject", None]
    assert [row["tool_use_uuid"] for row in rows] == ["before", "before", "caller", "before"]


def test_a_cost_state_holds_tokens_by_class_for_each_model() -> None:
    models = {
        "claude-opus-5-5": {
            "inputTokens": 43,
            "outputTokens": 103,
            "thinkingTokens": 5,
            "cacheReadInputTokens": 50_033,
            "cacheCreationInputTokens": 31_066,
            "cacheCreationEphemeral5mInputTokens": 1_033,
            "cacheCreationEphemeral1hInputTokens": 30_033,
            "webSearchRequests": 2,
            "costUSD": 0.25,
        },
        "claude-haiku-4-5": {"inputTokens": 1},
    }
    line = {
        "type": "cost-state",
        "sessionId": A,
        "totalCostUSD": 0.3,
        "modelUsage": models,
        "hasUnknownModelCost": True,
        "startTime": 1_793_527_200_000,
    }
    first, second = rows_of("cost_states", line, line)[:2]
    names = ("input", "output", "thinking", "cache_read", "cache_write", "cache_write_5m")
    assert [first[f"{name}_tokens"] for name in names] == [43, 103, 5, 50_033, 31_066, 1_033]
    assert (first["cache_write_1h_tokens"], first["web_search_requests"]) == (30_033, 2)
    assert first["has_unknown_model_cost"]
    assert first["started_at"] == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert (second["input_tokens"], second["output_tokens"]) == (1, None)


def event(*lines: Line) -> Line:
    (row,) = rows_of("session_events", *lines)
    return {name: value for name, value in row.items() if value is not None}


def test_a_compaction_has_its_tokens_before_and_after_and_its_duration() -> None:
    compaction = {"trigger": "auto", "preTokens": 101_112, "postTokens": 2_621, "durationMs": 64}
    row = event(system("compact_boundary", compactMetadata=compaction))
    assert (row["trigger"], row["pre_tokens"], row["post_tokens"]) == ("auto", 101_112, 2_621)
    assert row["duration_ms"] == 64


@pytest.mark.parametrize(
    ("subtype", "fields", "trigger"),
    [
        ("model_fallback", {"trigger": "overloaded"}, "overloaded"),
        ("model_refusal_fallback", {"apiRefusalCategory": "cyber", "trigger": "refusal"}, "cyber"),
        ("model_refusal_no_fallback", {"apiRefusalCategory": "cyber"}, "cyber"),
    ],
)
def test_fallbacks_and_refusals_are_events_with_both_models(
    subtype: str, fields: dict[str, Any], trigger: str
) -> None:
    models = {"originalModel": "claude-opus-5-5", "fallbackModel": "claude-sonnet-5-5"}
    row = event(system(subtype, **models, **fields))
    assert (row["kind"], row["trigger"]) == (subtype, trigger)
    assert (row["model"], row["fallback_model"]) == tuple(models.values())


def test_recaps_and_scheduled_tasks_are_events() -> None:
    assert event(system("away_summary", content="text"))["kind"] == "away_summary"
    assert event(system("scheduled_task_fire"))["kind"] == "scheduled_task_fire"


def test_stop_hooks_are_counted_and_one_that_blocked_is_an_event_of_its_own() -> None:
    rows = rows_of(
        "session_events",
        system("stop_hook_summary", hookCount=2, hookErrors=["text"], preventedContinuation=True),
    )
    assert [(row["kind"], row["count_hooks"], row["count_failed_hooks"]) for row in rows] == [
        ("stop_hook_summary", 2, 1),
        ("hook_blocked", None, None),
    ]
    assert len({row["event_id"] for row in rows}) == 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("hook_blocking_error", "hook_blocked"),
        ("hook_non_blocking_error", "hook_failed"),
        ("hook_success", None),
    ],
)
def test_hooks_that_failed_or_blocked_are_events(kind: str, expected: str | None) -> None:
    attachment = {"type": kind, "hookEvent": "PreToolUse", "stderr": "text"}
    identity = {"uuid": "hook", "timestamp": at("10:00:00"), "sessionId": A}
    rows = rows_of("session_events", {"type": "attachment", "attachment": attachment, **identity})
    found = [(row["kind"], row["trigger"]) for row in rows]
    assert found == ([(expected, "PreToolUse")] if expected else [])


def test_a_worktree_names_its_folder_and_the_folder_it_is_of() -> None:
    tree = {
        "originalCwd": "/home/ada/engine",
        "originalBranch": "main",
        "worktreePath": "/home/ada/engine/.claude/worktrees/tree1",
        "worktreeBranch": "worktree-tree1",
    }
    (row,) = rows_of(
        "worktrees", {"type": "worktree-state", "sessionId": A, "worktreeSession": tree}
    )
    assert (row["worktree_path"], row["original_path"]) == (
        tree["worktreePath"],
        tree["originalCwd"],
    )
    assert rows_of("worktrees", {"type": "worktree-state", "worktreeSession": None}) == []


def test_a_link_to_a_pull_request_is_kept() -> None:
    link = {
        "type": "pr-link",
        "sessionId": A,
        "prNumber": 175,
        "prUrl": "https://example.com/ada/engine/pull/175",
        "prRepository": "ada/engine",
        "timestamp": at("10:00:00"),
    }
    (row,) = rows_of("pull_requests", link)
    assert (row["number"], row["repository"]) == (175, "ada/engine")
    assert row["linked_at"] == datetime(2026, 11, 1, 10, tzinfo=UTC)
