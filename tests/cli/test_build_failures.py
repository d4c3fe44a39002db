"""`build` writes every page that can be made, and names those that cannot."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics import notebooks, pages
from pocketdev_analytics.cli import main
from pocketdev_analytics.exceptions import NotebookError
from pocketdev_analytics.store import Store

SESSION = "00000001-0000-4000-8000-000000000000"


def line(number: int, **fields: object) -> dict[str, object]:
    return {
        "parentUuid": None,
        "isSidechain": False,
        "cwd": "/srv/a",
        "sessionId": SESSION,
        "version": "2.1.100",
        "gitBranch": "main",
        "uuid": f"u{number}",
        "timestamp": f"2026-11-01T10:0{number}:00.000Z",
        **fields,
    }


PROMPT = line(0, type="user", message={"role": "user", "content": "x"})
RESPONSE = line(
    1,
    type="assistant",
    message={
        "id": "m1",
        "role": "assistant",
        "model": "claude-opus-4-5-20251101",
        "content": [],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    },
)
TURN = line(2, type="system", subtype="turn_duration", durationMs=60000)
ERROR = line(
    2,
    type="assistant",
    isApiErrorMessage=True,
    error="rate_limit",
    message={"id": "e1", "role": "assistant", "model": "<synthetic>", "content": [], "usage": {}},
)
ELSEWHERE = {"cwd": "/srv/elsewhere", "gitBranch": "else", "version": "2.1.1"}
NOWHERE = {"cwd": None, "gitBranch": None, "version": None}
#: Histories in which one fact alone has a folder, or none has one.
HISTORIES = {
    "a turn elsewhere": [PROMPT, RESPONSE, {**TURN, **ELSEWHERE}],
    "a turn nowhere": [PROMPT, RESPONSE, {**TURN, **NOWHERE}],
    "turns alone": [{**TURN, **ELSEWHERE}, {**line(3), **TURN, "uuid": "u3"}],
    "a response elsewhere": [PROMPT, {**RESPONSE, **ELSEWHERE}, TURN],
    "a response alone": [RESPONSE],
    "a prompt alone": [{**PROMPT, **NOWHERE}],
    "an error alone": [{**ERROR, **ELSEWHERE}],
    "nothing has a folder": [{**each, **NOWHERE} for each in (PROMPT, RESPONSE, TURN, ERROR)],
}


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def write(folder: Path, lines: list[dict[str, object]]) -> Path:
    project = folder / "projects" / "x"
    project.mkdir(parents=True)
    text = "".join(json.dumps(each) + "\n" for each in lines)
    (project / f"{SESSION}.jsonl").write_text(text)
    return folder


def build(source: Path, *parts: str) -> Result:
    return CliRunner().invoke(main, ["build", *parts, "--source", str(source)])


@pytest.mark.parametrize("name", HISTORIES)
def test_a_fact_that_stands_alone_makes_no_page_fail(name: str, tmp_path: Path) -> None:
    source = write(tmp_path / "history", HISTORIES[name])
    done = build(source, "cost", "activity")
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "reports").glob("*.html")} == {
        "activity.html",
        "cost.html",
    }


def test_a_page_that_fails_is_named_and_the_others_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "history", HISTORIES["a turn elsewhere"])
    made = pages.dashboard

    def failing(store: Store, name: str, **options: Any) -> str:
        if name == "cost":
            raise KeyError("/srv/elsewhere")
        return made(store, name, **options)

    monkeypatch.setattr(pages, "dashboard", failing)
    done = build(source, "cost", "activity")
    assert done.exit_code == 1
    assert "cost.html failed: KeyError: '/srv/elsewhere'" in done.stderr
    assert "1 page could not be made; all others were written" in done.stderr
    assert [path.name for path in (tmp_path / "reports").glob("*.html")] == ["activity.html"]


def test_a_notebook_that_fails_is_named_and_missing_from_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "history", HISTORIES["a turn elsewhere"])
    first, *others = (notebook.stem for notebook in notebooks.shipped_notebooks())

    def export(notebook: Path, target: Path, **_: object) -> None:
        if notebook.stem == first:
            raise NotebookError("cell 3 failed\nTraceback")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("a page")

    monkeypatch.setattr(notebooks, "export", export)
    done = build(source)
    assert done.exit_code == 1
    assert f"notebooks/{first}.html failed: NotebookError: cell 3 failed\n" in done.stderr
    assert "Traceback" not in done.output
    folder = tmp_path / "reports"
    linked = set(re.findall(r'href="([^"#]+\.html)"', (folder / "index.html").read_text("utf-8")))
    assert linked == {
        *("cost.html", "activity.html", f"sessions/{SESSION}.html"),
        *(f"notebooks/{stem}.html" for stem in others),
    }
