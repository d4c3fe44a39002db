"""What other choices would have cost: no caching, other models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports.cost import cost
from pocketdev_analytics.reports.dimensions import FACTS, local_date
from pocketdev_analytics.reports.measures import BOUNDS

__all__ = ["LAST_DAYS", "caching_savings", "compared", "savings", "what_if"]

#: How long the last period is that other models are compared over.
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
    """What caching saved in each group of responses.

    `uncached` is the same usage priced as if nothing had been cached, as
    `store.usage_cost(is_uncached=True)` gives it. Columns: those of `by`, then `responses,
    cost_usd, uncached_cost_usd, saved_usd` and the columns of `measures.BOUNDS`; sorted by the
    columns of `by`. `saved_usd` is below 0 where writing the cache cost more than
    reading it saved.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    compared = _compared(usage, uncached, by, timezone, week_start)
    columns = ("responses", "cost_usd", "uncached_cost_usd", "saved_usd", *BOUNDS)
    return compared.rename(
        {"scenario_cost_usd": "uncached_cost_usd", "difference_usd": "saved_usd"}
    ).select(*by, *columns)


def compared(
    usage: pl.LazyFrame,
    other: pl.LazyFrame,
    *,
    by: Sequence[str] = (),
    timezone: str = "UTC",
    week_start: str = "monday",
) -> pl.LazyFrame:
    """What each group of responses cost beside the same usage at other prices.

    `other` is as `store.usage_cost(prices_at=…)` gives it, say. Columns: those of `by`, then
    `responses, cost_usd, scenario_cost_usd, difference_usd` (theirs less what it did cost),
    `lower_bound_responses, unseen_calls, unpriced_tokens`; sorted by the columns of `by`.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    return _compared(usage, other, by, timezone, week_start).select(*by, *columns)


def what_if(usage: pl.LazyFrame, by_model: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """What the same usage would have cost on other models, the dearest first.

    `by_model` has it priced as each of them, as `store.usage_cost(as_model=…)` gives it.
    Columns: `scenario` (all on that model), `responses, cost_usd` (what it did cost),
    `scenario_cost_usd, difference_usd, lower_bound_responses, unseen_calls, unpriced_tokens`.
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
    """What all usage would have cost without caching, and the last 30 days on other models.

    The last days end with the last usage up to `today`. Columns: `scenario, first_day, last_day,
    responses, cost_usd` (what it did cost), `scenario_cost_usd, difference_usd` (how much
    more), `lower_bound_responses, unseen_calls, unpriced_tokens`.
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
    """The rows with the first and last day of usage after their name."""
    day = local_date(FACTS["usage"], timezone)
    days = usage.select(day.min().alias("first_day"), day.max().alias("last_day"))
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    return rows.join(days, how="cross").select("scenario", "first_day", "last_day", *columns)


def _scenario(name: str, usage: pl.LazyFrame, other: pl.LazyFrame) -> pl.LazyFrame:
    columns = ("responses", "cost_usd", "scenario_cost_usd", "difference_usd", *BOUNDS)
    compared = _compared(usage, other)
    return compared.select(pl.lit(name).alias("scenario"), *columns)


def _compared(
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
    # A difference is as uncertain as the less certain of the two.
    bounds = [pl.max_horizontal(name, f"scenario_{name}").alias(name) for name in BOUNDS]
    return joined.with_columns(difference.cast(COST_USD).alias("difference_usd"), *bounds)
