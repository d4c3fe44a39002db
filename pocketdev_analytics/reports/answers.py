"""What reports make of a question, where that is more than their function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pocketdev_analytics.reports.active_time import active_time
from pocketdev_analytics.reports.audit import audit
from pocketdev_analytics.reports.blocks import blocks
from pocketdev_analytics.reports.budget import budget
from pocketdev_analytics.reports.quality import quality, quality_table
from pocketdev_analytics.reports.question import Question
from pocketdev_analytics.reports.reconcile import reconcile
from pocketdev_analytics.reports.savings import savings

__all__ = [
    "answer_blocks",
    "answer_budget",
    "answer_quality",
    "answer_reconcile",
    "answer_savings",
    "answer_time",
]


def answer_savings(asked: Question) -> pl.LazyFrame:
    """What other choices would have cost."""
    other = asked.compared()
    by_model = {model: other.usage(as_model=model) for model in other.models}
    uncached = other.usage(is_uncached=True)
    return savings(
        asked.history.usage, uncached, by_model, timezone=asked.timezone, today=other.today
    )


def answer_reconcile(asked: Question) -> pl.LazyFrame:
    """Our costs beside others' figures of the same sessions."""
    other = asked.compared()
    # A session's own figure is of all of it, whatever part of it the filters name.
    sessions_asked = asked.history.usage.select("session_id").unique()
    usage, latest = (
        frame.join(sessions_asked, on="session_id", how="semi")
        for frame in (other.unfiltered(), other.unfiltered(prices_at=other.today))
    )
    return reconcile(usage, latest, other.cost_states, other.billed, names=other.names)


def answer_quality(asked: Question) -> pl.LazyFrame:
    """What limits the numbers, and what stands behind them."""
    found = quality(asked.history, asked.provenance, now=asked.now)
    return quality_table(found, audit(asked.history.usage, asked.audited()))


def answer_time(asked: Question, by: Sequence[str]) -> pl.LazyFrame:
    """How long was worked on the days asked for."""
    # A stretch that ends on the period's first day may have begun the evening before.
    return active_time(
        asked.of_all_time(),
        **asked.grouping() | {"by": by},
        idle_minutes=asked.idle_minutes,
        since=asked.filters.since,
        until=asked.filters.until,
    )


def answer_blocks(asked: Question) -> pl.LazyFrame:
    """The windows that begin on the days asked for."""
    # A period names whole windows, by the day they begin: its edges cut none in two.
    account = (asked.unfiltered or asked.history).usage
    usage = asked.of_all_time().usage
    rows = blocks(usage, now=asked.now, timezone=asked.timezone, account_usage=account)
    first, last = asked.filters.since or date.min, asked.filters.until or date.max
    return rows.filter(pl.col("started_at").dt.date().is_between(first, last))


def answer_budget(asked: Question) -> pl.LazyFrame:
    """What budgets were spent of in the periods of the days asked for."""
    return budget(
        asked.of_all_time().usage,
        asked.limits,
        now=asked.now,
        timezone=asked.timezone,
        since=asked.filters.since,
        until=asked.filters.until,
    )
