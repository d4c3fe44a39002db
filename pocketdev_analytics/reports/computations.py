"""Reports that need more of their input than one call of their function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pocketdev_analytics.reports.active_time import active_time
from pocketdev_analytics.reports.audit import audit
from pocketdev_analytics.reports.blocks import blocks
from pocketdev_analytics.reports.budget import budget
from pocketdev_analytics.reports.cost import cost
from pocketdev_analytics.reports.findings import (
    FindingInput,
    cheaper_model,
    evidence,
    findings,
)
from pocketdev_analytics.reports.inputs import ReportInput
from pocketdev_analytics.reports.output_estimate import calibrate_output, estimated_cost
from pocketdev_analytics.reports.quality import quality, quality_table
from pocketdev_analytics.reports.reconcile import (
    reconcile,
    reconcile_runs,
    reconcile_token_days,
)
from pocketdev_analytics.reports.reconcile_pocketdev import reconcile_pocketdev
from pocketdev_analytics.reports.savings import savings

__all__ = [
    "compute_blocks",
    "compute_budget",
    "compute_cost",
    "compute_evidence",
    "compute_findings",
    "compute_quality",
    "compute_reconcile",
    "compute_savings",
    "compute_time",
]


def compute_cost(given: ReportInput, by: Sequence[str]) -> pl.LazyFrame:
    """Compute the cost, with an estimate of the missing output where it is asked for: `cost`."""
    grouping = {**given.grouping(), "by": by}
    if not given.is_estimated:
        return cost(given.history.usage, **grouping)
    # Calibrated on the unfiltered history: filters should not change an estimate.
    calibration = calibrate_output((given.unfiltered or given.history).usage)
    return estimated_cost(given.history.usage, **grouping, calibration=calibration)


def compute_savings(given: ReportInput) -> pl.LazyFrame:
    """Compare the cost with that of other choices: `savings`."""
    other = given.require_comparison()
    by_model = {model: other.usage(as_model=model) for model in other.models}
    uncached = other.usage(is_uncached=True)
    return savings(
        given.history.usage, uncached, by_model, timezone=given.timezone, today=other.today
    )


def compute_reconcile(given: ReportInput) -> pl.LazyFrame:
    """Compare our costs with others' figures of the same sessions: `reconcile`."""
    other = given.require_comparison()
    if other.messages is not None and other.book is not None:
        return reconcile_pocketdev(other.unfiltered(), other.messages, other.book)
    # Claude Code's figure is for the entire session, so it is compared with all of it.
    sessions_given = given.history.usage.select("session_id").unique()
    usage, latest = (
        frame.join(sessions_given, on="session_id", how="semi")
        for frame in (other.unfiltered(), other.unfiltered(prices_at=other.today))
    )
    stated = other.figures()
    names = stated.names
    frames = [
        reconcile(usage, latest, stated.cost_states, stated.billed, names=names, bills=stated.bills)
    ]
    if stated.runs is not None:
        frames.append(reconcile_runs(usage, latest, stated.runs, stated.price_calls, names=names))
    if stated.token_days is not None and stated.line_tokens is not None:
        frames.append(
            reconcile_token_days(
                other.unfiltered(), stated.line_tokens, stated.token_days, names=names
            )
        )
    return pl.concat(frames)


def compute_findings(given: ReportInput) -> pl.LazyFrame:
    """List what costs most without need: `findings`."""
    return findings(_finding_input(given), now=given.now, timezone=given.timezone)


def compute_evidence(given: ReportInput) -> pl.LazyFrame:
    """List the rows behind the findings: `evidence`."""
    return evidence(_finding_input(given), timezone=given.timezone)


def _finding_input(given: ReportInput) -> FindingInput:
    other = given.require_comparison()
    model = cheaper_model(other.models)
    cheaper = other.unfiltered(as_model=model) if model else None
    return FindingInput(given.history, cheaper)


def compute_quality(given: ReportInput) -> pl.LazyFrame:
    """Count what limits the numbers, and audit how they came about: `quality_table`."""
    found = quality(given.history, given.provenance, now=given.now)
    return quality_table(found, audit(given.history.usage, given.require_evidence()))


def compute_time(given: ReportInput, by: Sequence[str]) -> pl.LazyFrame:
    """Measure the active time on the requested days: `active_time`."""
    # A stretch that ends on the period's first day may have begun the evening before.
    return active_time(
        given.all_time(),
        **given.grouping() | {"by": by},
        idle_minutes=given.idle_minutes,
        since=given.filters.since,
        until=given.filters.until,
    )


def compute_blocks(given: ReportInput) -> pl.LazyFrame:
    """List the windows that begin on the requested days: `blocks`."""
    # A period selects whole windows, by the day they begin on.
    account = (given.unfiltered or given.history).usage
    usage = given.all_time().usage
    rows = blocks(usage, now=given.now, timezone=given.timezone, account_usage=account)
    first, last = given.filters.since or date.min, given.filters.until or date.max
    return rows.filter(pl.col("started_at").dt.date().is_between(first, last))


def compute_budget(given: ReportInput) -> pl.LazyFrame:
    """Compare usage with budgets in the months or days of the request: `budget`."""
    return budget(
        given.all_time().usage,
        given.limits,
        now=given.now,
        timezone=given.timezone,
        since=given.filters.since,
        until=given.filters.until,
    )
