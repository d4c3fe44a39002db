from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        return importlib.import_module("bench_pricing")


def test_the_store_to_measure_has_the_requested_contents(bench: ModuleType, tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    bench.fill(store, 3_000)
    totals = json.loads(bench.measured(store, tmp_path, bench.COMMANDS["by day"]).output)["totals"]
    assert totals["responses"] == 3_000
    assert totals["cost_usd"] > 0
    assert totals["unpriced_tokens"] > 0
