"""Stores for notebooks to run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics import import_history, open_store, write_sample
from pocketdev_analytics.notebooks import Kernels, execute


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
def kernels() -> Iterator[Kernels]:
    """The processes that notebooks of all tests share."""
    with Kernels() as shared:
        yield shared


@pytest.fixture(scope="session")
def executed(sample_store: Path, kernels: Kernels) -> Callable[[Path], Any]:
    """A notebook with its outputs on the sample: each is executed once for all tests."""
    known: dict[Path, Any] = {}

    def made(path: Path) -> Any:
        if path not in known:
            options: Any = {"store": sample_store, "timezone": "Europe/Berlin"}
            known[path] = execute(path, **options, kernels=kernels)
        return deepcopy(known[path])

    return made


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which nothing was imported."""
    path = tmp_path_factory.mktemp("empty") / "empty.duckdb"
    open_store(path, read_only=False).close()
    return path
