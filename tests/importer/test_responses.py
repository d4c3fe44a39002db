from __future__ import annotations

import pytest

from tests.agents.claude.by_hand import (
    A,
    B,
    Line,
    advisor,
    answer,
    at,
    call,
    embedded,
    prompt,
    result,
)
from tests.importer.stores import Books

AGENT = f"{A}/subagents/agent-a1"


def outputs(books: Books) -> dict[str, int]:
    rows = books.rows("select response_id, output_tokens from responses order by all")
    return {row["response_id"]: row["output_tokens"] for row in rows}


def one(books: Books) -> Line:
    (row,) = books.rows("select * from responses")
    return row


def test_a_response_of_several_lines_is_counted_once(books: Books) -> None:
    books.write(A, answer(time="10:00:00"), answer(time="10:00:01"), answer(time="10:00:02"))
    assert books.import_().responses == 1
    assert outputs(books) == {"msg_1": 100}


def test_the_line_with_the_most_output_counts_wherever_it_stands(books: Books) -> None:
    tokens = ({"output_tokens": 5}, {"output_tokens": 90}, {"output_tokens": 8})
    times = ("10:00:00", "10:00:01", "10:00:02")
    lines = [answer(time=time, tokens=each) for time, each in zip(times, tokens, strict=True)]
    books.write(A, *lines)
    books.import_()
    assert outputs(books) == {"msg_1": 90}
    assert one(books)["line_no"] == 2


def test_one_complete_line_counts_and_never_a_maximum_of_each_field(books: Books) -> None:
    placeholder = {"input_tokens": 5000, "cache_read_input_tokens": 700, "output_tokens": 1}
    final = {"input_tokens": 40, "cache_creation_input_tokens": 6, "output_tokens": 300}
    first = answer(time="10:00:00", tokens=placeholder, stop=None, requestId=None)
    books.write(A, first, answer(time="10:00:05", tokens=final, requestId=None))
    books.import_()
    row = one(books)
    assert (row["input_tokens"], row["cache_read_tokens"]) == (40, 0)
    assert (row["cache_write_5m_tokens"], row["output_tokens"]) == (6, 300)


def test_the_later_line_counts_on_a_tie(books: Books) -> None:
    first = answer(time="10:00:00", tokens={"input_tokens": 9}, stop=None)
    later = answer(time="10:00:01", tokens={"input_tokens": 4})
    books.write(A, first, later)
    books.import_()
    assert (one(books)["input_tokens"], one(books)["line_no"]) == (4, 2)
    assert one(books)["is_lower_bound"] is False


def test_the_later_of_two_lines_with_the_same_time_counts(books: Books) -> None:
    books.write(A, answer(tokens={"input_tokens": 9}), answer(tokens={"input_tokens": 4}))
    books.import_()
    assert one(books)["input_tokens"] == 4


def test_groups_may_be_interleaved(books: Books) -> None:
    lines = [answer("msg_1"), answer("msg_2"), prompt([result()]), answer("msg_1", "10:00:09")]
    books.write(A, *lines, answer("msg_2", "10:00:10"))
    books.import_()
    assert outputs(books) == {"msg_1": 100, "msg_2": 100}


def test_a_response_across_midnight_belongs_to_the_day_it_began(books: Books) -> None:
    before = answer(time="23:59:59", tokens={"output_tokens": 3})
    books.write(A, before, answer(time="2026-11-02 00:00:01"))
    books.import_()
    days = books.values("select responded_at::date::varchar, output_tokens from responses")
    assert days == [("2026-11-01", 100)]


def test_lines_whose_times_go_backwards_begin_at_the_earliest(books: Books) -> None:
    books.write(A, answer(time="10:00:05"), answer(time="10:00:02"))
    books.import_()
    assert str(one(books)["responded_at"]).startswith("2026-11-01 10:00:02")


@pytest.mark.parametrize("missing", [None, "absent"])
def test_a_response_without_requestid_is_counted_once(books: Books, missing: str | None) -> None:
    lines = [answer(time="10:00:00", requestId=None), answer(time="10:00:01")]
    if missing:
        del lines[0]["requestId"]
    books.write(A, *lines)
    assert books.import_().responses == 1


@pytest.mark.parametrize("first", [A, B])
def test_a_fork_is_counted_once_for_the_session_it_came_from(books: Books, first: str) -> None:
    files = {
        A: books.write(A, answer(time="10:00:00")),
        B: books.write(B, answer(sessionId=B, timestamp=at("12:00:00")), answer("msg_2")),
    }
    books.import_(files[first])
    books.import_()
    rows = books.values("select response_id, session_id from responses order by all")
    assert rows == [("msg_1", A), ("msg_2", B)]


def test_a_fork_may_hold_more_of_a_response_and_still_not_own_it(books: Books) -> None:
    cut_off = answer(time="10:00:00", tokens={"output_tokens": 2}, stop=None)
    books.write(A, cut_off)
    books.write(B, answer(sessionId=B, timestamp=at("12:00:00"), cwd="/home/ada/fork"))
    books.import_()
    row = one(books)
    assert (row["session_id"], row["project_path"]) == (A, "/home/ada/engine")
    assert (row["output_tokens"], row["is_lower_bound"]) == (100, False)


def test_a_sidechains_replay_under_a_new_requestid_is_not_counted(books: Books) -> None:
    books.write(A, answer(time="10:00:00", tokens={"output_tokens": 50}))
    replay = answer(time="09:00:00", requestId="req_2", isSidechain=True, agentId="a1")
    books.write(AGENT, replay, answer("msg_2", isSidechain=True, agentId="a1"))
    books.import_()
    assert outputs(books) == {"msg_1": 50, "msg_2": 100}
    owner = books.values("select is_sidechain, agent_id from responses where response_id = 'msg_1'")
    assert owner == [(False, None)]


def test_an_inline_sidechain_is_a_subagents(books: Books) -> None:
    books.write(A, answer(), answer("msg_2", isSidechain=True))
    books.import_()
    rows = books.values("select response_id, agent from usage order by all")
    assert rows == [("msg_1", "main"), ("msg_2", "subagent")]


def test_a_message_only_in_progress_is_counted(books: Books) -> None:
    lines = [embedded(answer(time="10:00:00", tokens={"output_tokens": 4})), embedded(answer())]
    books.write(A, *lines)
    books.import_()
    row = one(books)
    assert (row["source"], row["agent_id"], row["output_tokens"]) == ("progress", "a1", 100)


@pytest.mark.parametrize("first", [A, AGENT])
def test_a_message_in_progress_is_not_counted_where_any_file_has_its_line(
    books: Books, first: str
) -> None:
    files = {
        A: books.write(A, embedded(answer(tokens={"output_tokens": 900}))),
        AGENT: books.write(AGENT, answer(time="10:00:03", isSidechain=True, agentId="a1")),
    }
    books.import_(files[first])
    books.import_()
    row = one(books)
    assert (row["source"], row["output_tokens"]) == ("message", 100)
    assert str(row["responded_at"]).startswith("2026-11-01 10:00:03")


def test_an_advisors_call_is_counted_once_for_any_number_of_lines(books: Books) -> None:
    tokens = {"iterations": [{"type": "message"}, advisor("claude-opus-5", output_tokens=30)]}
    books.write(A, answer(time="10:00:00", tokens=tokens), answer(time="10:00:01", tokens=tokens))
    books.import_()
    rows = books.values("select model, kind, output_tokens from responses order by all")
    assert rows == [("claude-opus-5", "advisor", 30), ("claude-sonnet-4-5", "response", 100)]


def test_without_a_stop_reason_the_output_is_a_lower_bound(books: Books) -> None:
    placeholder = answer(time="10:00:00", tokens={"output_tokens": 1})
    books.write(A, placeholder, answer(time="10:00:01", stop=None), answer("msg_2"))
    books.import_()
    rows = books.values("select response_id, is_lower_bound from responses order by all")
    assert rows == [("msg_1", True), ("msg_2", False)]


def test_a_later_append_may_carry_the_line_that_counts(books: Books) -> None:
    path = books.write(A, answer(time="10:00:00", tokens={"output_tokens": 1}, stop=None))
    books.import_()
    books.append(path, answer(time="10:00:01"))
    assert books.import_().responses_added == 0
    assert outputs(books) == {"msg_1": 100}


def test_a_tool_call_is_counted_once_over_copies_and_finds_its_result(books: Books) -> None:
    lines = [answer(content=[call()]), prompt([result(is_error=True)], "10:00:02")]
    books.write(A, *lines)
    books.write(B, *({**line, "sessionId": B, "timestamp": at("12:00:00")} for line in lines))
    books.write(f"{B}/subagents/agent-a1", embedded(lines[0]))
    books.import_()
    rows = books.values("select session_id, tool, is_error, result_bytes from tool_calls")
    assert rows == [(A, "Bash", True, len('"done"'))]


def test_a_tool_call_without_a_result_has_no_outcome_yet(books: Books) -> None:
    path = books.write(A, answer(content=[call("t1", "mcp__docs__search")]))
    books.import_()
    assert books.values("select mcp_server, is_error from tool_calls") == [("docs", None)]
    books.append(path, prompt([result("t1")]))
    books.import_()
    assert books.values("select mcp_server, is_error from tool_calls") == [("docs", False)]
