"""Compare the cost with alternatives: without caching, or with other models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports.cost import cost
from pocketdev_analytics.reports.dimensions import FACTS, local_date
from pocketdev_analytics.reports.measures import BOUNDS

__all__ = ["LAST_DAYS", "caching_savings", "compare_prices", "savings", "what_if"]

#: The number of days over which other models are compared.
LAST_DAYS: Final = 30

_UNCACHED: Final = "without caching"


def caching_savings(
    usage: pl.LazyFrame,
    uncached: pl.LazyFrame,
    *,
    by: Sequence[str] = ("month",),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Return what caching saved in each group of responses.

    Args:
        usage: the usage.
        uncached: the same usage from `store.usage_cost(is_uncached=True)`.
        by: the dimensions to group by.
        timezone: the time zone of days and other times.
        week_start: the first day of a week.

    Returns:
        The columns of `by`, then `responses, cost_usd, uncached_cost_usd, saved_usd` and the
        columns of `measures.BOUNDS`, sorted by the columns of `by`. `saved_usd` is negative if
        writing the cache cost more than reading it saved.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    rows = _compare(usage, uncached, by, timezone, week_start)
    columns = ("responses", "cost_usd", "uncached_cost_usd", "saved_usd", *BOUNDS)
    return rows.rename(
        {"scenario_cost_usd": "uncached_cost_usd", "difference_usd": "saved_usd"}
    ).select(*by, *columns)


def compare_prices(
    usage: pl.LazyFrame,
    other: pl.LazyFrame,
    *,
    by: Sequence[str] = (),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Compare the cost of each group of responses with that of the same usage at other prices.

    `other` is for example `store.usage_cost(prices_at=…)`. Columns: those of `by`, then
    `responses, cost_usd, scenario_cost_usd, difference_usd` (scenario minus actual cost),
    `lower_bound_responses, unseen_calls, unpriced_tokens`; sorted by the columns of `by`.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    return _compare(usage, other, by, timezone, week_start).select(*by, *columns)


def what_if(usage: pl.LazyFrame, by_model: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Return what the same usage would have cost with other models, the most expensive first.

    `by_model` has the usage priced as each model: `store.usage_cost(as_model=…)`. Columns:
    `scenario` (the model), `responses, cost_usd` (actual), `scenario_cost_usd, difference_usd,
    lower_bound_responses, unseen_calls, unpriced_tokens`.
    """
    rows = [_scenario(f"all on {model}", usage, frame) for model, frame in by_model.items()]
    if not rows:
        return _scenario("", usage, usage).clear()
    return pl.concat(rows).sort(["scenario_cost_usd", "scenario"], descending=[True, False])


def savings(
    usage: pl.LazyFrame,
    uncached: pl.LazyFrame,
    by_model: Mapping[str, pl.LazyFrame],
    *,
    timezone: str = "UTC",
    today: date = date.max,
) -> pl.LazyFrame:
    """Return what all usage would have cost uncached, and the last 30 days with other models.

    The 30 days end with the last usage up to `today`. Columns: `scenario, first_day, last_day,
    responses, cost_usd` (actual), `scenario_cost_usd, difference_usd` (scenario minus actual
    cost), `lower_bound_responses, unseen_calls, unpriced_tokens`.
    """
    last = {model: frame.filter(_is_recent(timezone, today)) for model, frame in by_model.items()}
    recent = usage.filter(_is_recent(timezone, today))
    rows = [
        _over(usage, _scenario(_UNCACHED, usage, uncached), timezone),
        _over(recent, what_if(recent, last), timezone),
    ]
    order = [pl.col("scenario") == _UNCACHED, "scenario_cost_usd", "scenario"]
    return (
        pl.concat(rows).filter(pl.col("responses") > 0).sort(order, descending=[True, True, False])
    )


def _is_recent(timezone: str, today: date) -> pl.Expr:
    day = local_date(FACTS["usage"], timezone)
    last = day.filter(day <= today).max()
    return day.is_between(last - pl.duration(days=LAST_DAYS - 1), last)


def _over(usage: pl.LazyFrame, rows: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """Add the first and last day of usage to the rows."""
    day = local_date(FACTS["usage"], timezone)
    days = usage.select(day.min().alias("first_day"), day.max().alias("last_day"))
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    return rows.join(days, how="cross").select("scenario", "first_day", "last_day", *columns)


def _scenario(name: str, usage: pl.LazyFrame, other: pl.LazyFrame) -> pl.LazyFrame:
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    rows = _compare(usage, other)
    return rows.select(pl.lit(name).alias("scenario"), *columns)


def _compare(
    usage: pl.LazyFrame,
    other: pl.LazyFrame,
    by: Sequence[str] = (),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    grouping: dict[str, Any] = {"by": by, "timezone": timezone, "week_start": week_start}
    actual = cost(usage, **grouping)
    columns = [pl.col("cost_usd").alias("scenario_cost_usd")]
    columns += [pl.col(name).alias(f"scenario_{name}") for name in BOUNDS]
    scenario = cost(other, **grouping).select(*by, *columns)
    joined = (
        actual.join(scenario, on=list(by), how="left", nulls_equal=True, maintain_order="left")
        if by
        else pl.concat([actual, scenario], how="horizontal")
    )
    difference = pl.col("scenario_cost_usd") - pl.col("cost_usd")
    # A difference is as uncertain as the less certain of its two amounts.
    bounds = [pl.max_horizontal(name, f"scenario_{name}").alias(name) for name in BOUNDS]
    return joined.with_columns(difference.cast(COST_USD).alias("difference_usd"), *bounds)
