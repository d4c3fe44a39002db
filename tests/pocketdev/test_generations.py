"""`sync` reads a PocketDev of any age, and joins its sessions to session files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.pocketdev.generations import GENERATIONS

SESSION = "11111111-1111-4111-8111-111111111111"
UUID = "cccccccc-0000-4000-8000-000000000001"
AGENT = "bbbbbbbb-0000-4000-8000-000000000001"
WORKSPACE = "aaaaaaaa-0000-4000-8000-000000000001"
SCREENS = "dddddddd-0000-4000-8000-000000000001"
PLANTED = "planted words of a message"


def history(folder: Path, session: str = SESSION) -> Path:
    """A history of one session with a prompt and a response."""
    common = {"cwd": "/workspace/demo", "sessionId": session, "version": "2.1.100", "uuid": "u"}
    prompt = {"type": "user", "timestamp": "2026-05-10T10:00:30Z", "message": {"content": "x"}}
    usage = {"input_tokens": 100, "output_tokens": 50, "cache_read_input_tokens": 1000}
    message = {
        "id": "m1",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [],
        "stop_reason": "end_turn",
        "usage": usage,
    }
    response = {"type": "assistant", "timestamp": "2026-05-10T10:01:00Z", "message": message}
    project = folder / "projects" / "-workspace-demo"
    project.mkdir(parents=True)
    lines = [{**common, **each} for each in (prompt, {**response, "uuid": "v"})]
    (project / f"{session}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def lay_out(database: Any, generation: str) -> None:
    """The generation's tables, and in them the session of `history`."""
    database.run(*GENERATIONS[generation])
    if generation < "2025-12-04":
        columns = "project_path, status, title, last_activity_at, created_at"
        values = (
            "'/workspace/demo', 'active', 'Named', '2026-05-10 10:01:00', '2026-05-10 10:00:00'"
        )
        if generation != "2025-10-16":
            columns, values = f"claude_session_id, {columns}", f"'{SESSION}', {values}"
        database.run(f"insert into claude_sessions ({columns}) values ({values})")
        return
    columns = (
        "uuid, provider_type, model, title, working_directory, status, last_activity_at, created_at"
    )
    values = (
        f"'{UUID}', 'claude_code', 'sonnet', 'Named', '/workspace/demo', 'processing', "
        "'2026-05-10 10:01', '2026-05-10 10:00'"
    )
    if generation in {"2025-12-12", "2026-01"}:
        columns, values = f"{columns}, claude_session_id", f"{values}, '{SESSION}'"
    if generation == "2026-02":
        columns, values = f"{columns}, provider_session_id", f"{values}, '{SESSION}'"
    if generation.startswith("2026"):
        columns, values = (
            f"{columns}, agent_id, workspace_id",
            f"{values}, '{AGENT}', '{WORKSPACE}'",
        )
        database.run(
            f"insert into workspaces values ('{WORKSPACE}', 'Demo', 'demo', null)",
            f"insert into agents values ('{AGENT}', 'Coder', 'claude_code', 'secret')",
        )
    database.run(f"insert into conversations ({columns}) values ({values})")
    database.run(
        "insert into messages (conversation_id, role, content, input_tokens, output_tokens, "
        "cache_creation_tokens, cache_read_tokens, model, sequence, created_at) values "
        f"(1, 'user', '\"{PLANTED}\"', null, null, null, null, null, 1, '2026-05-10 10:00'), "
        f"(1, 'assistant', '\"{PLANTED}\"', 1100, 50, 0, 1000, 'sonnet', 2, '2026-05-10 10:01')"
    )


def sync(store: Path, database: Any, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["--store", str(store), "sync", "--from", database.url, *arguments]
    )


def document(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(store: Path, query: str) -> list[tuple[Any, ...]]:
    with open_store(store) as opened:
        return opened.query(query).rows()


@pytest.mark.parametrize("generation", [name for name in GENERATIONS if name != "2025-12-04"])
def test_a_session_is_joined_to_its_file(empty: Any, store: Path, generation: str) -> None:
    lay_out(empty, generation)
    done = sync(store, empty, "--format", "json")
    assert done.exit_code == 0, done.output
    found = document(done)
    assert found["generation"] == generation
    assert found["sessions"] == {"both": 1, "files": 0, "pocketdev": 0}
    assert rows(store, "select claude_session_id, title from claude_sessions") == [
        (SESSION, "Named")
    ]
    again = document(sync(store, empty, "--format", "json"))
    assert {(t["added"], t["changed"], t["removed"]) for t in again["tables"]} == {(0, 0, 0)}
    checked = CliRunner().invoke(main, ["--store", str(store), "store", "check"])
    assert checked.exit_code == 0, checked.output


def test_a_conversation_without_the_id_of_a_session_is_not_joined(empty: Any, store: Path) -> None:
    lay_out(empty, "2025-12-04")
    done = sync(store, empty)
    assert done.exit_code == 3, done.output
    assert "no session of PocketDev has a session file" in done.stderr


def test_agent_workspace_and_screen_come_with_a_conversation(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run(
        f"insert into pocketdev_sessions values ('{SCREENS}', '{WORKSPACE}', 'Release')",
        f"insert into screens values ('{UUID}', '{SCREENS}', 'chat', 1)",
    )
    assert sync(store, empty).exit_code == 0
    columns = "provider, workspace, pocketdev_agent, screen, status, working_directory, title"
    assert rows(store, f"select {columns} from pocketdev_conversations") == [
        ("claude_code", "Demo", "Coder", "Release", "processing", "/workspace/demo", "Named")
    ]


def test_no_text_of_a_message_reaches_the_store(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    before = len(empty.server.log())
    assert sync(store, empty).exit_code == 0
    columns = "input_tokens, output_tokens, cache_read_tokens, model"
    assert rows(store, f"select {columns} from pocketdev_messages") == [(1100, 50, 1000, "sonnet")]
    for path in store.parent.glob("store.duckdb*"):
        assert PLANTED.encode() not in path.read_bytes()
        assert b"secret" not in path.read_bytes()
    asked = [line for line in empty.server.log()[before:].splitlines() if "messages m" in line]
    assert asked
    assert not [line for line in asked if "content" in line]


def test_only_messages_of_changed_conversations_are_read_again(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    sync(store, empty)
    empty.run("update messages set output_tokens = 51 where sequence = 2")
    (changed,) = (
        table
        for table in document(sync(store, empty, "--format", "json"))["tables"]
        if table["table"] == "messages"
    )
    assert (changed["rows"], changed["added"], changed["changed"]) == (1, 0, 1)
    assert rows(store, "select output_tokens from pocketdev_messages") == [(51,)]
    empty.run("delete from messages")
    (gone,) = (
        table
        for table in document(sync(store, empty, "--format", "json"))["tables"]
        if table["table"] == "messages"
    )
    assert (gone["rows"], gone["removed"]) == (0, 1)


def test_a_table_that_pocketdev_dropped_is_history_and_not_active(empty: Any, store: Path) -> None:
    lay_out(empty, "2025-10-25")
    empty.run(
        "insert into claude_sessions (claude_session_id, project_path, status) values "
        f"('{UUID}', '/elsewhere', 'active')"
    )
    sync(store, empty)
    active = "select count(*) from claude_sessions where status = 'active'"
    assert rows(store, active) == [(2,)]
    # The upgrade in place: the migration that dropped the table ran, conversations came.
    empty.run(
        "drop table claude_sessions",
        "insert into migrations (migration, batch) values "
        "('2025_10_16_201350_create_claude_sessions_table', 1), "
        "('2025_12_12_221717_drop_claude_sessions_table', 2)",
    )
    for statement in GENERATIONS["2025-12-12"][1:]:
        empty.run(statement)
    done = sync(store, empty)
    assert "claude_sessions: dropped by PocketDev" in done.stderr
    assert rows(store, active) == [(0,)]
    assert rows(store, "select count(*) from pocketdev_sessions") == [(2,)]
    assert rows(
        store, "select gone_at is not null from synced_tables where table_name = 'claude_sessions'"
    ) == [(True,)]


def test_a_table_that_cannot_be_read_now_keeps_its_rows(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    sync(store, empty)
    empty.run(
        "create role reader login password 'x'",
        "grant select on all tables in schema public to reader",
        "revoke select on conversations from reader",
    )
    try:
        url = empty.url_of("reader", "x")
        done = CliRunner().invoke(main, ["--store", str(store), "sync", "--from", url])
        assert "permission denied for table conversations" in done.stderr
        assert done.exit_code == 4, done.output
        assert rows(store, "select count(*) from pocketdev_conversations") == [(1,)]
        assert rows(store, "select title from claude_sessions") == [("Named",)]
    finally:
        empty.run("drop owned by reader", "drop role reader")


def test_a_newer_schema_is_named_and_read_as_far_as_it_is_known(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run(
        "insert into migrations (migration, batch) values ('2027_01_31_000000_add_more', 9)",
        "alter table conversations add column mood varchar(20)",
    )
    done = sync(store, empty)
    assert done.exit_code == 0, done.output
    assert "newer than 2026-05" in done.stdout


def test_the_live_state_is_kept(empty: Any, store: Path) -> None:
    lay_out(empty, "2025-10-25")
    empty.run(
        "update claude_sessions set process_pid = 42, process_status = 'streaming', "
        "last_message_index = 7"
    )
    sync(store, empty)
    columns = "process_pid, process_status, last_message_index"
    assert rows(store, f"select {columns} from pocketdev_sessions") == [(42, "streaming", 7)]
    with open_store(store) as opened:
        running = opened.named_query("running_conversations")
    assert running["session_id"].to_list() == [SESSION]
    assert running["cost_usd"][0] > 0


def test_the_small_database_of_2026_joins(empty: Any, tmp_path: Path) -> None:
    path = Path(__file__).parents[3] / "shared" / "pocketdev" / "small_2026.sql"
    if not path.exists():
        pytest.skip("needs ../shared/pocketdev")
    text = re.sub(r" *--.*", "", path.read_text())
    statements = [each for each in text.split(";\n") if each.strip()]
    empty.run(*statements)
    import_history([history(tmp_path / "history")], tmp_path / "store.duckdb")
    done = sync(tmp_path / "store.duckdb", empty, "--format", "json")
    assert done.exit_code == 0, done.output
    providers = {each["provider"]: each for each in document(done)["providers"]}
    assert (providers["claude_code"]["joined"], providers["claude_code"]["only_in_pocketdev"]) == (
        1,
        2,
    )
    assert providers["codex"]["only_in_pocketdev"] == 1
    assert providers["anthropic"]["is_cli"] is False
