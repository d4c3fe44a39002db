"""What a report is asked: about which history, grouped and filtered how, compared with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.reports.active_time import IDLE_MINUTES
from pocketdev_analytics.reports.budget import Limit
from pocketdev_analytics.reports.filters import Filters

__all__ = ["Comparison", "Question"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparing reports ask for: other prices, other models, others' figures.

    `usage` gives the history's usage priced otherwise (`as_model`, `is_uncached`,
    `prices_at`), `unfiltered` the same of all time. `models` are those to compare with.
    `names` gives spellings of a model one name. `cost_states` and `billed` are as
    `reconcile` takes them.
    """

    usage: Callable[..., pl.LazyFrame]
    unfiltered: Callable[..., pl.LazyFrame]
    cost_states: pl.LazyFrame
    billed: pl.LazyFrame | None = None
    models: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    today: date = date.max


@dataclass(frozen=True, slots=True)
class Question:
    """What a report is asked about; `by`, `timezone`, `week_start` as its function takes them.

    `now` is the moment that it is asked at. `history` is what `filters` leave of
    `unfiltered`, for reports to which a filter's edge means something.
    """

    history: History
    provenance: Provenance
    by: tuple[str, ...]
    timezone: str
    comparison: Comparison | None = None
    week_start: str = "monday"
    evidence: Callable[[], Evidence] | None = None
    now: datetime = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is running any more
    unfiltered: History | None = None
    filters: Filters = field(default_factory=Filters)
    limits: tuple[Limit, ...] = (Limit(),)
    idle_minutes: float = IDLE_MINUTES
    queue: Queue | None = None

    def grouping(self) -> dict[str, Any]:
        """How a report that takes any dimensions is to group."""
        return {"by": self.by, "timezone": self.timezone, "week_start": self.week_start}

    def audited(self) -> Evidence:
        """How the facts came about.

        Raises:
            ReportError: there is nothing that tells.
        """
        if self.evidence is None:
            raise ReportError("this report audits a store; ask with its evidence")
        return self.evidence()

    def compared(self) -> Comparison:
        """What to compare with.

        Raises:
            ReportError: there is nothing.
        """
        if self.comparison is None:
            raise ReportError("this report compares with other prices; ask the store for them")
        return self.comparison

    def queued(self) -> Queue:
        """PocketDev's queue.

        Raises:
            ReportError: there is none, or it was asked to be filtered.
        """
        if self.queue is None:
            raise ReportError("this report is of PocketDev's queue; ask the store for it")
        if self.filters != Filters():
            raise ReportError(
                "PocketDev's queue is told as it was at the last sync; leave out what filters"
            )
        return self.queue

    def queued_at(self) -> datetime:
        """The moment that ages of the queue count up to."""
        return self.queued().synced_at or self.now

    def of_all_time(self) -> History:
        """The history with every filter but that of a period."""
        history = self.unfiltered or self.history
        return self.filters.without_period().apply(history, timezone=self.timezone)
