from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics import __version__
from pocketdev_analytics.cli import main
from pocketdev_analytics.cli._main import _VERBS
from pocketdev_analytics.importer import import_history
from tests.agents.claude.by_hand import A, answer, write

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def in_a_process(*arguments: str, pipe: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pocketdev_analytics", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if pipe:
        script = f"set -o pipefail; {' '.join(map(repr, command))} {pipe}"
        command = ["bash", "-c", script]
    return subprocess.run(command, text=True, capture_output=True, env=environment, check=False)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_every_command_with_a_line(option: str) -> None:
    done = run(option)
    assert done.exit_code == 0
    for name, words in _VERBS.items():
        assert f"  {name} " in done.stdout
        assert words.split()[0] in done.stdout
    assert "Start with `pocketdev-analytics import`" in done.stdout


@pytest.mark.parametrize("verb", _VERBS)
def test_each_command_has_help_and_an_explanation(verb: str) -> None:
    done = run(verb, "--help")
    assert done.exit_code == 0
    assert done.stdout.startswith("Usage: ")
    assert len(done.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments",
    [["explain"], ["query"], ["sync"], ["pricing", "set"], ["pricing", "alias"], ["statusline"]],
)
def test_examples_in_help_stand_on_lines_of_their_own(arguments: list[str]) -> None:
    text = run(*arguments, "--help").stdout
    assert "\\b" not in text
    example = ("    pocketdev-analytics ", '    "statusLine": ')
    assert any(line.startswith(example) for line in text.splitlines())


def test_without_a_command_the_help_is_shown() -> None:
    assert "Commands:" in run().output


def test_a_command_that_does_not_exist_is_named_with_those_that_do() -> None:
    done = run("improt")
    assert done.exit_code == 2
    assert "no command 'improt'" in done.stderr
    assert "import" in done.stderr.split("improt'", 1)[1]


def test_a_missing_report_name_lists_the_reports() -> None:
    done = run("report")
    assert done.exit_code == 2
    assert "missing report name; expected one of: cost, tokens, " in done.stderr


def test_a_wrong_time_zone_is_one_sentence_with_the_cure() -> None:
    done = run("--timezone", "Berlin/Europe", "query", "select 1")
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: unknown time zone 'Berlin/Europe'; use an IANA name such as 'Europe/Berlin',"
        " 'America/New_York', 'Etc/GMT-9' or 'UTC'\n"
    )


def test_an_unknown_time_zone_in_the_environment_is_reported_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POCKETDEV_ANALYTICS_TIMEZONE", "Mars")
    assert "unknown time zone 'Mars'" in run("query", "select 1").stderr


def test_the_environment_names_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POCKETDEV_ANALYTICS_STORE", str(tmp_path / "mine.duckdb"))
    write(tmp_path, A, answer())
    assert run("import", str(tmp_path)).exit_code == 0
    assert (tmp_path / "mine.duckdb").exists()
    assert run("query", "select 1 as a").exit_code == 0


def test_the_version_is_the_packages() -> None:
    done = in_a_process("--version")
    assert done.returncode in {0, 1}
    if done.returncode == 0:
        assert __version__ in done.stdout


def test_a_reader_that_leaves_early_is_not_an_error(tmp_path: Path) -> None:
    write(tmp_path, A, *(answer(f"msg_{number}") for number in range(3)))
    store = tmp_path / "store.duckdb"
    import_history([tmp_path], store)
    sql = "select range, repeat('x', 200) as a from range(20000)"
    done = in_a_process(
        *("--store", str(store), "query", "--format", "csv"), pipe=f'"{sql}" | head -n 1'
    )
    assert done.stdout == "range,a\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_help_needs_none_of_the_large_libraries() -> None:
    script = (
        "import sys; from pocketdev_analytics.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'polars', 'duckdb', 'plotly', 'pyarrow', 'rich'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], text=True, capture_output=True, env=environment, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
