"""What `report` says where it has nothing to show."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pocketdev_analytics.cli._answer import Answer
from pocketdev_analytics.formatting import format_moment
from pocketdev_analytics.reports import Filters, Question, Queue, Report, why_empty

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["why_nothing"]

# Why there are no rows would name what there is.
_NOTHING: Final = "There is nothing of what was asked for."


def why_nothing(
    entry: Report,
    asked: Question,
    narrowed: Question,
    filters: Filters,
    answer: Answer,
    *,
    store: Store,
    is_compared: bool,
    is_redacted: bool,
) -> str:
    """The sentence to show instead of the answer; "" where its rows are worth showing."""
    if asked.queue:
        return _no_queue(asked.queue, answer)
    if not answer.rows.is_empty() and (is_compared or not _is_hollow(entry, answer)):
        return ""
    why = why_empty(entry, asked, narrowed, filters, imported_from=_imported_from(store, asked))
    return (_NOTHING if why and is_redacted else why) or entry.nothing


def _is_hollow(entry: Report, answer: Answer) -> bool:
    """Whether there are rows whatever was used: they tell nothing where nothing was."""
    # What may be spent is worth telling also of a month without usage.
    is_unlimited = entry.name == "budget" and not answer.rows["budget_usd"].count()
    return entry.is_fixed or is_unlimited


def _imported_from(store: Store, asked: Question) -> str:
    """The folder that all session files of a store without sessions were in; "" of any other."""
    found = asked.provenance
    return "" if found.sessions or not found.files else _folder_of(store.session_files()["path"])


def _folder_of(paths: Iterable[str]) -> str:
    try:
        return os.path.commonpath([Path(path).parent for path in paths])
    except ValueError:  # of several drives, or not all of them from a root
        return ""


def _no_queue(queue: Queue, answer: Answer) -> str:
    """The sentence to show instead of an empty report on PocketDev's queue."""
    if queue.synced_at is None:
        return (
            "PocketDev's database was not synced yet; `pocketdev-analytics sync --help` says how."
        )
    if answer.rows.is_empty():
        return f"There was nothing at the last sync, {format_moment(queue.synced_at)} UTC."
    return ""
