"""Rollouts of Codex in the store: each call once, by its own model, however often repeated."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.maintenance import check
from tests.agents.claude import by_hand as claude
from tests.agents.codex.by_hand import (
    FORK,
    THREAD,
    Line,
    context,
    count,
    event,
    item,
    meta,
    record,
    started,
    tokens,
    write,
)

SCENARIOS = Path(__file__).parents[3] / "shared" / "codex"
CALLS = (
    "select input_tokens, cache_read_tokens, cache_write_5m_tokens, output_tokens, "
    "thinking_tokens, model, service_tier from responses where kind = 'response' order by all"
)


class Home:
    """A Codex home and the store that it is imported into."""

    def __init__(self, folder: Path) -> None:
        self.path, self.store = folder / "codex", folder / "store.duckdb"

    def write(self, *lines: Line, **where: str) -> Path:
        return write(self.path, *lines, **where)

    def import_(self, *paths: Path) -> Any:
        summary = import_history([*(paths or [self.path])], self.store, machine="here")
        assert check(self.store, wait_seconds=10) == []
        return summary

    def rows(self, sql: str = CALLS) -> list[tuple[Any, ...]]:
        with duckdb.connect(self.store, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def inputs(self) -> list[int]:
        return [row[0] for row in self.rows()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_cached_input_is_taken_out_of_input_and_reasoning_stays_inside_output(home: Home) -> None:
    usage = tokens(100, 40, cached=60, cache_write=15, reasoning=30)
    home.write(meta(), context(), count(usage, usage))
    home.import_()
    assert home.rows() == [(25, 60, 15, 40, 30, "gpt-5.5", "standard")]


def test_a_count_that_is_repeated_is_one_call(home: Home) -> None:
    one, two = tokens(10), tokens(20)
    home.write(
        *(meta(), context(), count(one, one), count(one, one)),
        *(count(tokens(30, 20), two), count(tokens(30, 20), two)),
    )
    home.import_()
    assert home.inputs() == [10, 20]


def test_a_record_and_the_count_after_it_are_one_call(home: Home) -> None:
    usage = tokens(10)
    home.write(meta(), context(), record("resp_1", usage), count(usage, usage))
    home.import_()
    assert home.inputs() == [10]


def test_counts_of_an_older_version_and_records_of_a_newer_one_are_in_one_file(home: Home) -> None:
    one, two = tokens(10), tokens(20)
    home.write(
        *(meta(), context(), count(one, one)),
        *(record("resp_2", two), count(tokens(30, 20), two)),
    )
    home.import_()
    assert home.inputs() == [10, 20]


def test_an_estimate_of_the_context_is_no_call(home: Home) -> None:
    nothing = {**tokens(0, 0), "total_tokens": 258_400}
    home.write(meta(), context(), count(nothing, nothing))
    home.import_()
    assert home.inputs() == []


def test_a_total_that_restarts_at_a_resume_loses_nothing(home: Home) -> None:
    one, two = tokens(10), tokens(20)
    home.write(meta(), context(), count(one, one), context(), count(two, two))
    home.import_()
    assert home.inputs() == [10, 20]


def parent_lines() -> list[Line]:
    one, two = tokens(10), tokens(20)
    return [
        *(started(1), context(), event("user_message", message="go"), count(one, one)),
        *(started(2), context(), count(tokens(30, 20), two)),
    ]


@pytest.mark.parametrize("is_parent_there", [True, False])
def test_what_a_fork_copied_is_counted_once(home: Home, *, is_parent_there: bool) -> None:
    if is_parent_there:
        home.write(meta(), *parent_lines())
    copied = [{**line, "timestamp": "2026-11-01T11:00:00.000Z"} for line in parent_lines()]
    own = [
        *({**line, "payload": line["payload"]} for line in [meta(FORK, "11:00:00")]),
        *([meta(THREAD, "11:00:00")] if copied else []),
    ]
    three = tokens(40)
    prompt = event("user_message", "11:00:05", message="on")
    last = {**count(tokens(70, 30), three, "11:00:09")}
    begin = event("task_started", "11:00:05", turn_id="01a0000a-0000-7000-8000-0000000000ff")
    home.write(own[0], own[1], *copied, begin, prompt, context(time="11:00:05"), last, thread=FORK)
    home.import_()
    assert home.inputs() == [10, 20, 40]
    owners = Counter(home.rows("select session_id from responses"))
    assert owners == Counter({(THREAD,): 2, (FORK,): 1} if is_parent_there else {(FORK,): 3})
    assert home.rows("select count(*) from prompt_facts") == [(2,)]


def test_a_call_is_of_the_model_and_the_tier_before_it(home: Home) -> None:
    one, two = tokens(10), tokens(20)
    home.write(
        *(meta(), context("gpt-5.5"), count(one, one), context("gpt-5.6-luna")),
        event("thread_settings_applied", thread_settings={"service_tier": "priority"}),
        count(tokens(30, 20), two),
    )
    home.import_()
    assert [row[5:] for row in home.rows()] == [
        ("gpt-5.5", "standard"),
        ("gpt-5.6-luna", "priority"),
    ]


def test_a_review_in_both_files_is_counted_in_the_reviewers_own(home: Home) -> None:
    usage, total = tokens(20), tokens(30, 20)
    home.write(
        *(meta(), context(), count(tokens(10), tokens(10)), event("entered_review_mode")),
        *(count(total, usage), event("exited_review_mode")),
    )
    reviewer = meta(FORK, source={"subagent": "review"}, parent_thread_id=THREAD)
    home.write(reviewer, context("gpt-5.1"), count(total, usage), thread=FORK)
    home.import_()
    rows = home.rows("select input_tokens, model, session_id, agent_id from responses order by all")
    assert rows == [(10, "gpt-5.5", THREAD, None), (20, "gpt-5.1", THREAD, FORK)]
    assert home.rows("select agent, agent_type from usage where agent = 'subagent'") == [
        ("subagent", "review")
    ]


def test_the_time_of_a_count_is_that_of_the_answer_before_the_tools_ran(home: Home) -> None:
    usage = tokens(10)
    home.write(
        *(meta(), context(), item("function_call", "10:00:05", name="shell", call_id="c")),
        *(item("function_call_output", "10:00:45", call_id="c"), count(usage, usage, "10:00:45")),
    )
    home.import_()
    seconds = home.rows("select extract(second from responded_at) from responses")
    assert seconds == [(5,)]


def test_tools_with_errors_and_patches_with_lines_are_kept(home: Home) -> None:
    change = {"type": "update", "unified_diff": "@@ -1 +1,2 @@\n-one\n+two\n+three\n"}
    new = {"type": "add", "content": "a\nb\nc\n"}
    home.write(
        *(meta(), context(), item("function_call", name="shell", call_id="c1")),
        item("function_call_output", call_id="c1", output="Exit code: 2\nno"),
        item("custom_tool_call", name="apply_patch", call_id="c2"),
        event("patch_apply_end", call_id="c2", success=True, changes={"/a": change, "/b": new}),
        item("custom_tool_call_output", "10:00:01", call_id="c2", output="done"),
    )
    home.import_()
    rows = home.rows(
        "select tool, is_error, lines_added, lines_removed, project, product from tool_calls "
        "order by all"
    )
    assert rows == [
        ("apply_patch", False, 5, 1, "/home/ada/engine", "codex"),
        ("shell", True, 0, 0, "/home/ada/engine", "codex"),
    ]


def test_a_call_without_usage_makes_a_session_a_lower_bound(home: Home) -> None:
    usage = tokens(10)
    home.write(
        *(meta(), started(2), context(), count(usage, usage)),
        {"timestamp": "2026-11-01T10:00:01.000Z", "type": "compacted", "payload": {"message": ""}},
        *(started(3), item("message", role="assistant")),
    )
    home.import_()
    assert home.rows("select kind from unseen_calls order by all") == [("compaction",), ("cut",)]
    assert home.rows("select count(*) from usage where is_lower_bound") == [(2,)]


@pytest.mark.parametrize(("version", "calls"), [("0.39.0", ["compaction"]), ("0.42.0", [])])
def test_a_compaction_before_0_42_is_in_no_count(
    home: Home, version: str, calls: list[str]
) -> None:
    usage = tokens(10)
    compacted = {"type": "compacted", "payload": {"message": "what was said"}}
    home.write(meta(cli_version=version), context(), count(usage, usage), compacted)
    home.import_()
    assert [kind for (kind,) in home.rows("select kind from unseen_calls")] == calls


def test_a_conversation_of_pocketdev_joins_by_the_thread(home: Home) -> None:
    usage = tokens(10)
    home.write(meta(), context(), count(usage, usage))
    home.import_()
    assert home.rows("select provider, origin from session_origins") == [("codex", "files")]
    with duckdb.connect(home.store) as connection:
        connection.execute(
            "insert into pocketdev_conversations (id, conversation_uuid, provider, "
            "provider_session_id) values (1, 'a', 'codex', ?)",
            [THREAD],
        )
    origins = "select session_id, provider, is_cli, conversation_id from session_origins"
    assert home.rows(origins) == [(THREAD, "codex", True, 1)]


def test_a_version_without_counts_is_there_with_a_bound(home: Home) -> None:
    bare: Line = {"id": THREAD, "timestamp": "2026-11-01T10:00:00.000Z", "instructions": ""}
    home.write(bare, {"type": "message", "role": "assistant", "content": []})
    home.import_()
    assert home.rows("select model, is_lower_bound from usage") == [("unknown", True)]


def test_a_file_that_is_rewritten_in_place_keeps_its_rows(home: Home) -> None:
    one, two = tokens(10), tokens(20)
    prompt = event("user_message", "10:00:01", message="go")
    lines = [meta(), context(), prompt, count(one, one), count(tokens(30, 20), two)]
    path = home.write(*lines)
    home.import_()
    invented = event("task_started", turn_id="rollout-3")
    said = {"type": "UserMessage", "id": "new", "content": "go"}
    rewritten = event("item_completed", "10:00:01", item=said)
    home.write(lines[0], invented, lines[1], rewritten, *lines[3:])
    assert path.read_bytes().count(b"rollout-3") == 1
    home.import_()
    assert home.inputs() == [10, 20]
    assert home.rows("select count(*) from prompt_facts") == [(1,)]


def test_a_file_that_is_compressed_or_archived_is_imported_once(home: Home) -> None:
    usage = tokens(10)
    cut = [started(2), item("message", role="assistant")]
    path = home.write(meta(), context(), count(usage, usage), *cut)
    home.import_()
    packed = path.with_name(f"{path.name}.zst")
    with pa.CompressedOutputStream(str(packed), "zstd") as stream:
        stream.write(path.read_bytes())
    assert home.import_().files == 1
    path.unlink()
    home.import_()
    assert home.inputs() == [10]
    assert home.rows("select kind from unseen_calls") == [("cut",)]
    packed.rename(home.path / packed.name)
    (home.path / "archived_sessions").mkdir()
    (home.path / packed.name).rename(home.path / "archived_sessions" / packed.name)
    home.import_()
    assert home.inputs() == [10]


def test_an_append_is_the_same_as_the_file_at_once(home: Home, tmp_path: Path) -> None:
    one, two = tokens(10), tokens(20)
    path = home.write(meta(), context(), count(one, one))
    whole = path.read_bytes()
    home.import_()
    home.write(meta(), context(), count(one, one), count(one, one), count(tokens(30, 20), two))
    assert path.read_bytes().startswith(whole)
    home.import_()
    assert home.inputs() == [10, 20]


def test_titles_come_from_the_index_and_the_last_one_counts(home: Home) -> None:
    usage = tokens(10)
    home.write(meta(), context(), count(usage, usage))
    names = [{"id": THREAD, "thread_name": name, "updated_at": "x"} for name in ("Old", "New")]
    (home.path / "session_index.jsonl").write_text("\n".join(map(json.dumps, names)) + "\n")
    (home.path / "history.jsonl").write_text('{"session_id": "x", "text": "secret"}\n')
    assert home.import_().files == 2
    assert home.rows("select session_title from usage") == [("New",)]


def test_rate_limits_and_errors_are_kept(home: Home) -> None:
    window = {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_800_000_000}
    home.write(
        meta(),
        event("token_count", info=None, rate_limits={"limit_id": "codex", "primary": window}),
        event("task_complete", error={"codex_error_info": "context_window_exceeded"}),
        event("error", "10:00:02", codex_error_info={"http": {"http_status_code": 429}}),
    )
    home.import_()
    limits = home.rows(
        "select limit_window, used_percent::varchar, window_minutes from rate_limits"
    )
    assert limits == [("primary", "12.500000000000000", 300)]
    errors = home.rows("select error, status from api_error_facts order by all")
    assert errors == [("context_window_exceeded", None), ("http", 429)]


def test_a_folder_of_both_products_is_imported_once(home: Home, tmp_path: Path) -> None:
    usage = tokens(1000)
    home.write(meta(), context(), count(usage, usage))
    claude.write(home.path, claude.A, claude.answer())
    for paths in ([home.path], [tmp_path], [home.path, tmp_path]):
        home.import_(*paths)
        rows = home.rows("select product, input_tokens from usage order by all")
        assert rows == [("claude", 10), ("codex", 1000)]


def billed(scenario: Path) -> Counter[tuple[Any, ...]]:
    sys.path.insert(0, str(SCENARIOS / "tools"))
    try:
        import count as reference
    finally:
        sys.path.pop(0)
    return Counter((*call["usage"], call["model"]) for call in reference.calls(scenario / "codex"))


@pytest.mark.parametrize(
    "scenario", sorted(path.parent for path in SCENARIOS.glob("*/truth.json")), ids=os.path.basename
)
def test_the_genuine_clients_calls_are_counted_to_the_token(scenario: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    import_history([scenario / "codex"], store, machine="here")
    with open_store(store) as opened:
        found = opened.query(
            "select input_tokens + cache_read_tokens + cache_write_5m_tokens, cache_read_tokens, "
            "cache_write_5m_tokens, output_tokens, thinking_tokens, model from responses "
            "where kind = 'response'"
        )
    assert Counter(found.rows()) == billed(scenario)
