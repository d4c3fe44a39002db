"""What Claude Code keeps next to its session files is read where it is."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.pricing import client_folders, read_client_figures

USAGE = {
    "inputTokens": 3,
    "outputTokens": 4,
    "cacheReadInputTokens": 5,
    "cacheCreationInputTokens": 6,
    "webSearchRequests": 1,
    "costUSD": 0.25,
}


def make_state(session: str, cost: object, models: object = None) -> dict[str, Any]:
    usage = {"claude-opus-5": USAGE} if models is None else models
    run = {"lastSessionId": session, "lastCost": cost, "lastModelUsage": usage}
    return {"projects": {"/home/me/app": run}}


def write(file: Path, content: object, *, at: int = 1_800_000_000) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    os.utime(file, (at, at))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / ".claude"
    folder.mkdir()
    return folder


def test_the_folders_are_those_above_projects() -> None:
    files = ["/h/.claude/projects/-app/a.jsonl", "/h/.claude/projects/-b/x/subagents/y.jsonl", "/z"]
    assert client_folders(files) == [Path("/h/.claude")]


def test_the_last_run_is_read_with_its_tokens(config: Path) -> None:
    write(config / ".claude.json", make_state("s", 0.3))
    (row,) = read_client_figures([config]).runs.to_dicts()
    assert row == {
        "session_id": "s",
        "model": "claude-opus-5",
        "input_tokens": 3,
        "output_tokens": 4,
        "cache_read_tokens": 5,
        "written_tokens": 6,
        "web_search_requests": 1,
        "cost_usd": Decimal("0.25"),
        "total_cost_usd": Decimal("0.3"),
        "has_unknown_model_cost": None,
    }


def test_of_a_session_in_several_states_the_newest_counts(config: Path) -> None:
    backup = ".claude.json.backup"
    write(config.parent / ".claude.json", make_state("s", 3))
    write(config / "backups" / f"{backup}.1", make_state("s", 1), at=1_800_000_001)
    write(config / "backups" / f"{backup}.2", make_state("t", 2), at=1_800_000_002)
    write(config.parent / backup, make_state("t", 1), at=1_800_000_001)
    runs = read_client_figures([config]).runs
    totals = dict(runs.select("session_id", "total_cost_usd").iter_rows())
    assert totals == {"s": 3, "t": 2}


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{", "null", {"projects": []}, {"projects": {"/x": None}}),
        make_state("s", "dear"),
        make_state("s", -1),
        make_state("s", 1, models=[]),
        {"projects": {"/x": {"lastSessionId": 7, "lastCost": 1}}},
    ],
)
def test_another_form_has_nothing_to_say(config: Path, content: object) -> None:
    write(config / ".claude.json", content)
    write(config / "stats-cache.json", content)
    figures = read_client_figures([config])
    assert figures.runs.is_empty()
    assert figures.token_days.is_empty()


@pytest.mark.parametrize(
    ("version", "is_of_lines"), [(1, True), (4, True), (5, False), (None, True)]
)
def test_statistics_are_read_by_their_version(
    config: Path,
    version: int | None,
    is_of_lines: bool,  # noqa: FBT001 - a parameter
) -> None:
    days = [
        {"date": "2026-11-01", "tokensByModel": {"claude-opus-5": 12}},
        {"date": "soon", "tokensByModel": {"claude-opus-5": 12}},
        {"date": "2026-11-02"},
    ]
    write(config / "stats-cache.json", {"version": version, "dailyModelTokens": days})
    assert read_client_figures([config]).token_days.rows() == [
        (date(2026, 11, 1), "claude-opus-5", 12, not is_of_lines, is_of_lines)
    ]
