from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        return importlib.import_module("bench_pricing")


def test_the_store_to_measure_holds_what_is_asked_for(bench: ModuleType, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    bench.fill(store, 3_000)
    totals = json.loads(bench.measured(store, tmp_path, bench.COMMANDS["by day"]).output)["totals"]
    assert totals["responses"] == 3_000
    assert totals["cost_usd"] > 0
    assert totals["unpriced_tokens"] > 0


@pytest.mark.benchmark
def test_a_million_responses_are_priced_in_time(bench: ModuleType, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    bench.fill(store)
    for name, arguments in bench.COMMANDS.items():
        best = min(bench.measured(store, tmp_path, arguments).wall_s for _ in range(3))
        sys.stdout.write(f"{name}: {best:.2f} s\n")
        assert best < bench.LIMIT_SECONDS, name
