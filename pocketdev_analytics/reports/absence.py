"""Why a report is empty: what is missing, and the names that exist instead."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.formatting import count_of, format_moment
from pocketdev_analytics.model.history import History, Provenance, Queue
from pocketdev_analytics.reports.dimensions import FACTS, suggestion
from pocketdev_analytics.reports.filters import Filters
from pocketdev_analytics.reports.inputs import ReportInput
from pocketdev_analytics.reports.lookup import listed, names_in
from pocketdev_analytics.reports.remarks import NO_FILES
from pocketdev_analytics.reports.report import Report
from pocketdev_analytics.reports.source import ReportSource

__all__ = ["empty_reason", "is_unmatched", "why_empty"]

_EMPTY: Final = "No data matches this request."
_NOUNS: Final = {"usage": "usage", "tool_calls": "tool calls", "api_errors": "API errors"}


def empty_reason(
    report: Report,
    given: ReportInput,
    narrowed: ReportInput,
    rows: pl.DataFrame,
    *,
    source: ReportSource | None = None,
    is_compared: bool = False,
    is_redacted: bool = False,
) -> str:
    """Return the sentence to show instead of rows, or "" if the rows are worth showing.

    Args:
        report: The report.
        given: Its input before filtering.
        narrowed: Its input after filtering.
        rows: What the report returned.
        source: Where the facts are from, to name the folder of a store without sessions.
        is_compared: Whether the rows compare two periods.
        is_redacted: Whether the sentence must not repeat or list names.
    """
    if given.queue:
        return _no_queue(given.queue, rows)
    if not rows.is_empty() and (is_compared or not _has_rows_anyway(report, rows)):
        return ""
    folder = _imported_from(source, given) if source else ""
    why = why_empty(report, given, narrowed, imported_from=folder)
    return (_EMPTY if why and is_redacted else why) or report.nothing


def why_empty(
    report: Report, given: ReportInput, narrowed: ReportInput, *, imported_from: str = ""
) -> str:
    """Return why a report has nothing to count, or "" if it has something.

    `narrowed` is `given` after filtering. `imported_from` is the folder of the session files of
    a store without sessions, if known.
    """
    if not report.facts or _times(report, narrowed.history):
        return ""
    filters = narrowed.filters
    verb, noun = _noun(report)
    if times := _times(report, _all_time(given, filters)):
        first, last = (at.astimezone(ZoneInfo(given.timezone)).date() for at in times)
        is_earlier = filters.until is not None and first > filters.until
        when = f"first one was on {first}" if is_earlier else f"last one was on {last}"
        return f"There {verb} no {noun} in that period; the {when}."
    if not _times(report, given.history):
        return f"The store holds no {noun}{_missing(given.provenance, imported_from)}"
    return f"There {verb} no {noun} of {_wanted(filters)}{_meant(given.history, filters) or '.'}"


def is_unmatched(report: Report, given: ReportInput, narrowed: ReportInput) -> bool:
    """Whether the names of the filters match nothing that the report counts, at any time."""
    filters = narrowed.filters.without_period()
    if filters == Filters() or not report.facts:
        return False
    history = filters.apply(given.history, timezone=given.timezone)
    return not _times(report, history) and bool(_times(report, given.history))


def _no_queue(queue: Queue, rows: pl.DataFrame) -> str:
    if queue.synced_at is None:
        return (
            "PocketDev's database has not been synced yet; see `pocketdev-analytics sync --help`."
        )
    if rows.is_empty():
        return f"Nothing was there at the last sync, {format_moment(queue.synced_at)} UTC."
    return ""


def _has_rows_anyway(report: Report, rows: pl.DataFrame) -> bool:
    """Whether the report has rows even without usage, which then say nothing."""
    # A budget is worth showing also in a month without usage.
    is_unlimited = report.name == "budget" and not rows["budget_usd"].count()
    return report.is_fixed or is_unlimited


def _imported_from(source: ReportSource, given: ReportInput) -> str:
    """The common folder of the files of a store without sessions; "" for any other store."""
    found = given.provenance
    if found.sessions or not found.files:
        return ""
    try:
        return os.path.commonpath([Path(each).parent for each in source.session_files()["path"]])
    except ValueError:  # on several drives, or not all of them absolute
        return ""


def _missing(provenance: Provenance, imported_from: str) -> str:
    """Why a store without any session is empty."""
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


def _all_time(given: ReportInput, filters: Filters) -> History:
    return filters.without_period().apply(given.history, timezone=given.timezone)


def _times(report: Report, history: History) -> tuple[datetime, datetime] | None:
    """The first and last time of what the report counts."""
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
        *(f"product {name}" for name in filters.products),
        *(f"provider {name}" for name in filters.providers),
        *(f"title {name}" for name in filters.titles),
        *(f"workspace {name}" for name in filters.workspaces),
        *(f"PocketDev agent {name}" for name in filters.pocketdev_agents),
        *(f"screen {name}" for name in filters.screens),
        *(f"working directory {name}" for name in filters.working_directories),
        *(f"conversation status {name}" for name in filters.conversation_statuses),
        *(f"deleted {name}" for name in filters.deleted),
    ]
    return " and ".join(kinds)


def _meant(history: History, filters: Filters) -> str:
    """The names that exist, for the first filter that matches none."""
    kinds = (
        ("project", filters.projects),
        ("model", filters.models),
        ("git_branch", filters.branches),
        ("machine", filters.machines),
        ("product", filters.products),
        ("session_provider", filters.providers),
        ("session_title", filters.titles),
        ("workspace", filters.workspaces),
        ("pocketdev_agent", filters.pocketdev_agents),
        ("screen", filters.screens),
        ("working_directory", filters.working_directories),
        ("conversation_status", filters.conversation_statuses),
        ("conversation_deleted", filters.deleted),
    )
    for column, asked in kinds:
        known = names_in(history, column) if asked else []
        for name in asked:
            if name not in known and known:
                words = {word for each in known for word in each.split("-") if word.isalpha()}
                near = [*known, *words] if column == "model" else known
                return suggestion(name, near) or f"; there are {listed(known)}."
    return ""
