"""Benchmark of pricing: 1.2 million responses, priced by a new process.

    python tests/benchmarks/bench_pricing.py [--responses N] [--runs N] [--keep FILE]

Makes a store of so many responses (what some 10 GiB of session files hold) in many sessions,
models, speeds and tiers, then prices all of it with each mode, and prints the medians.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402
from measure import Measure, run  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from pocketdev_analytics.store import open_store  # noqa: E402

__all__ = ["COMMANDS", "LIMIT_SECONDS", "fill", "measured"]

RESPONSES: Final = 1_200_000
LIMIT_SECONDS: Final = 1.5
_PROGRAM: Final = (sys.executable, "-m", "pocketdev_analytics", "report", "cost")
#: What is measured: the arguments after `report cost`.
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "all of it": ("--by", "month", "--format", "json"),
    "by day": ("--by", "day", "--format", "json"),
    "by model": ("--by", "model", "--format", "json"),
    "plain": ("--by", "month", "--pricing", "plain", "--format", "json"),
    "at the prices of a day": ("--by", "month", "--prices-at", "2026-02-20", "--format", "json"),
    "as another model": ("--by", "month", "--as-model", "claude-haiku-4-5", "--format", "json"),
}
_MODELS: Final = (
    "claude-opus-4-5-20251101", "claude-opus-4-6", "claude-opus-4-8", "claude-opus-5-5",
    "claude-sonnet-4-5-20250929", "claude-sonnet-4-6", "claude-sonnet-5-5", "claude-haiku-5-5",
    "claude-haiku-4-5-20251001", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "qwen3-coder:30b",
)  # fmt: skip
# Deterministic: every column is a function of the row's number.
_FILL: Final = """
insert into responses by name
select
    'msg_' || n as response_id,
    'msg_' || n as message_key,
    'message' as source,
    'response' as kind,
    1 as response_count,
    's-' || (n // 400) as session_id,
    '/home/kim/code/project-' || (n // 400) % 40 as project_path,
    'main' as git_branch,
    '2.1.' || (n // 50000) as version,
    n % 5 = 0 as is_sidechain,
    null as agent_id,
    timestamptz '2026-01-01 00:00:00+00' + interval (n * 23) second as responded_at,
    $models[1 + (n * 7919 % len($models))] as model,
    'end_turn' as stop_reason,
    n % 900 as input_tokens,
    case when n % 9 = 0 then n * 31 % 20000 else 0 end as cache_write_5m_tokens,
    n * 17 % 30000 as cache_write_1h_tokens,
    n * 101 % 320000 as cache_read_tokens,
    n * 13 % 4000 as output_tokens,
    case when n % 500 = 0 then 2 else 0 end as web_search_requests,
    case when n % 40 = 0 then 'fast' else 'standard' end as speed,
    case when n % 60 = 1 then 'batch' else 'standard' end as service_tier,
    case when n % 30 = 2 then 'us' else 'not_available' end as inference_geo,
    null as recorded_cost_usd,
    n % 3 = 0 as is_lower_bound,
    1 as file_id,
    n as line_no
from range($responses) as numbers(n)
"""


def fill(store: Path, responses: int = RESPONSES) -> None:
    """Make a store that holds so many responses."""
    open_store(store, read_only=False).close()
    with duckdb.connect(store) as connection:
        connection.execute(_FILL, {"models": list(_MODELS), "responses": responses})


def measured(store: Path, scratch: Path, arguments: tuple[str, ...]) -> Measure:
    """One run of the command as a whole process."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "PYTHONPATH": str(ROOT),
        "POCKETDEV_ANALYTICS_STORE": str(store),
        "POCKETDEV_ANALYTICS_TIMEZONE": "UTC",
    }
    return run((*_PROGRAM, *arguments), environment, scratch)


@contextmanager
def store_of(responses: int, keep: Path | None) -> Iterator[Path]:
    """The kept store, made if it is not there, or one that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = keep or Path(folder) / "store.duckdb"
        if not store.exists():
            fill(store, responses)
        yield store


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--responses", type=int, default=RESPONSES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="keep the store here, and use it again")
    options = parser.parse_args()
    table = Table(title=f"{options.responses:,} responses, medians of {options.runs} runs")
    for heading in ("", "wall s", "CPU s", "peak MiB", "limit"):
        table.add_column(heading, justify="right" if heading else "left")
    with (
        store_of(options.responses, options.keep) as store,
        tempfile.TemporaryDirectory(prefix="bench-") as scratch,
    ):
        for name, arguments in COMMANDS.items():
            runs = [measured(store, Path(scratch), arguments) for _ in range(options.runs)]
            values = [
                median(getattr(each, column) for each in runs) for column in Measure.__slots__[:3]
            ]
            wall, cpu, peak = values
            table.add_row(name, f"{wall:.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{LIMIT_SECONDS:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
