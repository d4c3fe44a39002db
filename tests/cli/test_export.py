"""`export store` and `import DIR`, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pocketdev_analytics.sample import write_sample
from tests.agents.claude.by_hand import A, answer, write


def run(
    folder: Path, store: str, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pocketdev_analytics", "--store", f"{store}.duckdb", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environ},
        timeout=120,
        check=False,
    )


def answered(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_machines_come_together_in_a_third_store(tmp_path: Path) -> None:
    expected = {}
    for seed, name in ((1, "laptop"), (2, "tower")):
        write_sample(tmp_path / name, seed=seed, days=20)
        done = run(tmp_path, name, "import", name, "--machine", name, "--format", "json")
        expected[name] = json.loads(answered(done))["responses"]
        assert f"of {name}." in answered(
            run(tmp_path, name, "export", "store", "-o", f"{name}-out")
        )
    answered(run(tmp_path, "team", "import", "laptop-out", "tower-out"))
    again = run(tmp_path, "team", "import", "tower-out", "--format", "json")
    assert json.loads(answered(again))["responses_added"] == 0
    report = run(tmp_path, "team", "report", "cost", "--by", "machine", "--format", "json")
    rows = json.loads(answered(report))["rows"]
    assert {row["machine"]: row["responses"] for row in rows} == expected
    tower = ["report", "cost", "--by", "day", "--machine", "tower", "--format", "json"]
    one = run(tmp_path, "team", *tower)
    assert json.loads(answered(one))["totals"]["responses"] == expected["tower"]
    assert "in order" in answered(run(tmp_path, "team", "store", "check"))


def test_the_environment_and_config_name_the_machine(tmp_path: Path) -> None:
    write(tmp_path / "history", A, answer("msg_1"))
    (tmp_path / "config.toml").write_text('machine = "from-file"\n')
    named = {"POCKETDEV_ANALYTICS_CONFIG": str(tmp_path / "config.toml")}
    answered(run(tmp_path, "one", "import", "history", **named))
    answered(run(tmp_path, "two", "import", "history", POCKETDEV_ANALYTICS_MACHINE="from-env"))
    for store, name in (("one", "from-file"), ("two", "from-env")):
        found = run(tmp_path, store, "query", "select machine from usage", "--format", "csv")
        assert answered(found).splitlines() == ["machine", name]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import", "history", "--machine", " "], "invalid machine name"),
        (["export", "store"], "Missing option '-o'"),
        (["export", "stor", "-o", "x"], "No such command 'stor'"),
        (["export", "store", "-o", "history"], "history is not empty and not an export"),
        (["export", "store", "-o", "config.toml"], "config.toml is a file; name a folder with -o"),
        (["import", "half"], "manifest.json is missing: half is incomplete"),
        (["report", "cost", "--machine", "towr"], "did you mean 'tower'?"),
    ],
)
def test_an_impossible_request_is_one_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    write(tmp_path / "history", A, answer("msg_1"))
    (tmp_path / "config.toml").write_text("")
    (tmp_path / "half" / "usage_lines" / "month=2026-11").mkdir(parents=True)
    answered(run(tmp_path, "store", "import", "history", "--machine", "tower"))
    done = run(tmp_path, "store", *arguments)
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_export_without_a_store_is_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "none", "export", "store", "-o", "out")
    assert done.returncode == 1
    assert "there is no store at" in done.stderr
    assert not (tmp_path / "out").exists()
