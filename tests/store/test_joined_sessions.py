"""Sessions of files and of PocketDev's database are one: who says what, and what does not match."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.pocketdev.tables import TABLES
from pocketdev_analytics.sample import Ids, SessionWriter, Tokens, text
from pocketdev_analytics.store import Store, open_store

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
BEGUN = datetime(2026, 11, 1, 9, tzinfo=UTC)
BOTH = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1a0"
FILES_ONLY = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1a1"
POCKETDEV_ONLY = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1a2"
Rows = Iterable[Mapping[str, Any]]


def write(folder: Path, session_id: str, title: str | None, prompts: int = 1) -> None:
    """A session's file: some prompts with an answer each."""
    writer = SessionWriter(Ids(int(session_id[-1])), "/srv/app", BEGUN, session_id)
    for _ in range(prompts):
        writer.prompt("One more parcel.")
        writer.response("claude-opus-5-5", Tokens(4, 0, 900, 31_000, 120), text("Weighed."))
    if title:
        writer.metadata("ai-title", aiTitle=title, sessionId=session_id)
    writer.write(folder / "projects")


def row(number: int, session_id: str | None, **values: Any) -> dict[str, Any]:
    """A row of PocketDev's claude_sessions."""
    said = {"project_path": "/workspace/app", "model": "claude-sonnet-5-5", "turn_count": 9}
    return {"id": number, "claude_session_id": session_id, "status": "failed"} | said | values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A history with the session of both sides, and one that only files know."""
    write(tmp_path / "history", BOTH, "From its file")
    write(tmp_path / "history", FILES_ONLY, "Only a file")
    return tmp_path / "history"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


def load(path: Path, folder: Path) -> None:
    import_history([folder], path)


def sync(path: Path, *rows: dict[str, Any]) -> None:
    columns = {column.name: column.dtype for column in TABLES["claude_sessions"].columns}
    frame = pl.DataFrame(list(rows), schema=columns)
    with open_store(path, read_only=False) as store:
        store.sync({"claude_sessions": frame}, source="d at h:5432", taken_at=AT)


def sessions(path: Path) -> dict[str, dict[str, Any]]:
    with open_store(path) as store:
        found = store.query(
            "select *, origin from claude_sessions inner join session_origins using (id)"
        )
    return {session["claude_session_id"]: session for session in found.to_dicts()}


STEPS: dict[str, tuple[str, ...]] = {
    "files first": ("import", "sync"),
    "the database first": ("sync", "import"),
    "files again": ("import", "sync", "import", "sync", "import"),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_values_of_pocketdev_win_in_any_order(
    path: Path, folder: Path, steps: tuple[str, ...]
) -> None:
    do: dict[str, Callable[[], None]] = {
        "import": lambda: load(path, folder),
        "sync": lambda: sync(path, row(40, BOTH, title="Theirs"), row(41, POCKETDEV_ONLY)),
    }
    for number, step in enumerate(steps):
        write(folder, FILES_ONLY, "Only a file", prompts=number + 1)  # else nothing is read again
        write(folder, BOTH, "From its file", prompts=number + 1)
        do[step]()
    found = sessions(path)
    both = found[BOTH]
    assert (both["id"], both["title"], both["status"]) == (40, "Theirs", "failed")
    assert (both["model"], both["turn_count"]) == ("claude-sonnet-5-5", 9)
    assert {key: session["origin"] for key, session in found.items()} == {
        BOTH: "both",
        FILES_ONLY: "files",
        POCKETDEV_ONLY: "pocketdev",
    }
    only = found[FILES_ONLY]
    assert (only["title"], only["model"], only["status"]) == (
        "Only a file",
        "claude-opus-5-5",
        "completed",
    )


def test_files_fill_what_pocketdev_leaves_empty(path: Path, folder: Path) -> None:
    load(path, folder)
    before = sessions(path)[BOTH]
    sync(path, row(1, BOTH))
    found = sessions(path)[BOTH]
    assert found["title"] == "From its file"
    assert found["created_at"] == before["created_at"]
    assert found["last_activity_at"] == before["last_activity_at"]


@pytest.mark.parametrize(("days", "whose"), [(-1, "files"), (1, "pocketdev")])
def test_the_last_activity_is_the_later_one(
    path: Path, folder: Path, days: int, whose: str
) -> None:
    load(path, folder)
    of_files = sessions(path)[BOTH]["last_activity_at"]
    theirs = of_files + timedelta(days=days)
    sync(path, row(1, BOTH, last_activity_at=theirs))
    expected = of_files if whose == "files" else theirs
    assert sessions(path)[BOTH]["last_activity_at"] == expected


def test_a_session_that_pocketdev_forgets_is_what_its_files_say_again(
    path: Path, folder: Path
) -> None:
    load(path, folder)
    before = sessions(path)
    sync(path, row(1, BOTH, title="Theirs"), row(2, POCKETDEV_ONLY))
    sync(path)
    after = sessions(path)
    assert after.keys() == {BOTH, FILES_ONLY}
    for key, session in after.items():
        assert {**session, "id": None} == {**before[key], "id": None}


def test_an_id_of_pocketdev_is_its_own_and_others_make_way(path: Path, folder: Path) -> None:
    load(path, folder)
    taken = sessions(path)[FILES_ONLY]["id"]
    sync(path, row(taken, POCKETDEV_ONLY), row(taken + 1, None), row(taken + 2, None))
    found = sessions(path)
    assert found[POCKETDEV_ONLY]["id"] == taken
    assert found[FILES_ONLY]["id"] > taken + 2
    write(folder, "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1a7", None)
    load(path, folder)
    ids = [session["id"] for session in sessions(path).values()]
    assert len(ids) == len(set(ids))


def test_reports_show_pocketdevs_title(path: Path, folder: Path) -> None:
    load(path, folder)
    sync(path, row(1, BOTH, title="Theirs"))
    with open_store(path) as store:
        titles = set(store.usage().collect()["session_title"])
    assert titles == {"Theirs", "Only a file"}


def mismatches(store: Store, **parameters: str) -> set[tuple[str, str | None]]:
    found = store.named_query("session_mismatches", parameters)
    return set(found.select("problem", "claude_session_id").rows())


def test_what_does_not_match_is_listed(path: Path, folder: Path) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    load(path, folder)
    sync(
        path,
        row(1, BOTH, status="active"),
        row(2, POCKETDEV_ONLY, streaming_state='{"block": 1}', last_activity_at=now),
        row(3, None, status="active", last_activity_at=now, streaming_state='{"block": 2}'),
    )
    with open_store(path) as store:
        assert mismatches(store, idle_days="1") == {
            ("active_but_idle", BOTH),
            ("turn_counts_apart", BOTH),
            ("no_row", FILES_ONLY),
            ("no_file", POCKETDEV_ONLY),
            ("no_file", None),
            ("streaming_state_left", POCKETDEV_ONLY),
        }
        silent = mismatches(store, stream_minutes="-1", idle_days="100000")
        assert ("streaming_state_left", None) in silent
        assert ("active_but_idle", BOTH) not in silent


def test_sides_that_agree_do_not_mismatch(path: Path, folder: Path) -> None:
    load(path, folder)
    with open_store(path) as store:
        assert mismatches(store) == set()  # never synced: nobody says what rows there should be
    sync(path, row(1, BOTH, turn_count=1), row(2, FILES_ONLY, turn_count=1))
    with open_store(path) as store:
        assert mismatches(store) == set()
