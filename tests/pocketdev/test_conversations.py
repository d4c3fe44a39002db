"""PocketDev's names of sessions in reports and on pages, and direct API conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import pocketdev_analytics as pda
from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from tests.pocketdev.test_generations import AGENT, history, lay_out, rows, sync

DIRECT = "cccccccc-0000-4000-8000-000000000009"
# 3 input, 5-minute cache write and read, and output at claude-sonnet-4-6's prices.
COST = Decimal(300 * 3 + 10_000 * Decimal("3.75") + 100_000 * Decimal("0.3") + 1000 * 15) / 10**6


@pytest.fixture(scope="module")
def synced(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with a session of Claude Code, synced with a PocketDev that has a direct one too."""
    folder = tmp_path_factory.mktemp("conversations")
    store = folder / "store.duckdb"
    import_history([history(folder / "history")], store)
    server.database("postgres").run("create database conversations")
    database = server.database("conversations")
    lay_out(database, "2026-02")
    add_direct(database)
    assert sync(store, database).exit_code == 0
    yield store
    server.database("postgres").run("drop database conversations with (force)")


def add_direct(database: Any, provider: str = "anthropic", message: str = "") -> None:
    """A conversation without a session file, with one answer and a prompt."""
    numbers = message or "300, 1000, 10000, 100000, 'claude-sonnet-4-6', 0.5, 'end_turn'"
    database.run(
        "insert into conversations (id, uuid, provider_type, model, title, working_directory, "
        "status, last_activity_at, created_at, deleted_at) values "
        f"(9, '{DIRECT}', '{provider}', 'claude-sonnet-4-6', 'A chat', '/workspace/demo', "
        "'archived', '2026-05-13 10:01', '2026-05-13 10:00', '2026-05-14 00:00')",
        "insert into messages (conversation_id, role, content, input_tokens, output_tokens, "
        "cache_creation_tokens, cache_read_tokens, model, cost, stop_reason, sequence, created_at) "
        "values (9, 'user', '\"x\"', 0, 0, 0, 0, null, null, null, 1, '2026-05-13 10:00'), "
        f"(9, 'assistant', '\"x\"', {numbers}, 2, '2026-05-13 10:01')",
    )


def report(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(store), "report", *arguments])


def costs(store: Path, *arguments: str) -> dict[Any, Any]:
    done = report(store, "cost", *arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    by = arguments[arguments.index("--by") + 1].replace("-", "_")
    return {row[by]: row["responses"] for row in json.loads(done.stdout)["rows"]}


@pytest.mark.parametrize(
    ("by", "of_file", "of_direct"),
    [
        ("provider", "claude_code", "anthropic"),
        ("workspace", "Demo", None),
        ("pocketdev-agent", "Coder", None),
        ("title", "Named", "A chat"),
        ("conversation-status", "processing", "archived"),
        ("deleted", "no", "yes"),
        ("working-directory", "/workspace/demo", "/workspace/demo"),
        ("screen", None, None),
    ],
)
def test_what_pocketdev_calls_a_session_is_a_dimension_and_a_filter(
    synced: Path, by: str, of_file: str | None, of_direct: str | None
) -> None:
    expected: dict[str | None, int] = {}
    for name in (of_file, of_direct):
        expected[name] = expected.get(name, 0) + 1
    assert costs(synced, "--by", by) == expected
    name = of_file or "(none)"
    assert costs(synced, "--by", by, f"--{by}", name) == {of_file: expected[of_file]}


def test_prompts_and_calls_are_grouped_by_it_too(synced: Path) -> None:
    done = report(synced, "activity", "--by", "workspace", "--format", "json")
    found = {row["workspace"]: row for row in json.loads(done.stdout)["rows"]}
    assert (found["Demo"]["prompts"], found["Demo"]["responses"]) == (1, 1)
    assert (found[None]["prompts"], found[None]["responses"]) == (0, 1)


def test_a_direct_conversation_is_priced_by_the_one_formula_and_marked(synced: Path) -> None:
    with pda.open_store(synced) as store:
        (row,) = store.query(
            "select source, session_id, session_title, project, cost_usd "
            f"from usage_cost where session_id = '{DIRECT}'"
        ).rows()
    assert row == ("pocketdev", DIRECT, "A chat", "/workspace/demo", COST)
    assert (
        "1 response of direct API conversations is by PocketDev's own"
        in report(synced, "cost").stdout
    )
    alone = report(synced, "cost", "--provider", "claude_code")
    assert "own figures" not in alone.stdout
    checked = CliRunner().invoke(main, ["--store", str(synced), "store", "check"])
    assert checked.exit_code == 0, checked.output


def test_explain_knows_a_direct_conversation(synced: Path) -> None:
    done = CliRunner().invoke(main, ["--store", str(synced), "explain", DIRECT])
    assert done.exit_code == 0, done.output
    assert "$0.0834" in done.stdout
    assert "PocketDev's messages:" in done.stdout


def test_names_of_pocketdev_are_redacted(synced: Path) -> None:
    by = "workspace,pocketdev-agent,title,working-directory"
    done = report(synced, "cost", "--by", by, "--redact", "--format", "csv")
    assert done.exit_code == 0, done.output
    assert not any(name in done.stdout for name in ("Demo", "Coder", "Named", "chat", "/workspace"))


def test_the_page_is_filtered_by_what_has_several_names(synced: Path, tmp_path: Path) -> None:
    for name in ("cost", "activity"):
        page = tmp_path / f"{name}.html"
        done = CliRunner().invoke(
            main, ["--store", str(synced), "dashboard", name, "-o", str(page)]
        )
        assert done.exit_code == 0, done.output
        text = page.read_text()
        assert "own figures" in text
        state = text[text.index('"filters":') :][:200]
        for filtered in ("provider", "workspace", "pocketdev_agent", "conversation_status"):
            assert f'"{filtered}"' in state
        assert '"screen"' not in state


def test_a_response_of_unknown_usage_is_a_lower_bound(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    add_direct(empty, message="null, null, null, null, 'claude-sonnet-4-6', 0.5, 'end_turn'")
    assert sync(store, empty).exit_code == 0
    with pda.open_store(store) as opened:
        found = opened.query(
            "select is_lower_bound, lower_bound_reason from usage_cost "
            f"where session_id = '{DIRECT}'"
        )
    assert found.rows() == [(True, "unknown_usage")]


def test_an_agent_on_the_command_line_is_never_counted_from_messages(
    empty: Any, store: Path
) -> None:
    lay_out(empty, "2026-02")
    add_direct(empty, provider="new_cli")
    empty.run(
        "insert into conversations (uuid, provider_type, model, working_directory, "
        f"provider_session_id) values ('{AGENT}', 'new_cli', 'x', '/', 'a-session')"
    )
    assert sync(store, empty).exit_code == 0
    assert rows(store, "select count(*) from conversation_usage") == [(0,)]
    # Without any session of it, an unknown provider is a direct one.
    empty.run("delete from conversations where provider_session_id = 'a-session'")
    assert sync(store, empty).exit_code == 0
    assert rows(store, "select provider, input_tokens from conversation_usage") == [
        ("new_cli", 300)
    ]


def test_earlier_cli_sessions_of_a_conversation_stay_its_own(empty: Any, store: Path) -> None:
    lay_out(empty, "2026-02")
    sync(store, empty)
    later = "22222222-2222-4222-8222-222222222222"
    empty.run(f"update conversations set provider_session_id = '{later}'")
    assert sync(store, empty).exit_code == 0
    assert costs(store, "--by", "workspace") == {"Demo": 1}
    with pda.open_store(store) as opened:
        (running,) = opened.named_query("running_conversations").iter_rows(named=True)
    assert (running["session_id"], running["responses"]) == (later, 1)


def test_sessions_of_the_first_generations_have_a_provider_and_a_status(
    empty: Any, store: Path
) -> None:
    lay_out(empty, "2025-10-20")
    sync(store, empty)
    assert costs(store, "--by", "provider") == {"claude_code": 1}
    assert costs(store, "--by", "conversation-status") == {"active": 1}


def test_without_pocketdev_nothing_of_it_is_read(store: Path) -> None:
    assert costs(store, "--by", "workspace") == {None: 1}
    with pda.open_store(store) as opened:
        assert not opened.provenance().has_conversations
