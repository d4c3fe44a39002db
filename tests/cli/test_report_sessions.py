"""`report sessions` in a terminal: newest first, one short line per session."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pocketdev_analytics import import_history
from pocketdev_analytics.cli import main
from tests.agents.claude.by_hand import answer, prompt, title, write

Run = Callable[..., str]
NUMBERS = range(1, 6)
PROJECT = "/home/ada/code/{}/engine-{}"


def session_id(number: int) -> str:
    return f"{number:08}-0000-4000-8000-00000000000a"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    for number in NUMBERS:
        place = {"sessionId": session_id(number), "cwd": PROJECT.format("x" * 60, number)}
        write(
            folder,
            session_id(number),
            prompt(time=f"2026-11-0{number} 10:00:00", **place),
            answer(f"msg_{number}", f"2026-11-0{number} 10:01:00", **place),
            title("ai-title", f"Task {number}: " + "make it faster " * 5, **place),
        )
    import_history([folder], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def run(store: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str, width: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        options = ["--store", str(store), "--timezone", "UTC", "report", "sessions"]
        done = CliRunner().invoke(main, [*options, *arguments])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def rows(text: str) -> list[str]:
    table = text.partition("\u2500\n")[2]
    return table.partition("\n\n")[0].splitlines()


def test_the_newest_session_is_first(run: Run) -> None:
    order = [row["session"] for row in csv.DictReader(io.StringIO(run("--format", "csv")))]
    assert order == [session_id(number) for number in reversed(NUMBERS)]
    assert [row[:8] for row in rows(run("--limit", "3"))] == ["00000005", "00000004", "00000003"]


def test_another_order_can_be_given(run: Run) -> None:
    assert rows(run("--sort", "started_at", "--limit", "1"))[0].startswith("00000001")


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_a_session_is_one_line_with_its_title_project_and_cost(run: Run, width: int) -> None:
    text = run(width=width)
    assert len(rows(text)) == len(NUMBERS)
    for row, number in zip(rows(text), reversed(NUMBERS), strict=True):
        assert f"Task {number}: make it" in row
        assert f" engine-{number} " in row
        assert "0.0015" in row
        assert "/home/ada" not in row
    assert max(map(len, text.partition("To see all rows")[0].splitlines())) <= width


def test_paths_of_projects_are_full_for_programs(run: Run) -> None:
    (row,) = csv.DictReader(io.StringIO(run("--format", "csv", "--limit", "1")))
    assert row["project"] == PROJECT.format("x" * 60, 5)


def test_the_hint_to_all_rows_is_the_typed_command_without_its_limit(run: Run, store: Path) -> None:
    for limit in (("--limit", "3"), ("--limit=3",)):
        assert (
            "2 more rows are not shown; totals cover all rows. To see all rows: "
            f"pocketdev-analytics --store {store} --timezone UTC report sessions\n"
        ) in run(*limit, width=400)
    text = run("--model", "claude-sonnet-4-5", "--limit", "4", width=400)
    assert text.count("report sessions --model claude-sonnet-4-5\n") == 1


def test_paths_of_projects_are_short_or_full_as_requested(run: Run) -> None:
    assert "/home/ada/code/" in run("--paths", "full", width=400)
    assert "/home/ada/code/" not in run("--paths", "short", "--format", "csv")
