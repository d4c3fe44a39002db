"""Which folders are which project, as the person configured it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from pocketdev_analytics.config import Settings
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.history import History
from pocketdev_analytics.reports import fold_projects, project_map

__all__ = ["checked_name", "configured_projects", "folding", "typed_project"]

_HERE: Final = ("./", "../", ".\\", "..\\", "~")


def configured_projects(history: History, settings: Settings) -> pl.LazyFrame:
    """The `project_map` of a history, read once, with the groups of the configuration."""
    homes = [str(Path("~").expanduser())]
    return project_map(history, groups=settings.groups, homes=homes).collect().lazy()


def folding(settings: Settings) -> Callable[[History], History]:
    """What folds folders into projects: alike in each history of a store, read once.

    Fold before you filter, and before you redact.
    """
    known: list[pl.LazyFrame] = []

    def folded(history: History) -> History:
        if not known:
            known.append(configured_projects(history, settings))
        return fold_projects(history, known[0])

    return folded


def typed_project(text: str) -> str:
    """What a person types of a folder they stand in or own, in full; all else as it is."""
    is_here = text in {".", ".."} or text.startswith(_HERE)
    return checked_name(str(Path(text).expanduser().resolve()) if is_here else text)


def checked_name(text: str) -> str:
    """`text` if it is UTF-8, as every name in a store is.

    Raises:
        ReportError: it is not: a shell hands on any bytes.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ReportError(f"{text!r} is no UTF-8 text, as names are; write another") from None
    return text
