"""Stores for notebooks to run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pocketdev_analytics import import_history, open_store, write_sample


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample history, imported and marked as such."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "history")
    import_history([folder / "history"], folder / "sample.duckdb")
    with open_store(folder / "sample.duckdb", read_only=False) as store:
        store.set_property("is_sample", "true")
    return folder / "sample.duckdb"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which nothing was imported."""
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    open_store(path, read_only=False).close()
    return path
