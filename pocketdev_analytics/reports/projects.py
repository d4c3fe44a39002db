"""The projects of a history by the settings, and the names of projects that people type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.project_map import group_projects, project_map
from pocketdev_analytics.settings.config import Settings

__all__ = ["check_name", "configured_projects", "expand_project", "project_grouping"]

_RELATIVE: Final = ("./", "../", ".\\", "..\\", "~")


def configured_projects(history: History, settings: Settings) -> pl.LazyFrame:
    """Return the `project_map` of a history, read once, with the groups of the settings."""
    homes = [str(Path("~").expanduser())]
    return project_map(history, groups=settings.groups, homes=homes).collect().lazy()


def project_grouping(settings: Settings) -> Callable[[History], History]:
    """Return a function that groups the folders of a history into projects.

    It is the same for each history of a store, whose folders are read once. Pass it to
    `store.history(group=...)`: grouping comes before filtering and redacting.
    """
    known: list[pl.LazyFrame] = []

    def group(history: History) -> History:
        if not known:
            known.append(configured_projects(history, settings))
        return group_projects(history, known[0])

    return group


def expand_project(text: str) -> str:
    """Expand `~` and paths relative to the current folder; leave every other name as it is.

    Raises:
        ReportError: the name is not valid UTF-8.
    """
    is_relative = text in {".", ".."} or text.startswith(_RELATIVE)
    return check_name(str(Path(text).expanduser().resolve()) if is_relative else text)


def check_name(text: str) -> str:
    """Return `text` if it is valid UTF-8, as every name in a store is.

    Raises:
        ReportError: it is not: a shell passes on any bytes.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ReportError(f"{text!r} is not valid UTF-8, as names are; give another") from None
    return text
