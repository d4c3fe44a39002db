from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import StoreLockedError
from pocketdev_analytics.importer import import_history, watch, watch_history
from tests.sources.by_hand import A, answer, write


def locked(times: int) -> Callable[..., object]:
    """An import that finds the store in use so many times."""
    left = [StoreLockedError("in use")] * times

    def importing(*arguments: object, **options: object) -> object:
        if left:
            raise left.pop()
        return import_history(*arguments, **options)  # type: ignore[arg-type]

    return importing


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_store_in_use_is_told_of_and_tried_again_also_at_the_first_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    write(tmp_path, A, answer("msg_1"))
    monkeypatch.setattr(watch, "import_history", locked(times))
    monkeypatch.setattr(watch, "_LONGEST_WAIT_MS", 100)
    told: list[StoreLockedError] = []
    store = tmp_path / "store.duckdb"
    summary = next(watch_history([tmp_path / "projects"], store, on_locked=told.append))
    assert (len(told), summary.responses) == (times, 1)
