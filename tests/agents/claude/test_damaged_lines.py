from __future__ import annotations

import json
import time

import pytest

from pocketdev_analytics.agents.salvage import split_objects
from tests.agents.claude.by_hand import (
    Line,
    answer,
    as_bytes,
    call,
    decoded,
    embedded,
    prompt,
    title,
)


def text(line: Line) -> bytes:
    return json.dumps(line).encode()


def ids(*lines: Line | bytes, data: bytes | None = None) -> list[str]:
    frames, _ = decoded(*lines, data=data)
    found: list[str] = frames["usage_lines"]["response_id"].to_list()
    return found


def reasons(*lines: Line | bytes) -> list[str]:
    frames, _ = decoded(*lines)
    found: list[str] = frames["quarantine"]["reason"].to_list()
    return found


def test_two_objects_on_a_line_are_both_read() -> None:
    line = text({"type": "mode", "mode": "plan"}) + text(answer())
    assert ids(line, answer("msg_2")) == ["msg_1", "msg_2"]
    assert reasons(line) == []


@pytest.mark.parametrize("rest", [b'"}', b"5}", b"]", b"text", b"-", b'x"}}'])
def test_a_line_behind_the_rest_of_another_is_read(rest: bytes) -> None:
    assert ids(rest + text(answer())) == ["msg_1"]
    assert len(reasons(rest + text(answer()))) == 1


def test_objects_on_a_line_may_have_spaces_between() -> None:
    assert ids(b" ".join(text(answer(f"msg_{number}")) for number in range(3))) == [
        "msg_0",
        "msg_1",
        "msg_2",
    ]


def test_an_object_after_one_of_the_wrong_shape_is_read() -> None:
    line = text(prompt(uuid=5)) + text(answer("msg_2"))
    assert ids(line) == ["msg_2"]
    assert reasons(line) == ["unexpected shape: Object missing required field - at `$.uuid`"]


def test_a_cut_line_that_was_written_on_loses_only_its_cut_object() -> None:
    line = text(answer())[:-40] + text(answer("msg_2"))
    assert ids(line, answer("msg_3")) == ["msg_2", "msg_3"]
    (reason,) = reasons(line)
    assert reason.startswith("not JSON: ")


def test_a_cut_line_in_which_another_is_embedded_is_not_taken_for_that() -> None:
    outer = {"type": "progress", "data": {"message": answer()}, "uuid": "u"}
    cut = text(outer)[:-10]
    assert ids(cut) == []
    assert len(reasons(cut)) == 1


def test_a_quarantined_line_says_where_it_is_and_not_what_it_says() -> None:
    frames, _ = decoded(answer(), b'{"type": "user", "secret', answer("msg_2"))
    (row,) = frames["quarantine"].to_dicts()
    first = len(as_bytes(answer()))
    assert (row["line_no"], row["byte_offset"], row["line_bytes"]) == (2, first, 24)
    assert "secret" not in row["reason"]


@pytest.mark.parametrize("half", ["\ud83d", "a\ud83db", "\ud83d\ud83d\ude00"])
def test_lone_surrogates_do_not_lose_a_line(half: str) -> None:
    frames, _ = decoded(
        answer(content=[{"type": "text", "text": half}, call("t1", f"Bash{half}")]),
        prompt(half),
        title("ai-title", f"Title {half}"),
    )
    counts = {name: frame.height for name, frame in frames.items() if frame.height}
    assert counts == {"usage_lines": 1, "tool_uses": 1, "prompts": 1, "session_titles": 1}
    assert "\N{REPLACEMENT CHARACTER}" in frames["session_titles"]["title"][0]


def test_a_complete_pair_of_surrogates_is_its_character() -> None:
    (words,) = decoded(title("ai-title", "\N{PACKAGE}"))[0]["session_titles"]["title"]
    assert words == "\N{PACKAGE}"


@pytest.mark.parametrize(
    "place", [b"Hello", b"Bash", b"end_turn", b"claude-sonnet-4-5", b"/home/ada/engine", b"toolu_1"]
)
def test_invalid_utf8_neither_loses_a_line_nor_counts_it_twice(place: bytes) -> None:
    line = text(answer(content=[{"type": "text", "text": "Hello"}, call()]))
    frames, _ = decoded(line.replace(place, place[:2] + b"\xff\xfe" + place[2:]))
    assert frames["usage_lines"].height == 1
    assert frames["tool_uses"].height == 1
    assert frames["quarantine"].is_empty()


def test_a_byte_order_mark_and_nul_bytes_around_a_line_are_passed_over() -> None:
    assert ids(b"\xef\xbb\xbf" + text(answer()), b"\0\0" + text(answer("msg_2")) + b"\0") == [
        "msg_1",
        "msg_2",
    ]
    assert reasons(b"\0" * 100) == []


def test_nul_bytes_inside_a_line_lose_only_what_they_hit() -> None:
    line = text(answer())[:50] + b"\0" * 20 + text(answer("msg_2"))
    assert ids(line, answer("msg_3")) == ["msg_2", "msg_3"]
    assert len(reasons(line)) == 1


def test_a_nul_escape_in_a_value_is_kept() -> None:
    (model,) = decoded(answer(model="a\0b"))[0]["usage_lines"]["model"]
    assert model == "a\0b"


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 200_000,
        b'{"type":5,"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type":"user","uuid":5,"a":' + b'{"b":' * 100_000,
        b'{"type":"user","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_deep_nesting_is_in_quarantine_and_the_next_line_is_read(line: bytes) -> None:
    assert ids(line, answer()) == ["msg_1"]
    assert reasons(line, answer()) == ["not JSON: nested too deeply"]


def test_a_number_of_thousands_of_digits_is_in_quarantine_or_passed_over() -> None:
    digits = b"9" * 5000
    assert ids(b'{"type":"user","a":' + digits + b"}", answer()) == ["msg_1"]
    assert reasons(b'{"type":"user","a":' + digits + b"}{") == ["not JSON: a number too long"]


def test_many_objects_on_a_line_take_time_in_proportion() -> None:
    assert ids(b"{}" * 200_000 + text(answer())) == ["msg_1"]


@pytest.mark.parametrize("line", [b"", b" ", b"\t\r", b"5", b'"text"', b"[1, 2]", b"null"])
def test_blank_lines_and_other_json_give_no_rows(line: bytes) -> None:
    assert ids(line, answer()) == ["msg_1"]
    assert reasons(line) == []


def test_lines_may_end_as_on_windows() -> None:
    assert ids(data=text(answer()) + b"\r\n" + text(answer("msg_2")) + b"\r\n") == [
        "msg_1",
        "msg_2",
    ]


def test_an_empty_file_has_no_lines() -> None:
    frames, span = decoded(data=b"")
    assert all(frame.is_empty() for frame in frames.values())
    assert (span.count_lines, span.unread_bytes, span.first_at) == (0, 0, None)


def test_a_complete_last_line_without_newline_is_read_and_may_be_continued() -> None:
    frames, span = decoded(data=as_bytes(answer()) + text(answer("msg_2")))
    assert frames["usage_lines"]["line_no"].to_list() == [1, 2]
    assert (span.count_lines, span.unread_bytes) == (1, 0)


def test_half_a_last_line_is_left_for_next_time() -> None:
    half = text(answer("msg_2"))[:-5]
    frames, span = decoded(data=as_bytes(answer()) + half)
    assert frames["usage_lines"]["response_id"].to_list() == ["msg_1"]
    assert (span.count_lines, span.unread_bytes) == (1, len(half))
    assert frames["quarantine"].is_empty()


def test_the_complete_part_of_an_unfinished_line_is_read() -> None:
    whole = as_bytes(answer("msg_1"))
    tail = whole[:-1].replace(b"msg_1", b"msg_2") + b'{"type": "assistant", "mess'
    frames, span = decoded(data=whole + tail)
    assert frames["usage_lines"].select("line_no", "response_id").rows() == [
        (1, "msg_1"),
        (2, "msg_2"),
    ]
    assert frames["quarantine"].is_empty()
    assert (span.count_lines, span.unread_bytes) == (1, len(tail))


def test_an_object_inside_of_one_that_has_not_ended_is_not_read() -> None:
    line = as_bytes(embedded(answer("msg_1")))
    inner = line[: line.index(b'}, "uuid": "progress')]
    assert inner.endswith(b"}")
    frames, span = decoded(data=inner)
    assert frames["usage_lines"].is_empty()
    assert span.unread_bytes == len(inner)


@pytest.mark.parametrize(
    "unit", [b'{"type":', b'{"type":["a",', b'{"type":"a" ,"b":"', b'{"type":1}x', b'{"type":1}{']
)
def test_the_time_that_a_hostile_line_takes_grows_no_faster_than_its_length(unit: bytes) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        split_objects(unit * count)
        return time.process_time() - begun

    seconds(100)
    assert seconds(16_000) < 40 * seconds(2_000) + 0.5
