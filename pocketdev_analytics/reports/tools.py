"""Tool calls and API errors: how many, how often they fail, what they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.dimensions import (
    FACTS,
    check_dimensions,
    dimensions_of,
    grouped,
)
from pocketdev_analytics.reports.measures import half_up

__all__ = ["ERROR_DIMENSIONS", "TOOL_DIMENSIONS", "errors", "tools"]

#: What tool calls can be grouped by.
TOOL_DIMENSIONS: Final = dimensions_of("tool_calls")
#: What API errors can be grouped by.
ERROR_DIMENSIONS: Final = dimensions_of("api_errors")

_TOO_MANY_REQUESTS: Final = 429


def tools(
    history: History,
    *,
    by: Sequence[str] = ("tool",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Count the calls, failures and changes of tools.

    Columns: those of `by`, then `calls, errors, error_rate, result_bytes,
    lines_added, lines_removed, mean_result_bytes, max_result_bytes`; sorted by the
    columns of `by`, and one row over everything if there are none. `error_rate` (0 to 1)
    and the mean and longest result (its size as JSON in the file) are over the calls
    whose result is known, NULL where none is; lines are those of edits.

    Raises:
        ReportError: a name in `by` is not a dimension of a tool call.
    """
    names = check_dimensions(by, TOOL_DIMENSIONS, report="tools")
    measures = [
        pl.len().cast(pl.Int64).alias("calls"),
        pl.col("is_error").sum().cast(pl.Int64).alias("errors"),
        pl.col("is_error").mean().alias("error_rate"),
        *(pl.col(column).sum() for column in ("result_bytes", "lines_added", "lines_removed")),
        half_up(pl.col("result_bytes").mean(), 0).cast(pl.Int64).alias("mean_result_bytes"),
        pl.col("result_bytes").max().alias("max_result_bytes"),
    ]
    return grouped(
        history.tool_calls,
        names,
        facts=FACTS["tool_calls"],
        timezone=timezone,
        measures=measures,
        week_start=week_start,
    )


def _of_kinds(*kinds: str) -> pl.Expr:
    return pl.col("kind").is_in(kinds).sum().cast(pl.Int64)


def errors(
    history: History,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """API errors over time, or by anything else they have.

    Columns: those of `by`, then `sessions, errors, retries, rate_limits, refusals,
    fallbacks`; sorted by the columns of `by`, and one row over everything if there are none.
    `errors` ended a turn, `retries` did not; `rate_limits` are those of both that the API
    answered with 429 or named `rate_limit`. `refusals` are of the model, `fallbacks` went to
    another model, after a refusal or an overload: both may count one event.

    Raises:
        ReportError: a name in `by` is not a dimension of an API error.
    """
    names = check_dimensions(by, ERROR_DIMENSIONS, report="errors")
    is_rate_limit = (pl.col("status") == _TOO_MANY_REQUESTS).fill_null(value=False) | (
        pl.col("error").str.contains("rate_limit", literal=True).fill_null(value=False)
    )
    measures = [
        pl.col("session_id").drop_nulls().n_unique().cast(pl.Int64).alias("sessions"),
        (pl.col("kind") == "error").sum().cast(pl.Int64).alias("errors"),
        (pl.col("kind") == "retry").sum().cast(pl.Int64).alias("retries"),
        is_rate_limit.sum().cast(pl.Int64).alias("rate_limits"),
        _of_kinds("refusal", "refusal_fallback").alias("refusals"),
        _of_kinds("fallback", "refusal_fallback").alias("fallbacks"),
    ]
    return grouped(
        history.api_errors,
        names,
        facts=FACTS["api_errors"],
        timezone=timezone,
        measures=measures,
        week_start=week_start,
    )
