"""Parts of usage: some sessions, some columns, and of these exactly what the whole says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.sample import write_sample
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, answer, write


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    import_history([write_sample(folder / "history", days=10)], folder / "store.duckdb")
    return folder / "store.duckdb"


def ids(path: Path, since: datetime) -> list[str]:
    with open_store(path) as store:
        usage = store.usage_cost(since=since).collect()
    return sorted(usage["response_id"])


def test_sessions_are_selected_with_all_their_responses(tmp_path: Path) -> None:
    early, late = "2026-11-01 10:00:00", "2026-11-02 10:00:00"
    lines = [answer("a1", early), answer("a2", late)]
    write(tmp_path / "projects", A, *lines)
    write(tmp_path / "projects", B, {**answer("b1", early), "sessionId": B})
    store = tmp_path / "store.duckdb"
    import_history([tmp_path], store)
    moment = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert ids(store, moment) == ["a1", "a2"]
    assert ids(store, moment.astimezone(timezone(timedelta(hours=-9)))) == ["a1", "a2"]
    assert ids(store, moment + timedelta(microseconds=1)) == []
    assert ids(store, moment - timedelta(days=1)) == ["a1", "a2", "b1"]


def test_filtered_responses_cost_the_same_as_unfiltered(sample: Path) -> None:
    with open_store(sample) as store:
        whole = store.usage_cost().collect()
        times = whole["responded_at"].sort()
        for moment in (times[0], times[len(times) // 2], times[-1]):
            left = store.usage_cost(since=moment).collect()
            sessions = whole.filter(whole["responded_at"] >= moment)["session_id"].unique()
            expected = whole.filter(whole["session_id"].is_in(sessions.implode()))
            assert left.sort("response_id").equals(expected.sort("response_id"))
            assert 0 < left.height <= whole.height


def test_columns_without_names_are_not_redacted(sample: Path) -> None:
    named = ["session_title", "project", "agent", "agent_type", "machine"]
    with open_store(sample) as store:
        whole = store.usage_cost().collect().sort("response_id")
        bare = [name for name in whole.columns if name not in named]
        for names in (bare, *([*bare, name] for name in named)):
            part = store.usage_cost().select(names).collect().sort("response_id")
            assert part.equals(whole.select(names))
        plain = store.usage().drop(named).collect().sort("response_id")
        assert plain.equals(whole.select(plain.columns))
