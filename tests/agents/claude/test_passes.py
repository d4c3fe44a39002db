"""A response of several passes: each is a fact of its own."""

from __future__ import annotations

from pocketdev_analytics.model import TOKEN_COLUMNS
from tests.agents.claude.by_hand import Line, advisor, answer, rows_of


def part(kind: str | None = "message", **fields: object) -> Line:
    """An element of `usage.iterations`."""
    return {"type": kind, "input_tokens": 10, "output_tokens": 100, **fields}


def passes(*lines: Line) -> list[tuple[object, ...]]:
    rows = rows_of("usage_passes", *lines)
    return [(row["pass_no"], row["pass_kind"], row["model"], row["input_tokens"]) for row in rows]


def test_each_pass_is_a_row_with_its_own_counts() -> None:
    line = answer(tokens={"iterations": [part(input_tokens=6), part(input_tokens=4)]})
    assert passes(line) == [
        (1, "message", "claude-sonnet-4-5", 6),
        (2, "message", "claude-sonnet-4-5", 4),
    ]


def test_a_pass_of_another_model_is_of_that_model() -> None:
    parts = [part(model="claude-fable-5"), part("fallback_message", model="claude-opus-4-8")]
    assert [row[1:3] for row in passes(answer(tokens={"iterations": parts}))] == [
        ("message", "claude-fable-5"),
        ("fallback_message", "claude-opus-4-8"),
    ]


def test_compactions_advisors_and_kinds_of_next_year_are_kept_as_they_are_named() -> None:
    parts = [part("compaction"), advisor("claude-opus-5"), part("reflection"), part(None)]
    assert [row[1] for row in passes(answer(tokens={"iterations": parts}))] == [
        "compaction",
        "advisor_message",
        "reflection",
        "message",
    ]


def test_a_kind_that_reads_as_text_is_not_kept() -> None:
    assert passes(answer(tokens={"iterations": [part("a sentence of text")]}))[0][1] == "other"


def test_a_single_pass_that_equals_the_top_level_gives_no_row() -> None:
    assert passes(answer(tokens={"iterations": [part()]})) == []
    assert passes(answer(tokens={"iterations": []})) == []


def test_a_single_pass_of_other_counts_is_a_row() -> None:
    assert passes(answer(tokens={"iterations": [part(input_tokens=7)]}))[0][3] == 7


def test_paused_parts_are_passes_after_the_others() -> None:
    line = answer(tokens={"iterations": [part()]})
    earlier = {"usage": {"input_tokens": 7000, "output_tokens": 700}}
    line["message"]["pausedResponses"] = [earlier, {"usage": None}]
    assert passes(line) == [
        (1, "message", "claude-sonnet-4-5", 10),
        (2, "paused", "claude-sonnet-4-5", 7000),
    ]


def test_a_pass_has_its_own_tariff_and_searches_else_those_of_the_message() -> None:
    searched = part("fallback_message", speed="fast", server_tool_use={"web_search_requests": 2})
    tokens = {"service_tier": "batch", "speed": "standard", "iterations": [part(), searched]}
    rows = rows_of("usage_passes", answer(tokens=tokens))
    assert [(row["speed"], row["service_tier"], row["web_search_requests"]) for row in rows] == [
        ("standard", "batch", 0),
        ("fast", "batch", 2),
    ]


def test_the_cache_writes_of_a_pass_are_split_as_those_of_a_response() -> None:
    split = {"ephemeral_1h_input_tokens": 4}
    parts = [part(), part("compaction", cache_creation_input_tokens=9, cache_creation=split)]
    row = rows_of("usage_passes", answer(tokens={"iterations": parts}))[1]
    assert [row[name] for name in TOKEN_COLUMNS] == [10, 5, 4, 0, 100]
