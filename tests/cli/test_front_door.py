"""What a new user types first: no command, a report without a store, part of a model's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.cli import notebooks as verb
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.result import ReportResult
from tests.agents.claude.by_hand import answer, prompt, write

Run = Callable[..., Result]
MODELS = ("claude-opus-4-5", "claude-opus-4-1", "claude-sonnet-4-5")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    folder = tmp_path / "config" / "projects"
    for number, name in enumerate(MODELS):
        place = {"sessionId": f"{number:08}-0000-4000-8000-00000000000a", "cwd": "/home/ada/app"}
        at = datetime.now(UTC) - timedelta(days=3 * number)
        times = [f"{at + timedelta(seconds=n):%Y-%m-%d %H:%M:%S}" for n in (0, 1)]
        line = answer(f"msg_{number}", times[1], **place)
        line["message"]["model"] = name
        write(folder, place["sessionId"], prompt(time=times[0], **place), line)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "config"))

    def run(*arguments: str) -> Result:
        options = ["--store", str(tmp_path / "store.duckdb"), "--timezone", "UTC"]
        return CliRunner().invoke(main, [*options, *arguments])

    return run


def models(done: Result) -> list[str]:
    return [row["model"] for row in json.loads(done.stdout)["rows"]]


def test_without_a_command_it_imports_and_shows_today_week_and_month(run: Run) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    rows = {line[:14].strip(): line.split()[-3:] for line in done.stdout.splitlines()[1:5]}
    assert list(rows) == ["Today", "This week", "This month", "Last 30 days"]
    assert rows["Today"] == ["1", "1", "1"]
    assert rows["Last 30 days"] == ["3", "3", "3"]
    assert "claude-opus-4-5 $" in done.stdout
    assert "report findings" in done.stdout
    assert "Reading" in done.stderr


def test_without_a_history_it_shows_its_help(run: Run, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "nothing"))
    done = run()
    assert done.exit_code == 0
    assert "Commands:" in done.stdout
    assert "No Claude Code or Codex history" in done.stdout


def test_a_report_on_a_new_machine_imports_first_and_prints_the_report_alone(run: Run) -> None:
    first, second = (run("report", "cost", "--format", "json") for _ in range(2))
    assert json.loads(first.stdout) == json.loads(second.stdout)
    assert "Reading your Claude Code history" in first.stderr
    assert "Reading" not in second.stderr


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("opus", ["claude-opus-4-1", "claude-opus-4-5"]),
        ("claude-opus", ["claude-opus-4-1", "claude-opus-4-5"]),
        ("opus-4-1", ["claude-opus-4-1"]),
        ("claude-sonnet-4-5", ["claude-sonnet-4-5"]),
        ("4-5", ["claude-opus-4-5", "claude-sonnet-4-5"]),
    ],
)
def test_part_of_a_models_name_is_every_model_that_has_it(
    run: Run, text: str, found: list[str]
) -> None:
    done = run("report", "cost", "--by", "model", "--model", text, "--format", "json")
    assert sorted(models(done)) == found


@pytest.mark.parametrize(
    ("option", "name", "hint"),
    [("--model", "opsu", "did you mean 'opus'?"), ("--branch", "mian", "There is no usage of")],
)
def test_a_filter_that_matches_nothing_exits_with_1_and_suggests(
    run: Run, option: str, name: str, hint: str
) -> None:
    done = run("report", "cost", option, name)
    assert done.exit_code == 1
    assert hint in done.stdout


def test_an_empty_period_is_no_mistake(run: Run) -> None:
    assert run("report", "cost", "--until", "2020-01-01").exit_code == 0


def test_the_latest_rows_keep_their_order_and_the_totals_stay(run: Run) -> None:
    run("import")
    done = json.loads(run("report", "cost", "--last", "2", "--format", "json").stdout)
    whole = json.loads(run("report", "cost", "--format", "json").stdout)
    assert done["rows"] == whole["rows"][-2:]
    assert done["totals"] == whole["totals"]
    assert done["rows_left_out"] == 1
    newest = json.loads(run("report", "sessions", "--last", "1", "--format", "json").stdout)
    assert newest["rows"][0]["session"].startswith("00000000")


def test_rows_without_a_time_have_no_latest(run: Run) -> None:
    import polars as pl

    rows = pl.DataFrame({"model": ["a"]})
    with pytest.raises(ReportError, match="they have no time; group by day"):
        ReportResult("cost", ("model",), "UTC", rows).latest(1)
    run("import")
    assert run("report", "cost", "--by", "model", "--last", "1").exit_code == 1


def test_lab_opens_copies_next_to_the_store_with_the_options_after_the_dashes(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(verb.subprocess, "run", lambda command, **_: started.append(command))
    monkeypatch.setattr(verb, "find_spec", lambda _: True)
    monkeypatch.setattr(verb.os, "geteuid", lambda: 0)
    done = run("notebooks", "--lab", "--", "--no-browser", "--port", "9000")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "notebooks"
    options = [str(folder), "--allow-root", "--no-browser", "--port", "9000"]
    assert started[0][2:] == ["jupyterlab", *options]
    edited = folder / "cost.ipynb"
    edited.write_text("{}")
    assert run("notebooks", "--lab").exit_code == 0
    assert edited.read_text() == "{}"


def test_options_of_jupyter_without_lab_are_a_mistake(run: Run) -> None:
    assert run("notebooks", "--", "--port", "9000").exit_code == 2
