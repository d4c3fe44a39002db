"""Times that a clock got wrong: later than now, or before Claude Code could have run.

A report's "now" is the moment it is asked at, never the latest time in a file: one line of a
machine whose clock is ahead would take the running window and the last days away.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import polars as pl

from pocketdev_analytics.model import INSTANT

__all__ = ["EARLIEST", "EARLIEST_DAY", "is_future", "is_too_early"]

#: Earlier times are of a clock that was not set: Claude Code was released in 2025.
EARLIEST: Final = datetime(2024, 1, 1, tzinfo=UTC)
EARLIEST_DAY: Final = date(2024, 1, 1)


def is_future(now: datetime, at: str = "responded_at") -> pl.Expr:
    """Whether the time in column `at` is later than `now`."""
    return pl.col(at) > pl.lit(now.astimezone(UTC), INSTANT)


def is_too_early(at: str = "responded_at") -> pl.Expr:
    """Whether the time in column `at` is before `EARLIEST`."""
    return pl.col(at) < pl.lit(EARLIEST, INSTANT)
