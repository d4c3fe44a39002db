from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from pocketdev_analytics.model import TOKEN_COLUMNS
from tests.agents.claude.by_hand import (
    A,
    B,
    Line,
    advisor,
    answer,
    api_error,
    at,
    decoded,
    embedded,
    prompt,
    result,
    rows_of,
)


def tokens_of(*lines: Line | bytes) -> list[tuple[int, ...]]:
    rows = rows_of("usage_lines", *lines)
    return [tuple(row[name] for name in TOKEN_COLUMNS) for row in rows]


def only(*lines: Line | bytes, **origin: Any) -> Line:
    (row,) = rows_of("usage_lines", *lines, **origin)
    return row


def test_a_usage_line_says_who_when_where_and_how_much() -> None:
    row = only(answer(tokens={"cache_read_input_tokens": 7, "service_tier": "standard"}))
    assert {name: value for name, value in row.items() if value is not None} == {
        "file_id": 1,
        "line_no": 1,
        "session_id": A,
        "line_session_id": A,
        "project_path": "/home/ada/engine",
        "git_branch": "main",
        "version": "2.1.0",
        "is_sidechain": False,
        "response_id": "msg_1",
        "message_id": "msg_1",
        "source": "message",
        "is_advisor": False,
        "uuid": "msg_1@10:00:00",
        "request_id": "req_1",
        "responded_at": datetime(2026, 11, 1, 10, tzinfo=UTC),
        "model": "claude-sonnet-4-5",
        "stop_reason": "end_turn",
        "has_stop_details": False,
        "is_aborted": False,
        "is_usage_known": True,
        "input_tokens": 10,
        "cache_write_5m_tokens": 0,
        "cache_write_1h_tokens": 0,
        "cache_read_tokens": 7,
        "output_tokens": 100,
        "web_search_requests": 0,
        "service_tier": "standard",
        "text_characters": 0,
        "thinking_characters": 0,
        "signature_characters": 0,
        "tool_input_characters": 0,
        "tool_use_blocks": 0,
        "extra_bytes": 0,
    }


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (None, (50, 0)),
        ({}, (50, 0)),
        ({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}, (50, 0)),
        ({"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 0}, (50, 0)),
        ({"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30}, (20, 30)),
        ({"ephemeral_1h_input_tokens": 50}, (0, 50)),
        ({"ephemeral_1h_input_tokens": 70}, (0, 70)),
        ({"ephemeral_1h_input_tokens": None}, (50, 0)),
    ],
)
def test_5m_writes_are_the_total_less_1h_writes_and_not_below_0(
    split: Line | None, expected: tuple[int, int]
) -> None:
    line = answer(tokens={"cache_creation_input_tokens": 50, "cache_creation": split})
    assert tokens_of(line) == [(10, *expected, 0, 100)]


def test_cache_fields_that_a_gateway_leaves_out_count_0() -> None:
    assert tokens_of(answer()) == [(10, 0, 0, 0, 100)]


def test_null_tokens_count_0() -> None:
    fields = dict.fromkeys(("input_tokens", "cache_read_input_tokens", "cache_creation"))
    assert tokens_of(answer(tokens=fields)) == [(0, 0, 0, 0, 100)]


@pytest.mark.parametrize("value", [-1, "ten", 1.5, True, [1], {}, 10**13, "", "1e400"])
def test_a_count_that_cannot_be_read_leaves_the_response_with_unknown_usage(value: object) -> None:
    frames, _ = decoded(answer(tokens={"output_tokens": value}))
    (row,) = frames["usage_lines"].to_dicts()
    assert (row["input_tokens"], row["output_tokens"], row["is_usage_known"]) == (10, 0, False)
    (odd,) = frames["odd_fields"].to_dicts()
    assert (odd["field"], odd["is_read"]) == ("message.usage.output_tokens", False)
    assert frames["quarantine"].is_empty()


@pytest.mark.parametrize("value", [250.0, "250", "250.00"])
def test_a_count_in_another_form_is_read_and_reported(value: object) -> None:
    frames, _ = decoded(answer(tokens={"output_tokens": value}))
    (row,) = frames["usage_lines"].to_dicts()
    assert (row["output_tokens"], row["is_usage_known"]) == (250, True)
    assert frames["odd_fields"]["is_read"].to_list() == [True]


def test_thinking_tokens_are_part_of_output_and_not_added() -> None:
    details = {"output_tokens_details": {"thinking_tokens": 60}}
    assert tokens_of(answer(tokens=details)) == [(10, 0, 0, 0, 100)]


def test_the_usage_of_a_finished_subagent_in_tooluseresult_is_never_counted() -> None:
    outcome = {"usage": {"input_tokens": 999, "output_tokens": 999}, "totalTokens": 1998}
    assert tokens_of(prompt([result()], toolUseResult=outcome)) == []


def test_an_advisors_iteration_is_a_call_of_its_own_at_its_own_model() -> None:
    same = {"type": "message", "input_tokens": 10, "output_tokens": 100}
    fields = {"ephemeral_1h_input_tokens": 4}
    asked = advisor(
        "claude-opus-5", input_tokens=3, cache_creation_input_tokens=9, cache_creation=fields
    )
    rows = rows_of("usage_passes", answer(tokens={"iterations": [same, asked]}))
    assert [(row["response_id"], row["pass_kind"], row["model"]) for row in rows] == [
        ("msg_1", "message", "claude-sonnet-4-5"),
        ("msg_1", "advisor_message", "claude-opus-5"),
    ]
    assert [tuple(row[name] for name in TOKEN_COLUMNS) for row in rows] == [
        (10, 0, 0, 0, 100),
        (3, 5, 4, 0, 100),
    ]
    assert tokens_of(answer(tokens={"iterations": [same, asked]})) == [(10, 0, 0, 0, 100)]


def test_a_single_iteration_equals_the_top_level_and_is_not_added() -> None:
    same = {"type": "message", "input_tokens": 10, "output_tokens": 100}
    assert tokens_of(answer(tokens={"iterations": [same]})) == [(10, 0, 0, 0, 100)]


def test_speed_tier_geography_and_searches_are_kept() -> None:
    fields = {"speed": "fast", "service_tier": "batch", "inference_geo": "us"}
    row = only(answer(tokens={**fields, "server_tool_use": {"web_search_requests": 3}}))
    assert {name: row[name] for name in fields} == fields
    assert row["web_search_requests"] == 3


@pytest.mark.parametrize(
    "model", ["MiniMax-M2.7", "qwen3-coder:30b", "us.anthropic.claude-sonnet-4-5-v1:0", "x[1m]"]
)
def test_any_spelling_of_a_model_is_kept_as_it_is(model: str) -> None:
    assert only(answer(model=model))["model"] == model


def test_costusd_is_kept_to_the_last_digit() -> None:
    line = json.dumps(answer(costUSD=0)).replace('"costUSD": 0', '"costUSD": 0.12345678901234')
    assert only(line.encode())["recorded_cost_usd"] == Decimal("0.12345678901234")


@pytest.mark.parametrize(
    "amount",
    ["1e400", "1e40", "1e9999999", "-1e9999999", '"NaN"', '"sNaN"', '"Infinity"', '"text"'],
)
def test_an_invalid_costusd_is_dropped_and_reported(amount: str) -> None:
    line = json.dumps(answer(costUSD=0)).replace('"costUSD": 0', f'"costUSD": {amount}')
    frames, _ = decoded(line.encode())
    assert frames["usage_lines"]["recorded_cost_usd"].to_list() == [None]
    assert frames["odd_fields"].select("field", "is_read").rows() == [("costUSD", False)]


def test_a_line_without_requestid_is_counted() -> None:
    line = answer()
    del line["requestId"]
    assert only(line)["request_id"] is None


def test_a_message_without_an_id_is_known_by_its_request_or_its_line() -> None:
    assert only(answer(None, requestId="req_7"))["response_id"] == "req_7"
    assert only(answer(None, requestId=None, uuid="line"))["response_id"] == "line"


def test_usage_that_nothing_identifies_is_in_quarantine() -> None:
    frames, _ = decoded(answer(None, requestId=None, uuid=None))
    assert frames["quarantine"]["reason"].to_list() == [
        "unexpected shape: Usage without a message id - at `$.message.id`"
    ]


def test_a_synthetic_message_is_not_a_call() -> None:
    assert tokens_of(api_error(), api_error(isApiErrorMessage=False)) == []


def test_a_message_embedded_in_progress_is_the_subagents() -> None:
    row = only(embedded(answer(time="10:01:00"), "10:02:00"))
    assert (row["source"], row["agent_id"], row["is_sidechain"]) == ("progress", "a1", True)
    assert (row["response_id"], row["uuid"]) == ("msg_1", "msg_1@10:01:00")
    assert row["responded_at"] == datetime(2026, 11, 1, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        {"type": "hook_progress", "message": "text"},
        {"type": "bash_progress", "output": '"message"'},
        {"type": "mcp", "message": {"message": None}},
        {"type": "x", "message": {"type": 5}},
    ],
)
def test_progress_of_another_kind_gives_no_row(data: object) -> None:
    line = {"type": "progress", "timestamp": at("10:00:00"), "data": data}
    frames, _ = decoded(line)
    assert all(frame.is_empty() for frame in frames.values())


def test_a_lines_own_place_counts_as_it_changes_inside_a_file() -> None:
    moved = {"cwd": "/tmp/tree", "gitBranch": "fix", "version": "2.1.9"}  # noqa: S108
    rows = rows_of("usage_lines", answer(), answer("msg_2", **moved))
    fields = ("project_path", "git_branch", "version")
    assert [tuple(row[name] for name in fields) for row in rows] == [
        ("/home/ada/engine", "main", "2.1.0"),
        ("/tmp/tree", "fix", "2.1.9"),  # noqa: S108
    ]


def test_a_windows_path_is_kept_as_it_is() -> None:
    assert only(answer(cwd="C:\\Users\\ada\\engine"))["project_path"] == "C:\\Users\\ada\\engine"


@pytest.mark.parametrize(("branch", "kept"), [("", None), (None, None), ("HEAD", "HEAD")])
def test_an_empty_branch_is_none_and_head_is_a_name(branch: str | None, kept: str | None) -> None:
    assert only(answer(gitBranch=branch))["git_branch"] == kept


def test_an_absent_branch_is_none() -> None:
    line = answer()
    del line["gitBranch"]
    assert only(line)["git_branch"] is None


def test_the_session_is_the_paths_before_the_lines_before_the_files_name() -> None:
    line = answer(sessionId=B)
    assert only(line, session_id=A)["session_id"] == A
    assert only(line, fallback_id="notes")["session_id"] == B
    assert only(answer(sessionId=None), fallback_id="notes")["session_id"] == "notes"


def test_an_agent_implies_a_sidechain_but_not_the_reverse() -> None:
    rows = rows_of("usage_lines", answer(agentId="a1"), answer("msg_2", isSidechain=True))
    assert [(row["agent_id"], row["is_sidechain"]) for row in rows] == [("a1", True), (None, True)]
    assert only(answer(), agent_id="a2")["is_sidechain"] is True


def test_the_order_of_keys_and_spaces_after_the_colon_do_not_matter() -> None:
    line = answer()
    turned = {name: line[name] for name in sorted(line, reverse=True)}
    compact = json.dumps(line, separators=(",", ":")).encode()
    spaced = json.dumps(turned, separators=(" , ", " : ")).encode()
    assert decoded(compact)[0]["usage_lines"].equals(decoded(spaced)[0]["usage_lines"])


def test_a_time_with_an_offset_is_turned_into_utc() -> None:
    row = only(answer(timestamp="2026-11-01T12:00:00+02:00"))
    assert row["responded_at"] == datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-01T10:00:00",
        "2026-11-01 10:00:00",
        "2026-11-01T12:00:00.000+02:00",
        1_793_527_200,
        1_793_527_200_000,
        "1793527200.0",
        1_793_527_200_000_000,
    ],
)
def test_a_time_in_another_form_is_read(time: object) -> None:
    assert only(answer(timestamp=time))["responded_at"] == datetime(2026, 11, 1, 10, tzinfo=UTC)


def test_a_leap_second_is_the_second_before_it() -> None:
    row = only(answer(timestamp="2026-12-31T23:59:60.500Z"))
    assert row["responded_at"] == datetime(2026, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    [
        None,
        "",
        "yesterday",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        -5,
        {},
        [],
        True,
    ],
)
def test_a_time_that_cannot_be_read_is_that_of_the_lines_before_or_of_the_file(
    time: object,
) -> None:
    frames, _ = decoded(prompt(time="09:00:00"), answer(timestamp=time))
    assert frames["usage_lines"]["responded_at"].to_list() == [datetime(2026, 11, 1, 9, tzinfo=UTC)]
    assert frames["odd_fields"]["field"].to_list() == ["timestamp"]
    written = 1_793_527_200_000_000
    row = only(answer(timestamp=time), written_at=written)
    assert row["responded_at"] == datetime(2026, 11, 1, 10, tzinfo=UTC)
