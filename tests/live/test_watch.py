from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import StoreLockedError
from pocketdev_analytics.live import importing
from pocketdev_analytics.live.importing import import_history, watch_history
from tests.agents.claude.by_hand import A, answer, write


def locked(times: int) -> Callable[..., object]:
    """Return an import that finds the store in use the first `times` times."""
    failures = [StoreLockedError("in use")] * times

    def imported(*arguments: object, **options: object) -> object:
        if failures:
            raise failures.pop()
        return import_history(*arguments, **options)  # type: ignore[arg-type]

    return imported


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_locked_store_is_reported_and_the_import_retried_also_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    write(tmp_path, A, answer("msg_1"))
    monkeypatch.setattr(importing, "import_history", locked(times))
    monkeypatch.setattr(importing, "_LONGEST_WAIT_MS", 100)
    reported: list[StoreLockedError] = []
    store = tmp_path / "store.duckdb"
    summary = next(watch_history([tmp_path / "projects"], store, on_locked=reported.append))
    assert (len(reported), summary.responses) == (times, 1)
