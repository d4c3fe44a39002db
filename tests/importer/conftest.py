from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from tests.importer.stores import Books


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without a fact in it: copied, because making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "store.duckdb"
    open_store(path, read_only=False).close()
    return path


@pytest.fixture
def books(tmp_path: Path, empty_store: Path) -> Books:
    """An empty history and its store."""
    (tmp_path / "projects").mkdir()
    shutil.copy(empty_store, tmp_path / "store.duckdb")
    return Books(tmp_path)


@pytest.fixture
def import_default() -> Callable[[Path], int]:
    """Imports the history that the environment names and counts the files."""
    return lambda store: import_history(None, store).files
