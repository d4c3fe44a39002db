"""The evidence behind the numbers: folded and unreadable lines, and other programs' figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model.history import Evidence
from pocketdev_analytics.reports.cost import COST_DIMENSIONS
from pocketdev_analytics.reports.difference_causes import CAUSES, PARTS
from pocketdev_analytics.reports.dimensions import FACTS, check_dimensions, grouped
from pocketdev_analytics.reports.measures import bound_counts, response_count
from pocketdev_analytics.reports.reconcile import reconcile

__all__ = ["Agreement", "Audit", "audit", "lower_bounds", "quarantine"]

# Figures agree that are the same to the cent.
_HALF_A_CENT: Final = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The comparison of our cost of sessions with another figure (`source`).

    `differing` of `sessions` differ by a cent or more from what `cost` says: beyond what is
    added for calls in no line. `causes` are what the differences
    add up to (theirs less ours) by cause, in US dollars, as `reconcile` names them.
    """

    source: str
    sessions: int
    differing: int
    causes: dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Audit:
    """The origin of the responses of a history, and what is missing.

    `usage_lines` were folded into `responses`. Of those, `forked` are in more than one
    session, `replayed` in the main thread and in a sidechain, `repeated` also in progress
    lines. `progress_sessions` are known from progress lines only. `quarantined_lines` are
    of `lines` read in `files`; `unfinished_files` of them end in the middle of a line and
    `files_gone` are no longer on disk. `odd_fields` of lines had another JSON kind than the
    format has; `dropped_fields` of them could not be read and count as absent. `traces` counts
    those of `Evidence` by trace and name.
    """

    usage_lines: int
    responses: int
    forked: int
    replayed: int
    repeated: int
    sessions: int
    progress_sessions: int
    files: int
    unfinished_files: int
    files_gone: int
    lines: int
    quarantined_lines: int
    agreements: tuple[Agreement, ...]
    odd_fields: int = 0
    dropped_fields: int = 0
    traces: Mapping[tuple[str, str | None], int] = field(default_factory=dict)


def audit(usage: pl.LazyFrame, evidence: Evidence) -> Audit:
    """Audit the responses of `usage`, all of the store or some of them.

    Files are those of the sessions in `usage`, and those of sessions without any usage:
    nothing tells when those were.
    """
    frames = [
        evidence.folds.join(usage.select("response_id"), on="response_id", how="semi").pipe(_folds),
        usage.pipe(_sessions),
        evidence.files.pipe(_of_sessions, usage, evidence).pipe(_files),
        quarantine(usage, evidence).select(quarantined_lines=pl.len().cast(pl.Int64)),
    ]
    counts = {
        name: value
        for frame in pl.collect_all(frames)
        for name, value in frame.row(0, named=True).items()
    }
    traces = _traces(usage, evidence)
    return Audit(**counts, agreements=_agreements(usage, evidence), traces=traces)


def _traces(usage: pl.LazyFrame, evidence: Evidence) -> dict[tuple[str, str | None], int]:
    asked = usage.select("session_id").unique()
    of_asked = evidence.traces.join(asked, on="session_id", how="semi")
    counts = of_asked.group_by("trace", "name").agg(pl.len()).sort("trace", "name").collect()
    return {(trace, name): number for trace, name, number in counts.iter_rows()}


def quarantine(usage: pl.LazyFrame, evidence: Evidence) -> pl.LazyFrame:
    """One row a line that could not be read, in files as `audit` takes them.

    Columns: `file` (its path), `line` (from 1), `reason`, `byte_offset` (where in the file
    the line begins), `line_bytes`; sorted by file and line.
    """
    return (
        evidence.quarantine.pipe(_of_sessions, usage, evidence)
        .select("reason", "byte_offset", "line_bytes", file="path", line="line_no")
        .select("file", "line", "reason", "byte_offset", "line_bytes")
        .sort("file", "line")
    )


def lower_bounds(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("version",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Count responses without their final output count, by version or other dimensions.

    Columns: those of `by`, then `responses`, `lower_bound_responses` and their share of
    them, `lower_bound_share` (0 to 1, NULL where there is none); sorted by the columns of
    `by`, and one row over everything if there are none.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    names = check_dimensions(by, COST_DIMENSIONS, report="lower-bounds")
    responses, bounds = response_count(), bound_counts()[0]
    measures = [
        response_count(),
        bounds.alias("lower_bound_responses"),
        pl.when(responses > 0).then(bounds / responses).alias("lower_bound_share"),
    ]
    options: dict[str, Any] = {"timezone": timezone, "week_start": week_start}
    return grouped(usage, names, facts=FACTS["usage"], measures=measures, **options)


def _folds(folds: pl.LazyFrame) -> pl.LazyFrame:
    flags = {
        "forked": "is_in_several_sessions",
        "replayed": "is_replayed",
        "repeated": "is_repeated_in_progress",
    }
    return folds.select(
        usage_lines=pl.col("count_lines").sum(),
        responses=pl.len().cast(pl.Int64),
        **{name: pl.col(flag).sum().cast(pl.Int64) for name, flag in flags.items()},
    )


def _sessions(usage: pl.LazyFrame) -> pl.LazyFrame:
    return (
        usage.group_by("session_id")
        .agg(is_progress=(pl.col("source") == "progress").all())
        .select(
            sessions=pl.len().cast(pl.Int64),
            progress_sessions=pl.col("is_progress").sum().cast(pl.Int64),
        )
    )


def _files(files: pl.LazyFrame) -> pl.LazyFrame:
    return files.select(
        files=pl.len().cast(pl.Int64),
        unfinished_files=pl.col("is_unfinished").sum().cast(pl.Int64),
        files_gone=pl.col("is_gone").sum().cast(pl.Int64),
        odd_fields=pl.col("odd_fields").sum().cast(pl.Int64),
        dropped_fields=pl.col("dropped_fields").sum().cast(pl.Int64),
        lines=pl.col("count_lines").sum(),
    )


def _of_sessions(rows: pl.LazyFrame, usage: pl.LazyFrame, evidence: Evidence) -> pl.LazyFrame:
    """The rows of these sessions, and those of sessions that have no usage at all."""
    asked = usage.select("session_id").unique()
    others = evidence.sessions.join(asked, on="session_id", how="anti")
    return rows.join(others, on="session_id", how="anti")


def _agreements(usage: pl.LazyFrame, evidence: Evidence) -> tuple[Agreement, ...]:
    asked = usage.select("session_id").unique()
    recorded = usage.filter(pl.col("recorded_cost_usd").is_not_null()).select("session_id")
    states = evidence.cost_states.join(asked, on="session_id", how="semi")
    reported = pl.concat([states.select("session_id"), recorded]).unique().collect()
    if reported.is_empty():
        return ()  # nothing is priced again for nothing
    # Claude Code's figure is for the entire session, so it is compared with all of it.
    usage, latest = (
        frame.join(reported.lazy(), on="session_id", how="semi")
        for frame in (evidence.usage, evidence.latest)
    )
    bills = evidence.bills.join(reported.lazy(), on="session_id", how="semi")
    rows = reconcile(usage, latest, states, names=evidence.model_names, bills=bills).collect()
    # What a cost-state's tokens explain is in our cost, or in that of another session.
    stated = bills.select("session_id").unique().collect()["session_id"].implode()
    is_stated = (pl.col("source") == "cost-state") & pl.col("session").is_in(stated)
    own = pl.col("difference_usd") - pl.when(is_stated).then(pl.sum_horizontal(PARTS)).otherwise(0)
    return tuple(
        Agreement(
            source=str(source),
            sessions=of.height,
            differing=of.filter(own.abs() >= _HALF_A_CENT).height,
            causes=of.select(pl.col(CAUSES).sum()).row(0, named=True),
        )
        for (source,), of in rows.group_by("source", maintain_order=True)
    )
