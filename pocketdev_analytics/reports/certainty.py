"""Count responses with an exact cost, with a lower bound, and without a price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from pocketdev_analytics.reports.cost import COST_DIMENSIONS
from pocketdev_analytics.reports.dimensions import FACTS, check_dimensions, grouped
from pocketdev_analytics.reports.measures import response_count

__all__ = ["certainty"]


def certainty(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("month",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """The responses of each group, by how well their cost is known.

    Columns: those of `by`, then `responses, exact_responses, lower_bound_responses` (with a
    price, without their final output count), `unpriced_responses`; the last three add up to
    the first. Sorted by the columns of `by`.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    names = check_dimensions(by, COST_DIMENSIONS, report="certainty")
    is_response = pl.col("response_count") > 0
    is_unpriced, is_bound = pl.col("cost_usd").is_null(), pl.col("is_lower_bound")
    measures = [
        response_count(),
        (is_response & ~is_unpriced & ~is_bound).sum().cast(pl.Int64).alias("exact_responses"),
        (is_response & ~is_unpriced & is_bound).sum().cast(pl.Int64).alias("lower_bound_responses"),
        (is_response & is_unpriced).sum().cast(pl.Int64).alias("unpriced_responses"),
    ]
    options: dict[str, Any] = {"timezone": timezone, "week_start": week_start}
    return grouped(usage, names, facts=FACTS["usage"], measures=measures, **options)
