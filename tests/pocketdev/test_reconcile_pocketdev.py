"""`report reconcile --with pocketdev`: costs compared by conversation and cause."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from tests.pocketdev.test_conversations import DIRECT, add_direct
from tests.pocketdev.test_generations import SESSION, lay_out, sync

MILLION = Decimal(1_000_000)
INPUT, WRITE_5M, WRITE_1H, READ, OUTPUT = map(Decimal, ("3", "3.75", "6", "0.3", "15"))
PARTS = (
    *("cache_counted_twice_usd", "last_request_only_usd", "no_price_usd"),
    *("five_minute_price_usd", "placeholder_output_usd", "other_cli_sessions_usd"),
    *("unpriced_usd", "unexplained_usd"),
)


def write(folder: Path, *usages: dict[str, Any]) -> Path:
    """A session with these responses, a minute apart."""
    project = folder / "projects" / "-workspace-demo"
    project.mkdir(parents=True)
    lines = []
    for number, usage in enumerate(usages):
        message = {"id": f"m{number}", "role": "assistant", "model": "claude-sonnet-4-6"}
        message |= {"content": [], "stop_reason": "end_turn", "usage": usage}
        line = {"type": "assistant", "timestamp": f"2026-05-10T10:{number:02}:00Z"}
        line |= {"cwd": "/workspace/demo", "sessionId": SESSION, "version": "2.1.100"}
        lines.append(json.dumps({**line, "uuid": f"u{number}", "message": message}) + "\n")
    (project / f"{SESSION}.jsonl").write_text("".join(lines))
    return folder


def message(database: Any, sequence: int, numbers: str, model: str, cost: Decimal | None) -> None:
    database.run("delete from messages where role = 'user'")
    database.run(
        "insert into messages (conversation_id, role, content, input_tokens, output_tokens, "
        "cache_creation_tokens, cache_read_tokens, model, cost, sequence, created_at) values "
        f"(1, 'assistant', '\"x\"', {numbers}, '{model}', {'null' if cost is None else cost}, "
        f"{sequence}, '2026-05-10 10:{sequence:02}')"
    )


def reconciled(store: Path, database: Any, *arguments: str) -> list[dict[str, Any]]:
    assert sync(store, database).exit_code in {0, 3}
    command = ["--store", str(store), "report", "reconcile", "--with", "pocketdev", *arguments]
    done = CliRunner().invoke(main, [*command, "--format", "json"])
    assert done.exit_code == 0, done.output
    rows: list[dict[str, Any]] = json.loads(done.stdout, parse_float=Decimal)["rows"]
    for row in rows:
        amounts = {name: Decimal(str(row[name])) for name in PARTS}
        assert sum(amounts.values()) == Decimal(str(row["difference_usd"]))
    return rows


def amounts(row: dict[str, Any]) -> dict[str, Decimal]:
    found = {name: Decimal(str(row[name])) for name in PARTS}
    return {name: amount for name, amount in found.items() if amount}


ONE = {"input_tokens": 100, "output_tokens": 500, "cache_read_input_tokens": 1000}
LAST = {
    "input_tokens": 100,
    "output_tokens": 1000,
    "cache_read_input_tokens": 100_000,
    "cache_creation_input_tokens": 10_000,
    "cache_creation": {"ephemeral_1h_input_tokens": 10_000, "ephemeral_5m_input_tokens": 0},
}


@pytest.fixture
def conversation(empty: Any, tmp_path: Path) -> tuple[Path, Any]:
    """A turn of two requests in a session file; PocketDev has no message of it yet."""
    import_history([write(tmp_path / "history", ONE, LAST)], tmp_path / "store.duckdb")
    lay_out(empty, "2026-02")
    empty.run("delete from messages")
    return tmp_path / "store.duckdb", empty


def test_every_cause_of_a_cache_heavy_turn_is_named(conversation: tuple[Path, Any]) -> None:
    store, database = conversation
    # PocketDev's figure: the whole prompt as input, its cache classes again, and 7 output tokens.
    theirs = (110_100 * INPUT + 10_000 * WRITE_5M + 100_000 * READ + 7 * OUTPUT) / MILLION
    message(database, 1, "110100, 7, 10000, 100000", "claude-sonnet-4-6", theirs)
    (row,) = reconciled(store, database)
    assert (row["conversation"], row["session"], row["title"]) == (1, SESSION, "Named")
    assert (row["messages"], row["responses"]) == (1, 2)
    assert amounts(row) == {
        "cache_counted_twice_usd": 110_000 * INPUT / MILLION,
        "last_request_only_usd": -(100 * INPUT + 1000 * READ + 500 * OUTPUT) / MILLION,
        "five_minute_price_usd": 10_000 * (WRITE_5M - WRITE_1H) / MILLION,
        "placeholder_output_usd": (7 - 1000) * OUTPUT / MILLION,
    }
    assert "cache counted twice" in row["causes"]
    assert "last request of a turn only" in row["causes"]


def test_a_cost_that_counts_cache_once_is_not_said_to_count_it_twice(
    conversation: tuple[Path, Any],
) -> None:
    store, database = conversation
    theirs = (100 * INPUT + 10_000 * WRITE_5M + 100_000 * READ + 1000 * OUTPUT) / MILLION
    message(database, 1, "110100, 1000, 10000, 100000", "claude-sonnet-4-6", theirs)
    (row,) = reconciled(store, database)
    assert amounts(row).keys() == {"last_request_only_usd", "five_minute_price_usd"}


def test_an_alias_has_no_price_at_pocketdev(conversation: tuple[Path, Any]) -> None:
    store, database = conversation
    message(database, 1, "110100, 7, 10000, 100000", "sonnet", None)
    (row,) = reconciled(store, database)
    ours = (100 * INPUT + 10_000 * WRITE_1H + 100_000 * READ + 1000 * OUTPUT) / MILLION
    assert amounts(row)["no_price_usd"] == -ours
    assert "no price of the model (an alias)" in row["causes"]


def test_messages_of_a_cli_session_without_a_file_are_a_cause(
    conversation: tuple[Path, Any],
) -> None:
    store, database = conversation
    message(database, 0, "5000, 10, 0, 0", "claude-sonnet-4-6", Decimal("0.25"))
    (row,) = reconciled(store, database)
    assert amounts(row)["other_cli_sessions_usd"] == Decimal("0.25")


def test_a_direct_conversation_agrees(conversation: tuple[Path, Any]) -> None:
    store, database = conversation
    cost = (300 * INPUT + 10_000 * WRITE_5M + 100_000 * READ + 1000 * OUTPUT) / MILLION
    add_direct(
        database, message=f"300, 1000, 10000, 100000, 'claude-sonnet-4-6', {cost}, 'end_turn'"
    )
    rows = reconciled(store, database, "--provider", "anthropic")
    assert [(row["session"], row["difference_usd"]) for row in rows] == [(DIRECT, 0)]


def test_only_reconcile_knows_pocketdevs_figures(store: Path) -> None:
    done = CliRunner().invoke(
        main, ["--store", str(store), "report", "cost", "--with", "pocketdev"]
    )
    assert done.exit_code == 1
    assert "by the report 'reconcile' alone" in done.output
