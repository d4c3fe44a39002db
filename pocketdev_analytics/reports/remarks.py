"""What to know before reading numbers."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.history import History, Provenance
from pocketdev_analytics.reports.quality import notes, quality

__all__ = ["remarks"]

_EMPTY: Final = "The store holds nothing yet; run `pocketdev-analytics import` first."
_FILTERED: Final = "Nothing in the store is of this period and these names; leave a filter out."
_WHOLE: Final = "Nothing limits these numbers: every line was read, every response has a price."


def remarks(history: History, provenance: Provenance) -> str:
    """What to know before reading numbers of this history: a sentence a line.

    These are `notes`, or why there is nothing to read (an empty store, filters that leave
    nothing), or that nothing limits the numbers.
    """
    lines = list(notes(quality(history, provenance)))
    counts = pl.collect_all([frame.select(pl.len()) for frame in history.frames().values()])
    if not any(each.item() for each in counts):
        is_filtered = provenance.first_at is not None
        lines.append(_FILTERED if is_filtered else _EMPTY)
    return "\n".join(lines or [_WHOLE])
