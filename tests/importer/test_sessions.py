from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from tests.agents.claude.by_hand import (
    A,
    B,
    Line,
    answer,
    api_error,
    at,
    call,
    prompt,
    system,
    title,
)
from tests.importer.stores import Books


def titles(books: Books) -> dict[str, str | None]:
    rows = books.rows("select claude_session_id::varchar as id, title from claude_sessions")
    return {row["id"]: row["title"] for row in rows}


def session(books: Books, name: str = A) -> Line:
    (row,) = books.rows(f"select * from claude_sessions where claude_session_id = '{name}'")
    return row


def test_the_session_is_the_files_name_and_not_a_foreign_sessionid(books: Books) -> None:
    books.write(A, prompt(), answer(), answer("msg_2", sessionId=B))
    books.import_()
    assert books.values("select distinct session_id from usage") == [(A,)]
    assert list(titles(books)) == [A]


@pytest.mark.parametrize("kind", ["subagents", "subagents/workflows/wf_1"])
def test_a_subagents_file_belongs_to_the_session_whose_folder_it_is_in(
    books: Books, kind: str
) -> None:
    books.write(f"{A}/{kind}/agent-a1", answer(sessionId=B, isSidechain=True))
    books.import_()
    assert books.values("select session_id, agent_id from usage") == [(A, "a1")]


def test_a_flat_subagents_file_belongs_to_the_session_its_lines_name(books: Books) -> None:
    books.write("agent-a1", answer(sessionId=B, isSidechain=True, agentId="a1"))
    books.import_()
    assert books.values("select session_id, agent_id from usage") == [(B, "a1")]
    assert list(titles(books)) == [B]


def test_a_companion_names_the_subagents_kind(books: Books) -> None:
    path = books.write(f"{A}/subagents/agent-a1", answer(isSidechain=True))
    path.with_suffix(".meta.json").write_text('{"agentType": "Explore"}')
    books.import_()
    assert books.values("select agent_type from session_files") == [("Explore",)]


def test_all_that_a_subagent_did_has_its_kind(books: Books) -> None:
    lines = [
        prompt(isSidechain=True),
        prompt("Again", "09:59:30", isSidechain=True),
        answer(content=[call()], isSidechain=True),
        api_error("10:01:00", isSidechain=True),
        system("turn_duration", "10:02:00", durationMs=5, isSidechain=True),
    ]
    path = books.write(f"{A}/subagents/agent-a1", *lines)
    path.with_suffix(".meta.json").write_text('{"agentType": "Explore"}')
    books.write(A, answer("msg_2", "11:00:00"))
    books.import_()
    for view in ("prompt_facts", "tool_calls", "api_error_facts", "session_event_facts"):
        assert books.values(f"select distinct agent_type from {view}") == [("Explore",)]
    usage = books.values("select agent_type, response_id from usage order by response_id")
    assert usage == [("Explore", "msg_1"), (None, "msg_2")]


def test_a_file_of_no_session_is_one_of_its_own_but_not_claude_codes(books: Books) -> None:
    books.write("notes", answer(sessionId=None))
    books.import_()
    assert books.values("select session_id from usage") == [("notes",)]
    assert titles(books) == {}


def test_two_spellings_of_a_session_do_not_meet(books: Books) -> None:
    books.write(A, answer())
    books.write("notes", answer("msg_2", sessionId=A.upper()), answer("msg_3", sessionId=B))
    books.write("more", answer("msg_4", sessionId=A.replace("-", "")))
    assert books.import_().responses == 4
    assert sorted(titles(books)) == [A, B]


def test_the_project_is_what_the_lines_say_and_not_the_folder(books: Books) -> None:
    tree = answer("msg_2", cwd="/home/ada/engine/.worktrees/fix")
    books.write(A, answer(cwd="/home/ada/new-name"), tree, project="-home-ada-old-name")
    books.import_()
    rows = books.values("select response_id, project from usage order by all")
    assert rows == [("msg_1", "/home/ada/new-name"), ("msg_2", "/home/ada/engine/.worktrees/fix")]
    assert session(books)["project_path"] == "/home/ada/new-name"


def test_a_session_without_any_cwd_has_an_empty_project(books: Books) -> None:
    books.write(A, answer(cwd=None))
    books.import_()
    assert session(books)["project_path"] == ""


@pytest.mark.parametrize(
    ("kinds", "winner"),
    [
        (["ai-title"], "ai-title"),
        (["ai-title", "summary"], "ai-title"),
        (["agent-name", "ai-title"], "agent-name"),
        (["custom-title", "agent-name", "ai-title"], "custom-title"),
    ],
)
def test_a_title_given_by_a_person_takes_precedence_over_a_generated_one(
    books: Books, kinds: list[str], winner: str
) -> None:
    lines = [title(kind, kind, leafUuid="msg_1@10:00:00") for kind in kinds]
    books.write(A, answer(), *lines)
    books.import_()
    assert titles(books) == {A: winner}


def test_the_last_title_of_a_kind_wins(books: Books) -> None:
    path = books.write(A, answer(), title("ai-title", "one"), title("ai-title", "two"))
    books.import_()
    assert titles(books) == {A: "two"}
    books.append(path, title("ai-title", "three"))
    books.import_()
    assert titles(books) == {A: "three"}


def summary(leaf: str) -> Line:
    return title("summary", "Summed up", leafUuid=leaf, sessionId=None)


@pytest.mark.parametrize("order", list(permutations((A, B))))
def test_a_summary_names_the_session_that_holds_its_leaf(
    books: Books, order: tuple[str, ...]
) -> None:
    files = {
        A: books.write(A, answer()),
        B: books.write(B, summary("msg_1@10:00:00"), answer("msg_2", sessionId=B)),
    }
    for name in order:
        books.import_(files[name])
    assert titles(books) == {A: "Summed up", B: None}


def test_a_summary_whose_leaf_is_a_prompt_names_that_prompts_session(books: Books) -> None:
    books.write(A, prompt("Hello", "09:00:00"), answer())
    books.write(B, summary("user@09:00:00"), answer("msg_2", sessionId=B))
    books.import_()
    assert titles(books) == {A: "Summed up", B: None}


def test_a_summary_whose_leaf_is_nowhere_names_no_session(books: Books) -> None:
    books.write(A, summary("elsewhere"), answer())
    books.import_()
    assert titles(books) == {A: None}


def test_a_session_counts_its_turns_its_times_and_its_model(books: Books) -> None:
    subagent = answer("msg_3", "10:09:00", model="claude-haiku-4-5", isSidechain=True)
    lines = [prompt("One", "09:00:00"), answer(), prompt("Two", "10:05:00")]
    books.write(A, *lines, answer("msg_2", "10:06:00", model="claude-opus-5"), subagent)
    books.import_()
    row = session(books)
    assert (row["turn_count"], row["model"]) == (2, "claude-opus-5")
    assert str(row["created_at"]).startswith("2026-11-01 09:00:00")
    assert str(row["last_activity_at"]).startswith("2026-11-01 10:09:00")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([prompt(), answer()], "completed"),
        ([prompt(), answer(), prompt("Two", "11:00:00")], "active"),
        ([prompt()], "active"),
        ([prompt(), answer(), api_error("10:00:01")], "failed"),
        ([prompt(), api_error("10:00:00"), answer(time="10:00:01")], "completed"),
        ([title("ai-title", "Empty"), system("informational")], "completed"),
    ],
)
def test_a_session_has_a_status(books: Books, lines: list[Line], status: str) -> None:
    books.write(A, *lines)
    books.import_()
    assert session(books)["status"] == status


@pytest.mark.parametrize("order", list(permutations((A, B))))
def test_a_fork_that_copies_only_a_prompt_or_an_error_does_not_own_it(
    books: Books, order: tuple[str, ...]
) -> None:
    copied: list[Line] = [prompt(), api_error()]
    moved = {"sessionId": B, "timestamp": at("12:00:00")}
    files = {
        A: books.write(A, *copied),
        B: books.write(B, *({**line, **moved} for line in copied)),
    }
    for name in order:
        books.import_(files[name])
    assert (session(books, A)["turn_count"], session(books, A)["status"]) == (1, "failed")
    assert (session(books, B)["turn_count"], session(books, B)["status"]) == (0, "completed")


def test_a_session_that_only_a_copied_line_named_goes_when_the_original_turns_up(
    books: Books,
) -> None:
    copied = answer("msg_1", "11:00:00", sessionId=B)
    copy = books.write("agent-b1", title("ai-title", "Engine", sessionId=A), copied)
    books.import_(copy)
    sessions = "select claude_session_id::varchar from claude_sessions order by all"
    assert books.values(sessions) == [(A,), (B,)]
    books.write(A, answer("msg_1", "10:00:00"))
    books.import_()
    assert books.values(sessions) == [(A,)]


def test_a_cost_state_is_cumulative_so_the_last_one_counts(books: Books) -> None:
    def state(cost: float) -> Line:
        models = {"claude-opus-5": {"costUSD": cost}}
        return {
            "type": "cost-state",
            "sessionId": A,
            "totalCostUSD": cost + 1,
            "modelUsage": models,
        }

    path = books.write(A, answer(), state(1.25), state(2.5))
    books.import_()
    books.append(path, state(3.75))
    books.import_()
    assert books.values("select count(*) from cost_states") == [(3,)]
    rows = books.values(
        "select session_id, model, cost_usd, total_cost_usd from session_cost_states"
    )
    assert [tuple(map(str, row)) for row in rows] == [
        (A, "claude-opus-5", "3.750000000000000", "4.750000000000000")
    ]


def test_costusd_is_kept_with_the_response(books: Books) -> None:
    books.write(A, answer(costUSD=0.0123))
    books.import_()
    ((cost,),) = books.values("select recorded_cost_usd from usage")
    assert str(cost) == "0.012300000000000"


def test_a_history_without_usage_is_a_history(books: Books) -> None:
    books.write(A, title("ai-title", "Empty"))
    books.write(B)
    summary = books.import_()
    assert (summary.files, summary.responses, summary.quarantined_lines) == (2, 0, 0)


def test_the_facts_name_their_session_by_its_title(books: Books) -> None:
    lines = [prompt(), answer(content=[call()]), api_error("10:01:00"), system("turn_duration")]
    books.write(A, *lines, title("custom-title", "Chosen"))
    books.import_()
    for view in ("usage", "prompt_facts", "tool_calls", "api_error_facts", "session_event_facts"):
        assert books.values(f"select distinct session_title from {view}") == [("Chosen",)]


def test_a_default_history_is_both_of_claude_codes_folders(
    books: Books, monkeypatch: pytest.MonkeyPatch, import_default: Callable[[Path], int]
) -> None:
    books.write(A, answer())
    other = Books(books.folder / "other")
    other.write(B, answer("msg_2", sessionId=B))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", f"{books.folder}, {other.folder},/nowhere")
    assert import_default(books.store) == 2


def test_a_title_stays_when_the_file_that_gave_it_goes(books: Books) -> None:
    first = [prompt(), answer(), title("custom-title", "Early")]
    later = [prompt(time="11:00:00", uuid="u2"), answer("msg_2", "11:00:01")]
    books.write(A, *first, project="here")
    gone = books.write(A, *later, title("custom-title", "Late"), project="there")
    books.import_()
    gone.unlink()
    books.import_()
    named = "select title from session_names"
    assert titles(books) == {A: "Late"}
    assert books.values(named) == [("Late",)]


def test_the_last_line_of_a_running_cost_counts_with_its_models(
    books: Books,
) -> None:
    def state(total: int, **models: int) -> Line:
        costs = {model: {"costUSD": cost} for model, cost in models.items()}
        known = {"sessionId": A, "totalCostUSD": total, "modelUsage": costs}
        return {"type": "cost-state", **known}

    books.write(A, answer(), state(5, first=2, second=3), state(1, first=1))
    books.import_()
    costs = "select model, cost_usd::integer, total_cost_usd::integer from session_cost_states"
    assert books.values(costs) == [("first", 1, 1)]


def queued(text: str, time: str) -> Line:
    attachment = {"type": "queued_command", "prompt": text, "commandMode": "prompt"}
    line = prompt(time=time, type="attachment", attachment=attachment)
    del line["message"]
    return line


def test_a_queued_prompt_and_its_user_line_are_one_prompt(books: Books) -> None:
    said = [{"type": "text", "text": "and a test"}]
    books.write(A, prompt(), queued("and a test", "10:41:00"), prompt(said, "10:41:05"))
    # The same words before, long after, or twice as often are prompts of their own.
    again = [prompt("more", "10:00:00"), queued("more", "10:01:00"), prompt("more", "11:00:00")]
    twice = [queued("go", "12:00:00"), queued("go", "12:00:01"), prompt("go", "12:00:02")]
    books.write(B, *again, *twice)
    books.import_()
    rows = books.values("select session_id, count(*) from prompt_facts group by 1 order by 1")
    assert rows == [(A, 2), (B, 5)]


def test_refusals_and_fallbacks_are_facts_once(books: Books) -> None:
    books.write(
        A,
        prompt(),
        answer(stop="refusal"),
        system("model_refusal_fallback", "10:00:01", apiRefusalCategory="cyber"),
        system("model_fallback", "10:10:00", trigger="overloaded"),
        answer("msg_2", time="10:20:00", requestId="req_2", stop="refusal"),
    )
    books.import_()
    rows = books.values("select kind, error from api_error_facts order by occurred_at")
    assert rows == [("refusal_fallback", "cyber"), ("fallback", "overloaded"), ("refusal", None)]
    events = "select count(*) from session_event_facts where kind like 'model%'"
    assert books.values(events) == [(0,)]
