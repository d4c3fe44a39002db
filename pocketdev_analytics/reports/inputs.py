"""The input of a report: a filtered history, and everything else that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.pricing import PriceBook
from pocketdev_analytics.reports.active_time import IDLE_MINUTES
from pocketdev_analytics.reports.budget import Limit
from pocketdev_analytics.reports.filters import Filters

__all__ = ["Comparison", "OtherFigures", "ReportInput"]


@dataclass(frozen=True, slots=True)
class OtherFigures:
    """What other programs state of the same usage.

    `names` maps every spelling of a model to its listed name. `cost_states`, `bills` and
    `billed` are as `reconcile` takes them; `runs`, `price_calls`, `token_days` and `line_tokens`
    as `reconcile_runs` and `reconcile_token_days` do.
    """

    cost_states: pl.LazyFrame
    billed: pl.LazyFrame | None = None
    bills: pl.LazyFrame | None = None
    runs: pl.LazyFrame | None = None
    token_days: pl.LazyFrame | None = None
    line_tokens: pl.LazyFrame | None = None
    price_calls: Callable[[pl.LazyFrame], pl.LazyFrame] = lambda calls: calls
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The input of comparing reports: other prices, other models, other programs' figures.

    `usage` returns the filtered usage priced otherwise (`as_model`, `is_uncached`, `prices_at`),
    `unfiltered` the same of all time. `figures` reads the figures of other programs. `models` are
    those to compare with. `messages` are PocketDev's (`reconcile_pocketdev`), to be compared with
    at the prices of `book`.
    """

    usage: Callable[..., pl.LazyFrame]
    unfiltered: Callable[..., pl.LazyFrame]
    figures: Callable[[], OtherFigures]
    models: tuple[str, ...] = ()
    today: date = date.max
    messages: pl.LazyFrame | None = None
    book: PriceBook | None = None


@dataclass(frozen=True, slots=True)
class ReportInput:
    """The input of a report; `by`, `timezone` and `week_start` are as its function takes them.

    `history` is what `filters` leave of `unfiltered`; a few reports need what lies beyond a
    filter's edge. `now` is the moment of the request. `is_estimated` asks for an estimate of what
    lower bounds leave out.
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
    is_estimated: bool = False

    def grouping(self) -> dict[str, Any]:
        """Return the arguments of a report that takes any dimensions."""
        return {"by": self.by, "timezone": self.timezone, "week_start": self.week_start}

    def require_evidence(self) -> Evidence:
        """Return how the facts came about.

        Raises:
            ReportError: the input has no evidence.
        """
        if self.evidence is None:
            raise ReportError("this report audits a store: give the evidence of one")
        return self.evidence()

    def require_comparison(self) -> Comparison:
        """Return what to compare with.

        Raises:
            ReportError: the input has no comparison.
        """
        if self.comparison is None:
            raise ReportError("this report compares prices: give a comparison")
        return self.comparison

    def require_queue(self) -> Queue:
        """Return PocketDev's queue.

        Raises:
            ReportError: the input has no queue, or has filters.
        """
        if self.queue is None:
            raise ReportError("this report is about PocketDev's queue: give the queue of a store")
        if self.filters != Filters():
            raise ReportError(
                "reports on PocketDev's queue cannot be filtered: they show the last sync"
            )
        return self.queue

    def queue_time(self) -> datetime:
        """Return the moment that ages in the queue count up to."""
        return self.require_queue().synced_at or self.now

    def all_time(self) -> History:
        """Return the history under every filter but the period."""
        history = self.unfiltered or self.history
        return self.filters.without_period().apply(history, timezone=self.timezone)
