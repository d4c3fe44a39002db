"""Benchmark of `sync`: a PocketDev of 2026 with conversations and messages, as whole processes.

    python tests/benchmarks/bench_conversations.py [--conversations N] [--messages N] [--runs N]

Starts a PostgreSQL of its own on loopback, generates the rows there, and syncs them into a new
store: the first time, again with nothing new, and after a hundred conversations have gone on. Shows
medians next to the limit of each. Needs the server's programs (Debian: postgresql).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "pocketdev")]

from conftest import running_server  # noqa: E402
from generations import GENERATIONS  # noqa: E402
from measure import Measure, run  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

if TYPE_CHECKING:
    from conftest import Database

_LIMITS: Final = {"first sync": 20.0, "nothing new": 2.0, "100 conversations went on": 2.0}
_GONE_ON: Final = (
    "update messages set output_tokens = output_tokens + 1 where conversation_id % "
    "(select greatest(count(*) / 100, 1) from conversations) = 0"
)


def fill(database: Database, conversations: int, messages: int) -> None:
    """Conversations of four providers; every second message has numbers, as answers do."""
    database.run(
        *GENERATIONS["2026-02"],
        "insert into workspaces (id, name) select gen_random_uuid(), 'Workspace ' || n "
        "from generate_series(1, 20) n",
        "insert into agents (id, name) select gen_random_uuid(), 'Agent ' || n "
        "from generate_series(1, 50) n",
        "insert into conversations (uuid, provider_type, model, title, working_directory, status, "
        "last_activity_at, created_at, updated_at, provider_session_id, workspace_id, agent_id) "
        "select gen_random_uuid(), kind, 'claude-sonnet-4-6', 'Conversation ' || n, "
        "'/workspace/' || n % 40, 'idle', at + interval '1 hour', at, at + interval '1 hour', "
        "case when kind in ('claude_code', 'codex') then gen_random_uuid()::text end, "
        "(select id from workspaces offset n % 20 limit 1), "
        "(select id from agents offset n % 50 limit 1) from (select n, "
        "(array['claude_code', 'claude_code', 'codex', 'anthropic'])[n % 4 + 1] as kind, "
        "timestamp '2026-01-01' + n * interval '2 minutes' as at "
        f"from generate_series(1, {conversations}) n) as made",
        "insert into messages (conversation_id, role, content, input_tokens, output_tokens, "
        "cache_creation_tokens, cache_read_tokens, stop_reason, model, cost, sequence, "
        "created_at, turn_number) select n / share + 1, "
        "case when n % 2 = 0 then 'user' else 'assistant' end, "
        "json_build_array(repeat('words ', 40)), case when n % 2 = 1 then 1000 + n % 50000 end, "
        "case when n % 2 = 1 then n % 3000 end, case when n % 2 = 1 then n % 9000 end, "
        "case when n % 2 = 1 then n % 90000 end, case when n % 2 = 1 then 'end_turn' end, "
        "'claude-sonnet-4-6', case when n % 2 = 1 then (n % 1000) / 10000.0 end, n % share, "
        "timestamp '2026-01-01' + n * interval '5 seconds', n % share / 2 "
        f"from (select n, {messages} / {conversations} as share "
        f"from generate_series(0, {messages} - 1) n) as made",
        "analyze",
    )


def measured(database: Database, folder: Path) -> dict[str, Measure]:
    """Each kind of sync once, into a new store."""
    store = folder / "store.duckdb"
    for path in folder.glob("store.duckdb*"):
        path.unlink()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "POCKETDEV_ANALYTICS_STORE": str(store),
        "DB_URL": database.url,
    }
    code = (
        "import sys; from pocketdev_analytics.cli import main\n"
        "try: main(['sync', '--format', 'json'])\n"
        "except SystemExit as done: sys.exit(0 if done.code in (0, None, 3) else done.code)"
    )
    before: dict[str, Callable[[], None]] = {
        "first sync": lambda: None,
        "nothing new": lambda: None,
        "100 conversations went on": lambda: database.run(_GONE_ON),
    }
    measures = {}
    for name, prepare in before.items():
        prepare()
        measures[name] = run((sys.executable, "-c", code), environment, folder)
    return measures


def check(rounds: list[dict[str, Measure]], conversations: int, messages: int) -> None:
    """Every sync must hold every conversation and every message that has numbers."""
    for measures in rounds:
        for name, measure in measures.items():
            rows = {table["table"]: table["rows"] for table in json.loads(measure.output)["tables"]}
            found = rows["conversations"], rows["messages"]
            if found != (conversations, messages // 2):
                raise RuntimeError(f"{name}: {found} conversations and messages")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with running_server() as server, tempfile.TemporaryDirectory(prefix="bench-") as name:
        server.database("postgres").run("create database bench")
        database = server.database("bench")
        fill(database, options.conversations, options.messages)
        rounds = [measured(database, Path(name)) for _ in range(options.runs)]
        check(rounds, options.conversations, options.messages)
    Console().print(table(rounds, options.conversations, options.messages))


def table(rounds: list[dict[str, Measure]], conversations: int, messages: int) -> Table:
    """Medians over the rounds."""
    title = f"sync, {conversations:,} conversations and {messages:,} messages"
    result = Table(title=f"{title}, medians of {len(rounds)} runs")
    for heading in ("", "wall s", "CPU s", "peak MiB", "limit s"):
        result.add_column(heading, justify="right" if heading else "left")
    for name, limit in _LIMITS.items():
        of_name = [measures[name] for measures in rounds]
        wall, cpu, peak = (
            median(getattr(measure, part) for measure in of_name)
            for part in ("wall_s", "cpu_s", "peak_mib")
        )
        result.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{limit:.0f}")
    return result


if __name__ == "__main__":
    main()
