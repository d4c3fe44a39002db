"""Pages and reports of histories in which each fact stands alone.

Every value of a lone fact (session, project, branch, version, model, agent, tool, day) belongs to
no other fact. A page that looks a value up fails here unless its domains are made of all the
frames that it shows.

`POCKETDEV_TEST_LONE_FACTS` is the number of kinds of facts that are tried as the only one of
their history.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from pocketdev_analytics import notebooks
from pocketdev_analytics.cli import main
from pocketdev_analytics.reports import REPORTS
from tests.agents.claude.by_hand import (
    A,
    Line,
    advisor,
    answer,
    api_error,
    call,
    embedded,
    prompt,
    result,
    system,
    title,
    write,
)

EXAMPLES = int(os.environ.get("POCKETDEV_TEST_LONE_FACTS", "1"))
NO_TOKENS = {"input_tokens": 0, "output_tokens": 0}
STATE = {"totalCostUSD": 1.5, "modelUsage": {"lone-state": {"costUSD": 1.5}}}


def without_usage(line: Line) -> Line:
    return {**line, "message": {**line["message"], "usage": None}}


#: Each kind of fact as a line, given its time.
KINDS: Final[Mapping[str, Callable[[str], Line]]] = {
    "prompt": lambda at: prompt(time=at),
    "response": lambda at: answer(f"msg_{at}", at),
    "unknown-model": lambda at: answer(f"msg_{at}", at, model="nobody-9"),
    "no-model": lambda at: {**answer(f"msg_{at}", at), "message": {"id": at, "usage": NO_TOKENS}},
    "no-tokens": lambda at: answer(f"msg_{at}", at, tokens=NO_TOKENS),
    "no-usage": lambda at: without_usage(answer(f"msg_{at}", at)),
    "unfinished": lambda at: answer(f"msg_{at}", at, stop=None),
    "advisor": lambda at: answer(f"msg_{at}", at, tokens={"iterations": [advisor("lone-advisor")]}),
    "subagent": lambda at: answer(f"msg_{at}", at, isSidechain=True, agentId="a1"),
    "progress": lambda at: embedded(answer(f"msg_{at}", at, model="lone-model"), at),
    "progress-result": lambda at: embedded({**prompt([result(at)], at), "requestId": None}, at),
    "hook": lambda at: {**embedded(answer(at, at), at), "data": {"type": "hook_progress"}},
    "tool-call": lambda at: without_usage(answer(at, at, content=[call(at, "Lone")])),
    "tool-result": lambda at: prompt([result(f"toolu_{at}", is_error=True)], at),
    "api-error": lambda at: api_error(at, uuid=f"error@{at}"),
    "bare-error": lambda at: api_error(at, uuid=f"e@{at}", error=None, apiErrorStatus=None),
    "retry": lambda at: system("api_error", at, retryAttempt=1),
    "turn": lambda at: system("turn_duration", at, durationMs=60_000),
    "turn-of-no-length": lambda at: system("turn_duration", at),
    "compaction": lambda at: system("compact_boundary", at),
    "hooks": lambda at: system("stop_hook_summary", at),
    "ai-title": lambda at: title("ai-title", f"Lone {at}"),
    "custom-title": lambda at: title("custom-title", f"Lone {at}"),
    "agent-name": lambda at: title("agent-name", f"Lone {at}"),
    "summary": lambda at: title("summary", f"Lone {at}", leafUuid="nothing"),
    "cost-state": lambda at: {"type": "cost-state", "sessionId": A, "uuid": at, **STATE},
    "slash-command": lambda at: prompt(f"<command-name>/{at[:7]}</command-name>", at),
    "shell-command": lambda at: prompt("<bash-input>ls</bash-input>", at),
    "interruption": lambda at: prompt("[Request interrupted by user]", at),
    "notification": lambda at: prompt("<task-notification>x</task-notification>", at),
    "pull-request": lambda at: {"type": "pr-link", "prNumber": 1, "prUrl": f"https://x.test/{at}"},
    "worktree": lambda at: {
        "type": "worktree-state",
        "worktreeSession": {"worktreePath": f"/trees/{at}", "originalCwd": f"/srv/{at}"},
    },
    "fallback": lambda at: system("model_refusal_fallback", at),
    "odd-count": lambda at: answer(
        f"msg_{at}", at, tokens={"input_tokens": [], "output_tokens": 3}
    ),
    "unreadable": lambda at: {"type": "assistant", "message": 5, "uuid": at},
    "unknown-line": lambda at: {"type": "file-history-snapshot", "messageId": at},
}
OPTIONAL: Final = ("cwd", "gitBranch", "version", "isSidechain", "requestId", "parentUuid")
#: PocketDev's queue is not part of a history.
REPORTS_OF_HISTORY: Final = [name for name, entry in REPORTS.items() if not entry.is_queue]


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def without_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Executing notebooks takes longer than all the rest: one test does."""
    monkeypatch.setattr(notebooks, "shipped_notebooks", lambda: ())


def lone(kind: str, session: str = A, *, is_bare: bool = False) -> list[Line]:
    """Two facts of a kind a minute apart, so that there is active time between them.

    They share values with no other kind; if `is_bare`, they lack the optional ones.
    """
    number = list(KINDS).index(kind)
    own = {"cwd": f"/srv/{kind}", "gitBranch": kind, "version": f"9.{number}.0"}
    lines = []
    for minute in range(2):
        line = KINDS[kind](f"2026-11-{number + 1:02} 10:{number + minute:02}:00")
        if "sessionId" in line:
            line["sessionId"] = session
        if is_bare:
            line = {name: value for name, value in line.items() if name not in OPTIONAL}
        elif "cwd" in line:
            line |= own
        lines.append(line)
    return lines


def failures(*commands: Iterable[str]) -> list[str]:
    """Run each command; return what fails."""
    found = []
    for arguments in commands:
        done = CliRunner().invoke(main, ["--timezone", "Europe/Berlin", *arguments])
        if done.exit_code:
            found.append(f"{arguments}: {done.exception!r}\n{done.output}")
    return found


def build_all(folder: Path) -> list[str]:
    """Write both dashboards, the pages of sessions and the index; return what fails."""
    found = failures(["build", "-o", "pages"])
    if not (folder / "pages" / "index.html").is_file():
        found.append("no index")
    return found


def test_all_kinds_in_sessions_of_their_own_are_in_every_page_notebook_report_and_export(
    tmp_path: Path,
) -> None:
    for number, kind in enumerate(KINDS):
        session = f"{A[:-2]}{number:02}"
        write(tmp_path / "claude", session, *lone(kind, session))
    session = f"{A[:-2]}{list(KINDS).index('turn'):02}"
    write(tmp_path / "claude", session, *lone("turn", session), *lone("compaction", session))
    reports = [["report", name] for name in REPORTS_OF_HISTORY]
    exports = [["export", "store", "-o", "copy"], ["export", "store", "--redact", "-o", "redacted"]]
    imports = [["--store", f"{name}.duckdb", "import", name] for name in ("copy", "redacted")]
    assert build_all(tmp_path) + failures(*reports, *exports, *imports) == []
    written = {path.stem for path in (tmp_path / "pages" / "notebooks").glob("*.html")}
    assert written == {path.stem for path in notebooks.shipped_notebooks()}


@pytest.mark.usefixtures("without_notebooks")
@pytest.mark.parametrize("is_bare", [False, True], ids=["own values", "no values"])
def test_all_kinds_in_one_session_are_in_every_page(tmp_path: Path, *, is_bare: bool) -> None:
    lines = [line for kind in KINDS for line in lone(kind, is_bare=is_bare)]
    write(tmp_path / "claude", A, *lines)
    assert build_all(tmp_path) == []


@pytest.mark.usefixtures("without_notebooks")
@pytest.mark.parametrize("kind", [*KINDS][:: max(1, len(KINDS) // EXAMPLES)][:EXAMPLES])
def test_a_history_may_have_one_kind_of_fact(kind: str, tmp_path: Path) -> None:
    write(tmp_path / "claude", A, *lone(kind, is_bare=True))
    assert build_all(tmp_path) == []
