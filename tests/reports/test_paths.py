r"""One folder under several spellings of its path."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.model.paths import canonical_path, with_slashes
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.reports import Limit, budget, cost, filter_history, group_projects
from pocketdev_analytics.store import open_store
from tests.reports.test_budget import NOW

NFD_CAFE = unicodedata.normalize("NFD", "/srv/café")
SPELLINGS = {
    r"C:\code\app": [r"c:\code\app", "C:/code/app", "c:/code/app/", "C:\\code\\app\\"],
    "/srv/app": ["/srv/app/", "/srv//app", "/srv/app//"],
    "/srv/café": [NFD_CAFE, f"{NFD_CAFE}/"],
    r"\\server\share\app": ["\\\\server\\share\\app\\", r"\\server/share/app"],
    "C:\\": ["c:", "c:/", "C:\\\\"],
    "/": ["//"],
}
PAIRS = [(other, path) for path, others in SPELLINGS.items() for other in (path, *others)]
FOLDERS = [path for path in SPELLINGS if path not in {"C:\\", "/"}]


@pytest.mark.parametrize(("spelling", "path"), PAIRS)
def test_each_spelling_has_one_canonical_path(spelling: str, path: str) -> None:
    assert canonical_path(spelling) == path
    assert canonical_path(canonical_path(spelling)) == path


@pytest.mark.parametrize(
    "text", ["app", "(none)", "code/app", r"/srv/a\b", r"/srv/C:\x", "/SRV/app", "Webapps"]
)
def test_other_paths_are_not_changed(text: str) -> None:
    assert canonical_path(text) == text


def test_a_long_windows_path_is_the_plain_one() -> None:
    assert canonical_path(r"\\?\C:\code\app") == r"C:\code\app"
    assert with_slashes(r"c:\code\app" + "\\") == "C:/code/app"


@pytest.mark.parametrize("path", FOLDERS)
def test_all_spellings_of_a_folder_are_one_project(path: str, make_history) -> None:
    spellings = [path, *SPELLINGS[path]]
    history = make_history(
        usage=[{"project": each, "session_id": f"s{n}"} for n, each in enumerate(spellings)]
    )
    grouped = group_projects(history)
    assert cost(grouped.usage, by=["project"]).collect()["project"].to_list() == [path]
    for typed in spellings:
        left = filter_history(grouped, projects=[typed]).usage.collect()
        assert left.height == len(spellings), typed


@pytest.mark.parametrize("path", FOLDERS)
def test_all_spellings_of_a_worktree_are_its_repository(path: str, make_history) -> None:
    usage = [
        {"project": f"{each.rstrip('/' + chr(92))}/.claude/worktrees/fix", "session_id": f"s{n}"}
        for n, each in enumerate([path, *SPELLINGS[path]])
    ]
    grouped = group_projects(make_history(usage=usage))
    assert grouped.usage.collect()["project"].unique().to_list() == [path]


@pytest.mark.parametrize("path", FOLDERS)
def test_a_group_and_a_budget_hold_for_every_spelling(path: str, make_history) -> None:
    spellings = [path, *SPELLINGS[path]]
    usage = [
        {"project": each, "session_id": f"s{n}", "cost_usd": "1", "responded_at": NOW.isoformat()}
        for n, each in enumerate(spellings)
    ]
    history = make_history(usage=usage)
    for typed in spellings:
        grouped = group_projects(history, groups={"mine": [typed]}).usage.collect()
        assert grouped["project"].unique().to_list() == ["mine"], typed
        limit = Limit("month", None, typed)
        (row,) = budget(group_projects(history).usage, [limit], now=NOW).collect().to_dicts()
        assert row["cost_usd"] == len(spellings), typed


@pytest.mark.parametrize("path", FOLDERS)
def test_all_spellings_have_one_hash(path: str) -> None:
    spellings = [path, *SPELLINGS[path]]
    frame = pl.DataFrame({"project": spellings, "folder": spellings, "path": spellings})
    hashed = Redaction(b"salt").frame(frame)
    assert hashed["project"].n_unique() == hashed["folder"].n_unique() == 1
    assert hashed["path"].n_unique() == len(spellings)  # files, not projects


def test_every_spelling_in_session_files_is_one_project_in_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "-code-app"
    folder.mkdir(parents=True)
    spellings = [r"C:\code\app", *SPELLINGS[r"C:\code\app"]]
    lines = [
        {
            "type": "assistant",
            "uuid": f"u{number}",
            "sessionId": "11111111-2222-4333-8444-555555555555",
            "cwd": spelling,
            "timestamp": f"2026-11-02T10:0{number}:00.000Z",
            "message": {
                "id": f"msg_{number}",
                "model": "claude-opus-5-5",
                "stop_reason": "end_turn",
                "content": [],
                "usage": {"input_tokens": 1, "output_tokens": 1},
            },
        }
        for number, spelling in enumerate(spellings)
    ]
    file = folder / "11111111-2222-4333-8444-555555555555.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    import_history([tmp_path], tmp_path / "store.duckdb")
    with open_store(tmp_path / "store.duckdb") as store:
        assert store.usage().collect()["project"].unique().to_list() == [r"C:\code\app"]
        sessions = store.query("select distinct project_path from claude_sessions")
        assert sessions.rows() == [(r"C:\code\app",)]
