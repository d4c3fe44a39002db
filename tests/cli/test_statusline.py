"""`statusline` as Claude Code runs it: a process of its own, with a session on its input."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.live.command import StatusRequest, parse_arguments
from pocketdev_analytics.live.importing import import_history
from pocketdev_analytics.live.summary import summary_path
from tests.agents.claude.by_hand import A, answer, write

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "pocketdev_analytics"]
HOOK = json.dumps({"session_id": A, "model": {"display_name": "Opus 4.8"}})
MILLION = {"input_tokens": 0, "output_tokens": 1_000_000}  # $15 of claude-sonnet-4-5


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a response of a moment ago, in the minute that is over."""
    moment = datetime.now(UTC) - timedelta(seconds=1)
    write(tmp_path / "projects", A, answer(time=f"{moment:%Y-%m-%d %H:%M:%S}", tokens=MILLION))
    path = tmp_path / "store.duckdb"
    import_history([tmp_path], path, timezone="UTC")
    return path


def statusline(
    *arguments: str, hook: str | bytes = HOOK, environ: dict[str, str] | None = None
) -> str:
    """What it writes; it always succeeds, and says nothing else."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        input=hook if isinstance(hook, bytes) else hook.encode(),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text.rstrip("\n")


def test_a_line_reports_the_import(store: Path) -> None:
    line = statusline("--store", str(store), "statusline", "--plain")
    assert line.startswith("Opus 4.8 · session $15.00 · today $15.00 · block $15.00, ")
    assert line.endswith(" left · month $15.00")


def test_the_environment_names_the_store_and_wants_no_colour(store: Path) -> None:
    named = {"POCKETDEV_ANALYTICS_STORE": str(store)}
    assert "\x1b[" in statusline("statusline", environ=named)
    assert "\x1b[" not in statusline("statusline", environ={**named, "NO_COLOR": "1"})
    assert statusline("statusline", environ={**named, "TERM": "dumb"}).startswith("Opus 4.8 · ")


def test_the_columns_there_are_say_how_long_it_may_be(store: Path) -> None:
    at_store = ("--store", str(store), "statusline", "--plain")
    assert statusline(*at_store, environ={"COLUMNS": "30"}) == "session $15.00 · today $15.00"
    assert len(statusline(*at_store, environ={"COLUMNS": "no"})) > 60


@pytest.mark.parametrize("hook", ["", "{", "[1]", "null", b"\x00\xff" * 5_000, '{"model": 3}'])
def test_it_writes_its_line_for_any_input(store: Path, hook: str | bytes) -> None:
    line = statusline("--store", str(store), "statusline", "--plain", hook=hook)
    assert line.startswith("today $15.00 · ")


@pytest.mark.parametrize("summary", [None, "", "{}", '{"format": 1}', "\x00"])
def test_without_a_readable_summary_it_says_what_to_do(store: Path, summary: str | None) -> None:
    summary_path(store).unlink()
    if summary is not None:
        summary_path(store).write_text(summary)
    line = statusline("--store", str(store), "statusline", "--plain")
    assert line == "Opus 4.8 · no figures yet: run `pocketdev-analytics import`"


def test_a_broken_configuration_takes_no_line_away(store: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("timezone = [")
    broken = {
        "POCKETDEV_ANALYTICS_CONFIG": str(tmp_path / "config.toml"),
        "POCKETDEV_ANALYTICS_TIMEZONE": "Mars",
    }
    line = statusline("--store", str(store), "statusline", "--plain", environ=broken)
    assert "today $15.00" in line


def test_an_encoding_without_its_signs_gets_others(store: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    line = statusline("--store", str(store), "statusline", "--plain", environ=ascii_only)
    assert line.startswith("Opus 4.8 | session $15.00 | today")


def test_an_input_that_never_ends_is_not_waited_for(store: Path) -> None:
    begun = time.monotonic()
    with subprocess.Popen(
        [*PROGRAM, "--store", str(store), "statusline", "--plain"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline().startswith(b"today $15.00")
        assert process.wait(timeout=10) == 0
        process.stdin.close()
    assert time.monotonic() - begun < 10


def test_a_closed_output_gives_no_traceback(store: Path) -> None:
    script = '"$@" | true; test "${PIPESTATUS[0]}" -eq 0'
    done = subprocess.run(
        ["bash", "-c", script, "-", *PROGRAM, "--store", str(store), "statusline"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["statusline"], StatusRequest()),
        (["statusline", "--plain"], StatusRequest(is_plain=True)),
        (["--store", "x", "statusline"], StatusRequest(Path("x"))),
        (["--store=x", "statusline", "--plain"], StatusRequest(Path("x"), is_plain=True)),
        (["statusline", "--help"], None),
        (["--timezone", "UTC", "statusline"], None),
        (["query", "statusline"], None),
        (["--store"], None),
    ],
)
def test_only_the_plainest_way_of_asking_needs_no_parser(
    arguments: list[str], expected: StatusRequest | None
) -> None:
    assert parse_arguments(arguments) == expected


def test_the_parser_gives_the_same_line(store: Path) -> None:
    runner = CliRunner()
    parsed = runner.invoke(main, ["--store", str(store), "statusline", "--plain"]).stdout
    (line,) = parsed.splitlines()
    quick = statusline("--store", str(store), "statusline", "--plain", hook="")
    assert line.partition(" left")[0][:30] == quick.partition(" left")[0][:30]


def test_it_imports_none_of_the_libraries_of_other_verbs(store: Path) -> None:
    script = (
        "import sys; from pocketdev_analytics.__main__ import main\n"
        f"sys.argv[1:] = ['--store', {str(store)!r}, 'statusline']\n"
        "main()\n"
        "large = {'polars', 'duckdb', 'pyarrow', 'rich', 'click', 'msgspec', 'inspect'}\n"
        "print(sorted(large & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_process_takes_less_than_150_ms_of_a_processor(store: Path) -> None:
    # Of a processor's time, not of the clock's: others may be at work on this machine.
    seconds = []
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        statusline("--store", str(store), "statusline")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert sorted(seconds)[3] < 0.150
