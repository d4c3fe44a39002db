"""What runs now, next to lines of a clock that is ahead or was never set."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pocketdev_analytics import import_history
from pocketdev_analytics.live.figures import live_figures, summarize
from pocketdev_analytics.store import open_store

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
SESSIONS = {
    "11111111-2222-4333-8444-000000000001": (
        "1970-01-01T00:05:00.000Z",
        "2026-11-10T11:30:00.000Z",
    ),
    "11111111-2222-4333-8444-000000000002": ("2099-01-01T00:00:00.000Z",),
    "11111111-2222-4333-8444-000000000003": ("2026-11-10T18:00:00.000Z",),
}


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    folder = tmp_path / "projects" / "-work"
    folder.mkdir(parents=True)
    for session, times in SESSIONS.items():
        usage = {"input_tokens": 1_000_000, "output_tokens": 0}
        message = {"model": "claude-opus-5-5", "stop_reason": "end_turn", "usage": usage}
        lines = [
            {
                "type": "assistant",
                "uuid": f"{session}-{number}",
                "sessionId": session,
                "cwd": "/work",
                "timestamp": at,
                "message": {**message, "id": f"msg_{session[-1]}{number}", "content": []},
            }
            for number, at in enumerate(times)
        ]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (folder / f"{session}.jsonl").write_text(text, encoding="utf-8")
    import_history([tmp_path], tmp_path / "store.duckdb")
    return tmp_path / "store.duckdb"


def test_a_line_ahead_takes_neither_the_running_window_nor_the_last_session(
    store_path: Path,
) -> None:
    with open_store(store_path) as store:
        found = live_figures(store, now=NOW, timezone="UTC")
        summary = summarize(store, now=NOW, timezone="UTC", made_from="test")
    assert found.window is not None
    assert found.window.row["started_at"] == datetime(2026, 11, 10, 11, tzinfo=UTC)
    assert found.session is not None
    assert found.session["session_id"] == "11111111-2222-4333-8444-000000000001"
    assert summary.block is not None
    assert summary.block.started_at == datetime(2026, 11, 10, 11, tzinfo=UTC)
