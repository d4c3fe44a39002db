"""No verb sends control characters to a terminal, for any names in a history."""

from __future__ import annotations

import ast
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.cli._main import _VERBS
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer, call, prompt, result, title, write

PACKAGE = Path(__file__).parents[2] / "pocketdev_analytics" / "cli"
# Colours in 7 and 8 bits, a window's title, the bell, a backspace, a line that is written over.
HOSTILE = "\x1b[31mred\x9b32m\x1b]0;owned\x07\x08\x7f\rover\u202edrow"
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: What click itself writes for colours, and rich for a table.
COLOUR = re.compile(r"\x1b\[[0-9;]*m|\r\n|\r")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every name that can hold anything holds what steers a terminal."""
    folder = tmp_path_factory.mktemp("hostile")
    named = {"cwd": f"/home/{HOSTILE}", "gitBranch": HOSTILE, "version": HOSTILE}
    write(
        folder,
        A,
        prompt("Hello", **named),
        answer("msg_1", content=[call(name=f"mcp__{HOSTILE}__x")], **named),
        prompt([result(is_error=True)], "10:00:30", **named),
        answer(f"msg_{HOSTILE}", "10:01:00", **named),
        title("ai-title", HOSTILE),
        b"{broken" + HOSTILE.encode(),
    )
    path = folder / "store.duckdb"
    import_history([folder], path, machine="laptop")
    with open_store(path, read_only=False) as opened:
        opened.app_settings().put({HOSTILE: None})
        opened.set_property(HOSTILE, HOSTILE)
        opened._connection.execute("update session_files set machine = ?", [HOSTILE])
        opened._connection.execute(
            "insert or replace into synced_tables (table_name, source, taken_at, count_rows) "
            "values ('jobs', ?, now(), 5)",
            [HOSTILE],
        )
    return path


def verbs(store: Path, folder: Path) -> list[list[str]]:
    """Every verb that prints names, in each format that it has."""
    reports = ["cost", "sessions", "tools", "activity", "errors", "quality", "quarantine", "agents"]
    kinds = ["table", "json", "csv", "markdown"]
    return [
        *(["report", name, "--format", kind] for name in reports for kind in kinds),
        *(["report", "cost", "--by", by] for by in ("project", "branch", "session", "machine")),
        ["report", "cost", "--project", HOSTILE],
        ["report", HOSTILE],
        *(["query", "select * from session_files", "--format", kind] for kind in kinds[:3]),
        ["query", f"select '{HOSTILE}' as \"{HOSTILE}\""],
        ["query", f"select {HOSTILE}"],
        ["query", "--name", HOSTILE],
        ["explain", A],
        ["explain", HOSTILE],
        *(["pricing", "list", "--format", kind] for kind in kinds[:3]),
        ["pricing", "set", HOSTILE, "--input", HOSTILE, "--output", "1"],
        ["settings", "list"],
        ["settings", "get", HOSTILE],
        ["settings", "unset", "x" + HOSTILE],
        ["store", "status"],
        ["store", "status", "--format", "json"],
        ["store", "check"],
        ["store", "backup", str(folder / HOSTILE)],
        ["store", "compact"],
        ["export", "store", "-o", str(folder / f"export{HOSTILE}")],
        ["import", str(folder / f"export{HOSTILE}")],
        ["import", str(folder / f"none{HOSTILE}")],
        ["dashboard", "-o", str(folder / f"pages{HOSTILE}")],
        ["notebooks", str(folder / f"notebooks{HOSTILE}")],
        ["sync", "--env", str(folder / f".env{HOSTILE}")],
        ["build", HOSTILE],
        ["statusline", f"--{HOSTILE}"],
        ["watch", str(folder / f"none{HOSTILE}")],
        [HOSTILE],
        [f"--{HOSTILE}"],
    ]


def test_every_verb_is_driven(store: Path, tmp_path: Path) -> None:
    assert {verb[0] for verb in verbs(store, tmp_path)} >= _VERBS.keys()


def test_no_verb_sends_control_characters_to_a_terminal(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdev_analytics.cli._text._is_terminal", lambda _stream: True)
    for verb in verbs(store, tmp_path):
        done = CliRunner().invoke(main, ["--store", str(store), *verb])
        assert isinstance(done.exception, SystemExit | None), (verb, done.exc_info)
        found = STEERING.search(done.stdout + done.stderr)
        assert not found, (verb, found, done.output[:500])


def test_names_are_shown_without_control_characters(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pocketdev_analytics.cli._text._is_terminal", lambda _stream: True)
    command = ["--store", str(store), "report", "sessions", "--format", "csv"]
    done = CliRunner().invoke(main, command)
    assert "\N{REPLACEMENT CHARACTER}[31mred" in done.stdout


def test_programs_get_csv_as_it_is(store: Path) -> None:
    sql = "select distinct machine from session_files"
    done = CliRunner().invoke(main, ["--store", str(store), "query", sql, "--format", "csv"])
    assert "\x1b[31mred" in done.stdout


def test_a_real_terminal_gets_no_sequence_of_a_name(store: Path) -> None:
    ours, theirs = pty.openpty()
    sql = "select distinct machine from session_files"
    command = [sys.executable, "-m", "pocketdev_analytics", "--store", str(store), "query", sql]
    with subprocess.Popen([*command, "--format", "csv"], stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        with suppress(OSError):  # as a read ends once the other end is closed
            while part := os.read(ours, 65536):
                written += part
    os.close(ours)
    assert process.returncode == 0
    assert "red" in written.decode()
    assert not STEERING.search(COLOUR.sub("", written.decode()))


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_one_module_writes_to_the_standard_output(path: Path) -> None:
    writers = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    found = [call.lineno for call in calls if ast.unparse(call.func) in writers]
    assert path.stem == "_text" or not found, f"{path.name}: lines {found}; use tell or emit"


REDIRECTIONS = [">&-", "2>&-", "<&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| true"]
COMMANDS = ["store status", "statusline", "report cost --format json", "--help", "nothing"]


@pytest.mark.parametrize("redirection", REDIRECTIONS)
def test_a_closed_or_full_output_ends_without_a_traceback(store: Path, redirection: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    program = f"{sys.executable} -m pocketdev_analytics --store {store}"
    before = store.read_bytes()
    for command in COMMANDS:
        done = subprocess.run(
            ["sh", "-c", f"{program} {command} {redirection}"],
            capture_output=True,
            text=True,
            check=False,
        )
        words = done.stdout + done.stderr
        assert "Traceback" not in words, command
        assert "Exception ignored" not in words, command
        if redirection == ">/dev/full" and command != "statusline":
            assert done.returncode, command
    assert store.read_bytes() == before  # nothing was written into it in place of an output
