"""A field of another JSON kind than the format has: the response stays, the field is reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.agents.claude.by_hand import A, Line, advisor, answer, call, decoded, embedded, prompt

#: One value of each JSON kind, and forms in which gateways and other tools write numbers.
KINDS: list[Any] = [None, True, 5, -1, 1.5, "text", "", [], [5], [{}], {}, {"a": 1}, 10**30]
WRITTEN = 1_793_527_200_000_000

FULL = answer(
    content=[{"type": "text", "text": "a"}, {"type": "thinking", "thinking": "b"}, call()],
    tokens={
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 7,
        "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 3},
        "server_tool_use": {"web_search_requests": 1},
        "output_tokens_details": {"thinking_tokens": 1},
        "service_tier": "standard",
        "speed": "standard",
        "inference_geo": "us",
        "iterations": [{"type": "message", "input_tokens": 1}, advisor("claude-opus-5")],
        "cost": 0.5,
        "cost_details": {"upstream_inference_cost": 0.4},
        "is_byok": True,
    },
    costUSD=0.25,
    agentId="a1",
    effort="high",
    requestedModel="claude-opus-5",
    forkedFrom={"sessionId": A},
    isAbortedMidStream=False,
    thinkingDurationMs=5,
    toolUseResult={},
    permissionDecision={"decision": "accept"},
)
FULL["message"] |= {"provider": "anthropic", "stop_details": None, "pausedResponses": []}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field of a line, and of every item of its lists."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def replaced(line: Line, path: tuple[Any, ...], value: Any) -> bytes:
    copy: Any = json.loads(json.dumps(line))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(copy).encode()


#: Without a message there is no response.
PLACES = [path for path in places(FULL) if path != ("message",)]


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_no_value_of_a_field_loses_the_response_of_a_usage_line(
    path: tuple[Any, ...],
) -> None:
    for value in KINDS:
        frames, span = decoded(replaced(FULL, path, value), written_at=WRITTEN)
        kept = frames["usage_lines"].filter(is_advisor=False)
        is_foreign = path == ("type",) and isinstance(value, str)
        assert kept.height == (0 if is_foreign else 1), (path, value)
        assert frames["quarantine"].is_empty(), (path, value)
        assert span.count_lines == 1


@pytest.mark.parametrize("name", ["input_tokens", "output_tokens", "cache_read_input_tokens"])
@pytest.mark.parametrize("value", ["text", [], {}, True, -1, 1.5, 10**30])
def test_a_count_that_cannot_be_read_makes_the_usage_unknown(name: str, value: object) -> None:
    frames, _ = decoded(answer(tokens={name: value}))
    assert frames["usage_lines"]["is_usage_known"].to_list() == [False]
    assert frames["odd_fields"]["field"].to_list() == [f"message.usage.{name}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_tool_use", []),
        ("iterations", {}),
        ("service_tier", {"x": 1}),
        ("speed", 5),
        ("cache_creation", []),
        ("output_tokens_details", "text"),
    ],
)
def test_an_odd_field_other_than_a_count_keeps_the_counts_known(name: str, value: object) -> None:
    frames, _ = decoded(answer(tokens={name: value}))
    (row,) = frames["usage_lines"].to_dicts()
    assert (row["input_tokens"], row["output_tokens"]) == (10, 100)
    assert row["is_usage_known"]
    assert frames["odd_fields"].select("field", "is_read").rows() == [
        (f"message.usage.{name}", False)
    ]


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        "text",
        {"input_tokens": 0, "output_tokens": 0},
        {"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000},
    ],
)
def test_a_response_without_counts_is_a_row_with_unknown_usage(usage: object) -> None:
    line = answer()
    line["message"]["usage"] = usage
    frames, _ = decoded(line)
    (row,) = frames["usage_lines"].to_dicts()
    assert (row["output_tokens"], row["is_usage_known"], row["stop_reason"]) == (
        0,
        False,
        "end_turn",
    )


def test_a_usage_whose_passes_alone_have_counts_is_known() -> None:
    part = {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3500}
    line = answer(tokens={"input_tokens": 0, "output_tokens": 0, "iterations": [part]})
    frames, _ = decoded(line)
    assert frames["usage_lines"]["is_usage_known"].to_list() == [True]


def test_an_item_of_another_kind_costs_its_list_nothing_else() -> None:
    content = [5, {"type": "text", "text": "abc"}, call(), None]
    frames, _ = decoded(answer(content=content))
    assert frames["usage_lines"]["text_characters"].to_list() == [3]
    assert frames["tool_uses"].height == 1
    assert frames["odd_fields"].select("field", "found").rows() == [
        ("message.content[]", "number"),
        ("message.content[]", "null"),
    ]


def test_a_subagents_embedded_response_stays_with_an_odd_field() -> None:
    frames, _ = decoded(embedded(answer(tokens={"service_tier": []})))
    assert frames["usage_lines"]["source"].to_list() == ["progress"]
    assert frames["odd_fields"]["field"].to_list() == ["data.message.message.usage.service_tier"]


def test_what_another_tool_writes_in_lines_of_its_own_is_not_odd() -> None:
    frames, _ = decoded(
        {"type": "progress", "data": {"type": "hook_progress", "message": "text"}},
        {"type": "event_msg", "timestamp": 5, "message": []},
        prompt([], toolUseResult=[{"type": "text"}]),
    )
    assert frames["odd_fields"].is_empty()


def test_the_place_of_an_odd_field_never_holds_text() -> None:
    state = {"type": "cost-state", "sessionId": A, "modelUsage": {"a secret": 5}}
    frames, _ = decoded(state)
    assert frames["odd_fields"]["field"].to_list() == ["modelUsage.*"]
