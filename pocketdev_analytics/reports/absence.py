"""Why a report is empty: what is missing, and what there is instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.history import History
from pocketdev_analytics.reports.dimensions import FACTS, suggestion
from pocketdev_analytics.reports.filters import Filters
from pocketdev_analytics.reports.registry import Question, Report

__all__ = ["why_empty"]

_NOUNS: Final = {"usage": "usage", "tool_calls": "tool calls", "api_errors": "API errors"}


def why_empty(report: Report, asked: Question, narrowed: Question, filters: Filters) -> str:
    """The sentence to show instead of an empty report; "" where it is not empty.

    `narrowed` is `asked` after `filters`.
    """
    if not report.facts or _last_at(report, narrowed.history):
        return ""
    verb, noun = _noun(report)
    if last := _last_at(report, _of_all_time(asked, filters)):
        day = last.astimezone(ZoneInfo(asked.timezone)).date()
        return f"There {verb} no {noun} in that period; the last one was on {day}."
    if not _last_at(report, asked.history):
        cure = "" if asked.provenance.files else "; run `pocketdev-analytics import` first"
        return f"The store holds no {noun} yet{cure}."
    wanted = " and ".join([*filters.projects, *filters.models])
    return f"There {verb} no {noun} of {wanted}{_meant(report, asked.history, filters) or '.'}"


def _noun(report: Report) -> tuple[str, str]:
    noun = _NOUNS[report.facts[0]] if len(report.facts) == 1 else "activity"
    return ("are" if noun.endswith("s") else "is"), noun


def _of_all_time(asked: Question, filters: Filters) -> History:
    return filters.without_period().apply(asked.history, timezone=asked.timezone)


def _last_at(report: Report, history: History) -> datetime | None:
    frames = history.frames()
    lasts = [frames[name].select(at=pl.col(FACTS[name].at).max()) for name in report.facts]
    last: datetime | None = pl.concat(lasts).max().collect().item()
    return last


def _meant(report: Report, history: History, filters: Filters) -> str:
    frames = history.frames()
    projects = _known("project", [frames[name] for name in report.facts])
    models = _known("model", [history.usage])
    asked = [(name, projects) for name in filters.projects]
    asked += [(name, models) for name in filters.models]
    return next((_near(name, known) for name, known in asked if _near(name, known)), "")


def _known(column: str, frames: Sequence[pl.LazyFrame]) -> list[str]:
    names = pl.concat(frame.select(column) for frame in frames).unique().collect()
    return sorted(names[column].drop_nulls())


def _near(name: str, known: Iterable[str]) -> str:
    names = [each for each in known if each != name]
    same_end = [each for each in names if each.replace("\\", "/").rsplit("/", 1)[-1] == name]
    return f"; did you mean {same_end[0]!r}?" if same_end else suggestion(name, names)
