"""Five-hour windows, as the limits of Claude's subscriptions count them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, INSTANT, TOKEN_COLUMNS
from pocketdev_analytics.reports.cost import cost_measures
from pocketdev_analytics.reports.dimensions import check_timezone
from pocketdev_analytics.reports.measures import BOUNDS, half_up

__all__ = ["WINDOW", "blocks", "in_windows"]

#: How long a window lasts.
WINDOW: Final = timedelta(hours=5)

# A shorter time gives no useful rate: two quick responses are not a rate per minute.
_SHORTEST_SPAN: Final = timedelta(minutes=1)
_COLUMNS: Final = (
    "started_at",
    "ends_at",
    "is_running",
    "responses",
    "total_tokens",
    "cost_usd",
    "tokens_per_minute",
    "hourly_cost_usd",
    "projected_tokens",
    "projected_cost_usd",
    "gap_hours",
    "first_at",
    "last_at",
    *TOKEN_COLUMNS,
    "web_search_requests",
    *BOUNDS,
)


def blocks(
    usage: pl.LazyFrame,
    *,
    now: datetime,
    timezone: str = "UTC",
    account_usage: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """One row a window of five hours that something was used in, the earliest first.

    A window begins at the full hour (UTC) of its first response and lasts five hours; the
    first response after its end begins the next. Limits are an account's: windows are drawn
    over `account_usage`, all that the account used (`usage`, where it is left out), and count
    `usage`, such as one project's. Windows that hold none of it are left out.

    Columns: `started_at` and `ends_at` (in `timezone`), `is_running` (`now` is in it),
    `responses, total_tokens, cost_usd, tokens_per_minute, hourly_cost_usd,
    projected_tokens, projected_cost_usd`, `gap_hours` (from the last response of
    `account_usage` before to `started_at`, NULL for the first window), `first_at`, `last_at`,
    the five token columns, `web_search_requests` and the columns of `measures.BOUNDS`.

    The rates are over the time from the first response to the last one, NULL where that is
    under a minute. The projections add what that rate makes of the time from `now` to
    `ends_at`; they are NULL for all but the running window. Money is as in `cost`, quotients
    with 18 decimal places.

    The rule is ccusage's (`identifySessionBlocks`, `_session-blocks.ts` in
    ryoppippi/ccusage), as Anthropic documents five hours but not where they begin. Ours
    differs in two ways: a response exactly at a window's end begins the next, and a gap is a
    column, not a row. Its second rule, that five hours without a response end a window,
    follows from the first: no window is longer.
    """
    zone = check_timezone(timezone)
    moment = pl.lit(now.astimezone(UTC), INSTANT)
    measures = [
        pl.col("responded_at").min().alias("first_at"),
        pl.col("responded_at").max().alias("last_at"),
        *cost_measures(),
    ]
    return (
        in_windows(usage, account_usage)
        .group_by("started_at", "gap_hours")
        .agg(measures)
        .with_columns(
            ends_at=pl.col("started_at") + WINDOW, total_tokens=pl.sum_horizontal(TOKEN_COLUMNS)
        )
        .with_columns(is_running=moment.is_between("started_at", "ends_at", closed="left"))
        .with_columns(_rates())
        .with_columns(_projections(moment))
        .sort("started_at")
        .with_columns(
            pl.col("started_at", "ends_at", "first_at", "last_at").dt.convert_time_zone(zone)
        )
        .select(_COLUMNS)
    )


def in_windows(usage: pl.LazyFrame, account_usage: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Usage with the window that each response is in, as `blocks` draws them.

    Its own columns, and `hour`, `started_at` (UTC) and `gap_hours`.
    """
    windows = _windows(usage if account_usage is None else account_usage)
    return usage.with_columns(hour=_hour()).join(windows, on="hour")


def _hour() -> pl.Expr:
    return pl.col("responded_at").dt.truncate("1h")


def _windows(usage: pl.LazyFrame) -> pl.LazyFrame:
    """Each hour that has a response, with the start of its window and the gap before that.

    Windows begin and end at full hours, so an hour is in one of them as a whole: it is
    enough to walk over the hours that something happened in.
    """
    starts = pl.col("hour").map_batches(_starts, INSTANT).alias("started_at")
    gap = (pl.col("started_at") - pl.col("last_at").shift()).dt.total_seconds() / 3600
    hours = (
        usage.group_by(hour=_hour())
        .agg(last_at=pl.col("responded_at").max())
        .sort("hour")
        .with_columns(starts)
    )
    gaps = (
        hours.group_by("started_at")
        .agg(pl.col("last_at").max())
        .sort("started_at")
        .select("started_at", gap_hours=half_up(gap))
    )
    return hours.select("hour", "started_at").join(gaps, on="started_at")


def _starts(hours: pl.Series) -> pl.Series:
    starts: list[datetime] = []
    for hour in hours:
        starts.append(starts[-1] if starts and hour < starts[-1] + WINDOW else hour)
    return pl.Series(hours.name, starts, INSTANT)


def _rates() -> list[pl.Expr]:
    span = pl.col("last_at") - pl.col("first_at")
    seconds = pl.when(span >= _SHORTEST_SPAN).then(span.dt.total_seconds())
    hourly = pl.col("cost_usd") * 3600 / seconds
    return [
        half_up(pl.col("total_tokens") * 60 / seconds).alias("tokens_per_minute"),
        hourly.cast(COST_USD).alias("hourly_cost_usd"),
    ]


def _projections(moment: pl.Expr) -> list[pl.Expr]:
    span_seconds = (pl.col("last_at") - pl.col("first_at")).dt.total_seconds()
    left_seconds = (pl.col("ends_at") - moment).dt.total_seconds()
    is_known = pl.col("is_running") & pl.col("tokens_per_minute").is_not_null()
    tokens = pl.col("total_tokens") + pl.col("total_tokens") * left_seconds // span_seconds
    cost_usd = pl.col("cost_usd") + pl.col("cost_usd") * left_seconds / span_seconds
    return [
        pl.when(is_known).then(tokens).alias("projected_tokens"),
        pl.when(is_known).then(cost_usd.cast(COST_USD)).alias("projected_cost_usd"),
    ]
