"""PocketDev's queue as of the last sync: jobs, batches, cached values and locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import polars as pl

from pocketdev_analytics.model import INSTANT
from pocketdev_analytics.model.history import Queue
from pocketdev_analytics.reports.dimensions import check_dimensions, check_timezone
from pocketdev_analytics.reports.measures import half_up

__all__ = ["QUEUE_DIMENSIONS", "batches", "locks", "queue"]

#: What jobs can be grouped by.
QUEUE_DIMENSIONS: Final = ("queue", "job")

_BATCHES: Final = (
    "batch",
    "name",
    "state",
    "progress_share",
    "total_jobs",
    "pending_jobs",
    "failed_jobs",
    "created_at",
    "finished_at",
)


def queue(
    tables: Queue, *, by: Sequence[str] = ("queue",), now: datetime, timezone: str = "UTC"
) -> pl.LazyFrame:
    """Count waiting, running and failed jobs in each group.

    Columns: those of `by`, then `waiting, delayed, reserved, failed,
    oldest_waiting_minutes, longest_reserved_minutes, most_attempts, last_failed_at`; sorted
    by the columns of `by`, and one row over everything if there are none.

    A job is `reserved` while a worker has it, `delayed` until it may be started, and otherwise
    `waiting`; its age counts from the time at which it could have been started. A job that is
    reserved for longer than it can run was left by a worker that died. `failed` jobs were given
    up. `job` is a class, NULL if the payload names none; nothing else of a payload is shown.

    Args:
        tables: Laravel's `jobs` and `failed_jobs`, as of the last sync.
        by: `queue`, `job`, both or none.
        now: the time at which ages are measured, such as that of the sync.
        timezone: the time zone of `last_failed_at`.

    Raises:
        ReportError: a name in `by` is neither `queue` nor `job`.
    """
    names = check_dimensions(by, QUEUE_DIMENSIONS, report="queue")
    moment, zone = _moment(now), check_timezone(timezone)
    is_failed, is_reserved = pl.col("failed_at").is_not_null(), pl.col("reserved_at").is_not_null()
    is_idle = ~is_failed & ~is_reserved
    is_waiting = is_idle & (pl.col("available_at") <= moment)
    measures = [
        _count(is_waiting, "waiting"),
        _count(is_idle & (pl.col("available_at") > moment), "delayed"),
        _count(is_reserved, "reserved"),
        _count(is_failed, "failed"),
        _longest(moment, "available_at", is_waiting).alias("oldest_waiting_minutes"),
        _longest(moment, "reserved_at", is_reserved).alias("longest_reserved_minutes"),
        pl.col("attempts").max().alias("most_attempts"),
        pl.col("failed_at").max().dt.convert_time_zone(zone).alias("last_failed_at"),
    ]
    if not names:
        return tables.jobs.select(measures)
    return tables.jobs.group_by(names).agg(measures).sort(list(names), nulls_last=True)


def batches(tables: Queue, *, timezone: str = "UTC") -> pl.LazyFrame:
    """Return one row per batch of jobs, the newest first.

    Columns: `batch, name, state, progress_share, total_jobs, pending_jobs, failed_jobs,
    created_at, finished_at`, times in `timezone`. `state` is cancelled, finished, failed (all
    pending jobs have failed) or running. `progress_share` is the share of finished jobs (0 to 1),
    NULL for an empty batch; as in Laravel's `Batch`, a failed job is pending until a retry of it
    succeeds.
    """
    zone = check_timezone(timezone)
    pending, failed = pl.col("pending_jobs"), pl.col("failed_jobs")
    done = (pl.col("total_jobs") - pending) / pl.col("total_jobs")
    state = (
        pl.when(pl.col("cancelled_at").is_not_null())
        .then(pl.lit("cancelled"))
        .when(pl.col("finished_at").is_not_null())
        .then(pl.lit("finished"))
        .when((failed > 0) & (failed >= pending))
        .then(pl.lit("failed"))
        .otherwise(pl.lit("running"))
    )
    return (
        tables.batches.sort("created_at", "batch", descending=[True, False])
        .with_columns(
            state.alias("state"),
            pl.when(pl.col("total_jobs") > 0).then(done).alias("progress_share"),
            pl.col("created_at", "finished_at").dt.convert_time_zone(zone),
        )
        .select(_BATCHES)
    )


def locks(tables: Queue, *, now: datetime) -> pl.LazyFrame:
    """Count cached values and locks, and those of them that have expired, in two rows.

    Columns: `kind` (cache or lock), `count, expired, oldest_expired_minutes` (NULL if none has
    expired). Laravel removes an expired entry when it next reads it: a lock that expired long ago
    was left behind. Keys are not shown.
    """
    moment = _moment(now)
    is_expired = pl.col("expires_at") <= moment
    found = tables.expirations.group_by("kind").agg(
        pl.len().cast(pl.Int64).alias("count"),
        _count(is_expired, "expired"),
        _longest(moment, "expires_at", is_expired).alias("oldest_expired_minutes"),
    )
    kinds = pl.LazyFrame({"kind": ["cache", "lock"]})
    counts = pl.col("count", "expired").fill_null(0)
    return kinds.join(found, on="kind", how="left").with_columns(counts).sort("kind")


def _moment(now: datetime) -> pl.Expr:
    return pl.lit(now.astimezone(UTC), INSTANT)


def _count(is_one: pl.Expr, name: str) -> pl.Expr:
    return is_one.sum().cast(pl.Int64).alias(name)


def _longest(moment: pl.Expr, since: str, is_one: pl.Expr) -> pl.Expr:
    """Return the minutes since the earliest of these times; NULL if there are none."""
    earliest = pl.col(since).filter(is_one).min()
    return half_up((moment - earliest).dt.total_seconds() / 60)
