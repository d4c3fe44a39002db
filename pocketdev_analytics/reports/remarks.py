"""Remarks for the reader of the numbers."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model.history import History, Provenance
from pocketdev_analytics.reports.quality import notes, quality

__all__ = ["NO_FILES", "remarks"]

#: Why there is nothing in a store, after what there is none of; and the cure.
NO_FILES: Final = (
    ": no session file was imported yet; `pocketdev-analytics import PATH` takes in a folder that"
    " has some."
)
_EMPTY: Final = "The store holds nothing"
_NO_SESSIONS: Final = " yet: there is nothing to count in the files that were imported."
_FILTERED: Final = "Nothing in the store is of this period and these names; leave a filter out."
_WHOLE: Final = "Nothing limits these numbers: every line was read, every response has a price."


def remarks(history: History, provenance: Provenance) -> str:
    """Return remarks for the reader of this history, one sentence each.

    These are `notes`, or why there is nothing to read (an empty store, filters that leave
    nothing), or that nothing limits the numbers.
    """
    lines = list(notes(quality(history, provenance)))
    counts = pl.collect_all([frame.select(pl.len()) for frame in history.frames().values()])
    if not any(each.item() for each in counts):
        is_filtered = provenance.first_at is not None
        why = _NO_SESSIONS if provenance.files else NO_FILES
        lines.append(_FILTERED if is_filtered else f"{_EMPTY}{why}")
    return "\n".join(lines or [_WHOLE])
