"""Which folders are which project, as the person configured it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from pocketdev_analytics.config import Settings
from pocketdev_analytics.history import History
from pocketdev_analytics.reports import fold_projects, project_map

__all__ = ["configured_projects", "folding"]


def configured_projects(history: History, settings: Settings) -> pl.LazyFrame:
    """The `project_map` of a history, read once, with the groups of the configuration."""
    homes = [str(Path("~").expanduser())]
    return project_map(history, groups=settings.groups, homes=homes).collect().lazy()


def folding(settings: Settings) -> Callable[[History], History]:
    """What folds folders into projects: alike in each history of a store, read once.

    Hand it to `store.history(fold=...)`: folding comes before filtering and redacting.
    """
    known: list[pl.LazyFrame] = []

    def folded(history: History) -> History:
        if not known:
            known.append(configured_projects(history, settings))
        return fold_projects(history, known[0])

    return folded
