"""`sync` with a database in an unusual state: in mid-upgrade, elsewhere, or with few privileges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pocketdev_analytics.cli import main
from tests.pocketdev.test_conversations import DIRECT, add_direct, costs
from tests.pocketdev.test_generations import SESSION, UUID, document, lay_out, rows, sync


def test_tables_in_another_schema_are_found(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run("create schema app")
    for table in ("migrations", "conversations", "messages", "agents", "workspaces", "screens"):
        empty.run(f"alter table {table} set schema app")
    done = sync(store, empty)
    assert done.exit_code == 0, done.output
    assert costs(store, "--by", "workspace") == {"Demo": 1}


def test_keys_may_be_uuids(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run(
        "alter table conversations alter column id drop default, alter column id type uuid "
        f"using '{UUID}'::uuid",
        "alter table conversations drop column uuid",
        "alter table messages alter column conversation_id type uuid "
        f"using '{UUID}'::uuid, alter column id drop default, "
        "alter column id type uuid using gen_random_uuid()",
    )
    assert sync(store, empty).exit_code == 0
    found = rows(
        store, "select conversation_uuid, provider_session_id from pocketdev_conversations"
    )
    assert found == [(UUID, SESSION)]
    joined = "pocketdev_messages join pocketdev_conversations as c on c.id = conversation_id"
    assert rows(store, f"select input_tokens from {joined}") == [(1100,)]
    empty.run("update messages set output_tokens = 51")
    assert sync(store, empty).exit_code == 0
    assert rows(store, "select output_tokens from pocketdev_messages where input_tokens > 0") == [
        (51,)
    ]


def test_enums_views_and_times_with_a_zone_are_read(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run(
        "create type provider as enum ('claude_code', 'anthropic', 'unheard_of')",
        "alter table conversations alter column provider_type type provider "
        "using provider_type::provider",
        "alter table conversations alter column last_activity_at type timestamptz "
        "using last_activity_at at time zone 'UTC'",
        "alter table messages rename to all_messages",
        "create view messages as select * from all_messages",
    )
    add_direct(empty, provider="unheard_of")
    assert sync(store, empty).exit_code == 0
    assert costs(store, "--by", "provider") == {"claude_code": 1, "unheard_of": 1}
    times = rows(
        store, "select last_activity_at::varchar from pocketdev_conversations where id = 1"
    )
    assert times == [("2026-05-10 10:01:00",)]


def test_a_table_that_is_missing_in_mid_upgrade_is_named(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    sync(store, empty)
    empty.run("drop table messages")
    done = sync(store, empty)
    assert done.exit_code == 0, done.output
    assert "messages" in done.stderr
    assert rows(store, "select count(*) from pocketdev_messages") == [(1,)]


def test_a_renamed_column_is_named(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    sync(store, empty)
    empty.run(
        "alter table conversations rename column title to name",
        "alter table messages rename column conversation_id to thread_id",
    )
    done = sync(store, empty)
    assert "messages: no column conversation_id; found: id, thread_id" in done.stderr
    empty.run("alter table conversations rename column provider_type to kind")
    done = sync(store, empty)
    assert "conversations: no column provider_type" in done.stderr
    assert done.exit_code == 3
    assert rows(store, "select count(*) from pocketdev_conversations") == [(1,)]


def test_a_role_that_may_read_few_tables_gets_the_rest(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run(
        "create role few login password 'x'",
        "grant select on conversations, workspaces to few",
        "grant select (id, conversation_id, input_tokens, output_tokens, cache_creation_tokens, "
        "cache_read_tokens, cost, model, stop_reason, turn_number, sequence, created_at) "
        "on messages to few",
    )
    try:
        url = empty.url_of("few", "x")
        done = CliRunner().invoke(main, ["--store", str(store), "sync", "--from", url])
        assert "agents: no privilege to read it" in done.stderr
        assert done.exit_code == 4, done.output
        names = rows(store, "select title, workspace, pocketdev_agent from pocketdev_conversations")
        assert names == [("Named", "Demo", None)]
        assert rows(store, "select input_tokens from pocketdev_messages") == [(1100,)]
    finally:
        empty.run("drop owned by few", "drop role few")


def test_an_empty_table_of_migrations_says_nothing(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    empty.run("delete from migrations")
    found = document(sync(store, empty, "--format", "json"))
    assert found["generation"] == "2026-02"
    empty.run("drop table migrations")
    assert sync(store, empty).exit_code == 0


def test_a_deleted_conversation_is_counted_and_is_not_running(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    add_direct(empty)
    empty.run("update conversations set status = 'processing', deleted_at = '2026-05-14'")
    assert sync(store, empty).exit_code == 0
    assert costs(store, "--by", "deleted") == {"yes": 2}
    query = ["--store", str(store), "query", "--name", "running_conversations", "--format", "csv"]
    assert DIRECT not in CliRunner().invoke(main, query).stdout
