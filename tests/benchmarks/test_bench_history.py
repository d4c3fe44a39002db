from __future__ import annotations

import importlib
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def history() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        return importlib.import_module("history")


def test_sizes_follow_the_profile_of_a_real_history(history: ModuleType) -> None:
    sizes = sorted(history.file_sizes(1_239 << 20))
    shares = {0.5: 105e3, 0.75: 234e3, 0.9: 654e3, 0.95: 1.5e6, 0.99: 5.4e6}
    assert len(sizes) == pytest.approx(3_142, rel=0.01)
    assert sum(sizes) == pytest.approx(1_239 << 20, rel=0.01)
    assert sizes[-1] == pytest.approx(87e6, rel=0.05)
    for share, expected in shares.items():
        assert sizes[int(share * len(sizes))] == pytest.approx(expected, rel=0.05)


def test_a_history_holds_what_it_states(history: ModuleType, tmp_path: Path) -> None:
    totals = history.build_history(tmp_path, 6_000_000)
    files = list(tmp_path.rglob("*.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_bytes().splitlines()]
    usage = [row["message"] for row in rows if row["type"] == "assistant"]
    embedded = [row["data"].get("message") for row in rows if row["type"] == "progress"]
    ids = {message["id"] for message in usage}
    ids |= {message["message"]["id"] for message in embedded if message}
    stated = (totals.files, totals.lines, totals.usage_lines, totals.responses)
    assert stated == (len(files), len(rows), len(usage), len(ids))
    assert totals.bytes == sum(path.stat().st_size for path in files)


def test_its_bytes_are_shared_out_like_those_of_a_real_one(
    history: ModuleType, tmp_path: Path
) -> None:
    totals = history.build_file(tmp_path / "one.jsonl", 8_000_000)
    shares: Counter[str] = Counter()
    for line in (tmp_path / "one.jsonl").read_bytes().splitlines():
        shares[json.loads(line)["type"]] += len(line) / totals.bytes
    assert shares["assistant"] == pytest.approx(0.2, abs=0.05)
    assert shares["user"] == pytest.approx(0.6, abs=0.09)
    assert totals.usage_lines / totals.bytes * 1e6 == pytest.approx(116, rel=0.2)
    assert totals.usage_lines / totals.responses == pytest.approx(2.1, abs=0.25)


def test_the_same_seed_gives_the_same_history(history: ModuleType, tmp_path: Path) -> None:
    for name in ("one", "two"):
        history.build_file(tmp_path / name / "session.jsonl", 200_000, seed=3)
    one, two = (tmp_path / name / "session.jsonl" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
