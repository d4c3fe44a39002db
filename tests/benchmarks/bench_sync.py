"""Benchmark of `sync`: a PocketDev with 100,000 sessions, as whole processes.

    python tests/benchmarks/bench_sync.py [--sessions N] [--runs N]

Starts a PostgreSQL of its own on loopback, fills it with sessions like those of the
sample history, and syncs it into a store that holds that history: the first time,
again with nothing new, and after a thousand sessions have gone on. Shows medians
next to the limit of each. Needs the server's programs (Debian: postgresql).
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

import polars as pl  # noqa: E402
from conftest import running_server  # noqa: E402
from measure import Measure, run  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from pocketdev_analytics.importer import import_history  # noqa: E402
from pocketdev_analytics.sample import write_sample  # noqa: E402
from pocketdev_analytics.store import open_store  # noqa: E402

if TYPE_CHECKING:
    from conftest import Database

_LIMIT_SECONDS: Final = 5.0
_GONE_ON: Final = (
    "update claude_sessions set turn_count = turn_count + 1, last_activity_at = now(), "
    "updated_at = now() where id % (select greatest(count(*) / 1000, 1) from claude_sessions) = 0"
)


def fill(database: Database, history: Path, store: Path, sessions: int) -> None:
    """Sessions of the sample history, and as many like them as are asked for."""
    import_history([history], store)
    with open_store(store) as opened:
        known = opened.query(
            "select claude_session_id, title, project_path, model, turn_count, status, "
            "streaming_state, last_activity_at, created_at, updated_at from claude_sessions"
        )
    database.ingest("claude_sessions", known)
    database.run(
        "insert into claude_sessions (claude_session_id, title, project_path, model, turn_count, "
        "status, streaming_state, last_activity_at, created_at, updated_at) "
        "select gen_random_uuid(), title || ' ' || n, project_path, model, (turn_count + n) % 90, "
        "case when n % 50 = 0 then 'active' else status end, "
        """case when n % 200 = 0 then json_build_object('block', n, 'delta', title) end, """
        "last_activity_at - n * interval '1 minute', created_at - n * interval '1 minute', "
        "updated_at - n * interval '1 minute' "
        f"from claude_sessions cross join generate_series(1, {sessions} / {known.height} + 1) n "
        f"order by n limit {sessions - known.height}",
        "insert into model_pricing (model_name, input_price_per_million, "
        "output_price_per_million) select distinct model, 3, 15 from claude_sessions",
        "insert into cache select 'key-' || n, repeat('x', 500), 1790000000 + n "
        "from generate_series(1, 5000) n",
        "analyze",
    )


def measured(database: Database, folder: Path) -> dict[str, Measure]:
    """Each kind of sync once."""
    store = folder / "store.duckdb"
    store.write_bytes((folder / "imported.duckdb").read_bytes())
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "POCKETDEV_ANALYTICS_STORE": str(store),
        "DB_URL": database.url,
    }
    command = (sys.executable, "-m", "pocketdev_analytics", "sync", "--format", "json")
    before: dict[str, Callable[[], None]] = {
        "first sync": lambda: None,
        "nothing new": lambda: None,
        "1,000 sessions went on": lambda: database.run(_GONE_ON),
    }
    measures = {}
    for name, prepare in before.items():
        prepare()
        measures[name] = run(command, environment, folder)
    return measures


def check(rounds: list[dict[str, Measure]], sessions: int) -> None:
    """Every sync must have read every session."""
    for measures in rounds:
        for name, measure in measures.items():
            rows = {table["table"]: table["rows"] for table in json.loads(measure.output)["tables"]}
            if rows["claude_sessions"] != sessions:
                raise RuntimeError(f"{name}: {rows['claude_sessions']} of {sessions} sessions")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with running_server() as server, tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, database = Path(name), server.database("documented")
        history = write_sample(folder / "history")
        fill(database, history, folder / "imported.duckdb", options.sessions)
        rounds = [measured(database, folder) for _ in range(options.runs)]
        check(rounds, options.sessions)
    Console().print(table(rounds, options.sessions))


def table(rounds: list[dict[str, Measure]], sessions: int) -> Table:
    """Medians over the rounds."""
    result = Table(title=f"sync, {sessions:,} sessions, medians of {len(rounds)} runs")
    for heading in ("", "wall s", "CPU s", "peak MiB", "limit s"):
        result.add_column(heading, justify="right" if heading else "left")
    for name in rounds[0]:
        of_name = [measures[name] for measures in rounds]
        frame = pl.DataFrame([(m.wall_s, m.cpu_s, m.peak_mib) for m in of_name], orient="row")
        wall, cpu, peak = (median(frame[column].to_list()) for column in frame.columns)
        result.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{_LIMIT_SECONDS:.0f}")
    return result


if __name__ == "__main__":
    main()
