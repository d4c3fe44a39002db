"""Why a report is empty: what is missing, and what there is instead."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.formatting import count_of
from pocketdev_analytics.history import History, Provenance
from pocketdev_analytics.reports.dimensions import FACTS, suggestion
from pocketdev_analytics.reports.filters import Filters
from pocketdev_analytics.reports.lookup import listed, names_in
from pocketdev_analytics.reports.question import Question
from pocketdev_analytics.reports.remarks import NO_FILES
from pocketdev_analytics.reports.report import Report

__all__ = ["why_empty"]

_NOUNS: Final = {"usage": "usage", "tool_calls": "tool calls", "api_errors": "API errors"}


def why_empty(
    report: Report,
    asked: Question,
    narrowed: Question,
    filters: Filters,
    *,
    imported_from: str = "",
) -> str:
    """The sentence to show instead of an empty report; "" where it is not empty.

    `narrowed` is `asked` after `filters`. `imported_from` is the folder of the session files of
    a store that holds no session, where that is known.
    """
    if not report.facts or _times(report, narrowed.history):
        return ""
    verb, noun = _noun(report)
    if times := _times(report, _of_all_time(asked, filters)):
        first, last = (at.astimezone(ZoneInfo(asked.timezone)).date() for at in times)
        is_earlier = filters.until is not None and first > filters.until
        when = f"first one was on {first}" if is_earlier else f"last one was on {last}"
        return f"There {verb} no {noun} in that period; the {when}."
    if not _times(report, asked.history):
        return f"The store holds no {noun}{_missing(asked.provenance, imported_from)}"
    return f"There {verb} no {noun} of {_wanted(filters)}{_meant(asked.history, filters) or '.'}"


def _missing(provenance: Provenance, imported_from: str) -> str:
    """Why a store holds none, where it holds no session at all."""
    if not provenance.files:
        return NO_FILES
    if provenance.sessions:
        return " yet."
    files, where = provenance.files, f" from {imported_from}" if imported_from else ""
    were = "was" if files == 1 else "were"
    return f": there is none in the {count_of(files, 'session file')} that {were} imported{where}."


def _noun(report: Report) -> tuple[str, str]:
    noun = _NOUNS[report.facts[0]] if len(report.facts) == 1 else "activity"
    return ("are" if noun.endswith("s") else "is"), noun


def _of_all_time(asked: Question, filters: Filters) -> History:
    return filters.without_period().apply(asked.history, timezone=asked.timezone)


def _times(report: Report, history: History) -> tuple[datetime, datetime] | None:
    """When the first and the last of what the report counts was."""
    frames = history.frames()
    spans = [
        frames[name].select(first=pl.col(FACTS[name].at).min(), last=pl.col(FACTS[name].at).max())
        for name in report.facts
    ]
    both = pl.concat(spans).select(pl.col("first").min(), pl.col("last").max()).collect()
    first, last = both.row(0)
    return (first, last) if first and last else None


def _wanted(filters: Filters) -> str:
    kinds = [
        *filters.projects,
        *filters.models,
        *(f"branch {name}" for name in filters.branches),
        *(f"session {name}" for name in filters.sessions),
        *(f"agent {name}" for name in filters.agents),
        *(f"machine {name}" for name in filters.machines),
    ]
    return " and ".join(kinds)


def _meant(history: History, filters: Filters) -> str:
    """What there is instead of the first name that is none, and which of it was meant."""
    kinds = (
        ("project", filters.projects),
        ("model", filters.models),
        ("git_branch", filters.branches),
        ("machine", filters.machines),
    )
    for column, asked in kinds:
        known = names_in(history, column) if asked else []
        for name in asked:
            if name not in known and known:
                return suggestion(name, known) or f"; there are {listed(known)}."
    return ""
