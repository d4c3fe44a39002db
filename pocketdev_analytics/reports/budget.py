"""Budgets of a month or day, the actual cost, and the forecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import COST_USD, INSTANT, Schema
from pocketdev_analytics.reports.clock import EARLIEST_DAY
from pocketdev_analytics.reports.dimensions import FACTS, check_timezone, local_date
from pocketdev_analytics.reports.filters import in_projects
from pocketdev_analytics.reports.forecast import DayCost, Forecast, forecast
from pocketdev_analytics.reports.measures import BOUNDS, bound_counts
from pocketdev_analytics.settings.config import AMOUNTS, is_amount

__all__ = ["PERIODS", "Limit", "budget"]

#: What a budget may be for.
PERIODS: Final = ("month", "day")

_COLUMNS: Final[Schema] = {
    "period": pl.String,
    "project": pl.String,
    "budget_usd": COST_USD,
    "cost_usd": COST_USD,
    "spent_share": pl.Float64,
    "forecast_cost_usd": COST_USD,
    "low_cost_usd": COST_USD,
    "high_cost_usd": COST_USD,
    "state": pl.String,
    "is_running": pl.Boolean,
    **dict.fromkeys(BOUNDS, pl.Int64),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A budget for every `per` ('month' or 'day'), in total or for one project.

    `budget_usd` None sets no limit: actual and expected cost are still returned.
    `project` is as `filter_history` takes it: a folder, which holds those below it, or the
    name of a group; `find_projects` finds it by what a person types.

    Raises:
        ReportError: there is no such period, or `is_amount` refuses the amount.
    """

    per: str = "month"
    budget_usd: Decimal | None = None
    project: str | None = None

    def __post_init__(self) -> None:
        if self.per not in PERIODS:
            raise ReportError(
                f"unknown budget period {self.per!r}; expected one of: {', '.join(PERIODS)}"
            )
        amount = self.budget_usd
        if amount is not None and not is_amount(amount):
            raise ReportError(
                f"a budget must be an amount above 0 {AMOUNTS} in US dollars, got {amount}"
            )


def budget(
    usage: pl.LazyFrame,
    limits: Sequence[Limit] = (Limit(),),
    *,
    now: datetime,
    timezone: str = "UTC",
    since: date | None = None,
    until: date | None = None,
) -> pl.LazyFrame:
    """One row a limit and period: the running month or day, or those from `since` to `until`.

    Months and days are those of `timezone`, and always whole: a budget is for all of one.
    They begin with that of the first usage. What is later than `now` counts nowhere.

    Columns: `period` (2026-11, or 2026-11-24), `project` (NULL for all), `budget_usd`,
    `cost_usd` (spent so far), `spent_share` (of the budget), `forecast_cost_usd` (at the
    period's end) with `low_cost_usd` and `high_cost_usd`, `state`, `is_running`,
    and the columns of `measures.BOUNDS`; in the order of `limits`, then of time.

    `state` is 'over' where more was spent, else 'forecast over' where the forecast is more,
    else 'within' as far as is known; NULL without a budget, or where nothing has a price.
    `reports.forecast.forecast` says how the forecast is made; it is NULL on the first day of
    all, its interval in the first week. A period that is over has cost what it cost. Money is
    as in `cost`: NULL where nothing has a price, and "at least", forecasts too, where
    one of the last three is above 0.
    """
    zone = check_timezone(timezone)
    clock = now.astimezone(ZoneInfo(zone))
    so_far = usage.filter(pl.col("responded_at") <= pl.lit(now.astimezone(UTC), INSTANT))
    days = [
        _days(so_far, limit, clock, zone).with_columns(limit=pl.lit(number, pl.Int64))
        for number, limit in enumerate(limits)
    ]

    def rows(frame: pl.DataFrame) -> pl.DataFrame:
        found = [
            row
            for number, limit in enumerate(limits)
            for row in _rows(frame.filter(limit=number), limit, clock.date(), since, until)
        ]
        return pl.DataFrame(found, _COLUMNS, orient="row")

    # What is left to do is a loop over days, not over responses.
    return pl.concat(days).map_batches(rows, schema=pl.Schema(_COLUMNS))


def _days(usage: pl.LazyFrame, limit: Limit, clock: datetime, zone: str) -> pl.LazyFrame:
    cost_usd, facts = pl.col("cost_usd"), FACTS["usage"]
    time_of_day = pl.col(facts.at).dt.convert_time_zone(zone).dt.time()
    asked = usage if limit.project is None else usage.filter(in_projects([limit.project], usage))
    return asked.group_by(day=local_date(facts, zone)).agg(
        *bound_counts(),
        cost_usd=cost_usd.sum(),
        rest_cost_usd=cost_usd.filter(time_of_day > clock.time()).sum(),
        priced=cost_usd.count().cast(pl.Int64),
        rows=pl.len().cast(pl.Int64),
    )


def _rows(
    days: pl.DataFrame, limit: Limit, today: date, since: date | None, until: date | None
) -> Iterator[dict[str, Any]]:
    known = {
        row["day"]: DayCost(row["cost_usd"], row["rest_cost_usd"])
        for row in days.iter_rows(named=True)
    }
    # A line of a clock that was not set would make weeks without any cost of all before.
    plausible = {day: each for day, each in known.items() if day >= EARLIEST_DAY}
    end = min(until or today, today)
    begin = min(max(since or end, min(known, default=end)), end)
    for first, last in _periods(begin, end, limit.per):
        spent = _spent(days.filter(pl.col("day").is_between(first, last)))
        is_running = today <= last
        ahead = forecast(plausible, today, last) if is_running else Forecast(*[Decimal(0)] * 3)
        yield {
            "period": str(first) if limit.per == "day" else f"{first:%Y-%m}",
            "project": limit.project,
            "is_running": is_running,
            **spent,
            **_expected(spent["cost_usd"], ahead),
            **_compare(limit.budget_usd, spent["cost_usd"], ahead),
        }


def _periods(begin: date, end: date, per: str) -> Iterator[tuple[date, date]]:
    """The first and last day of each period from that of `begin` to that of `end`."""
    first = begin.replace(day=1) if per == "month" else begin
    while first <= end:
        after = first + timedelta(days=1)
        if per == "month":
            after = (first + timedelta(days=31)).replace(day=1)
        yield first, after - timedelta(days=1)
        first = after


def _spent(days: pl.DataFrame) -> dict[str, Any]:
    is_known = not days["rows"].sum() or days["priced"].sum()
    return {
        "cost_usd": sum(days["cost_usd"], Decimal(0)) if is_known else None,
        **{name: days[name].sum() for name in BOUNDS},
    }


def _expected(spent: Decimal | None, ahead: Forecast | None) -> dict[str, Decimal | None]:
    parts = (ahead.middle_usd, ahead.low_usd, ahead.high_usd) if ahead else (None,) * 3
    totals = [None if part is None or spent is None else spent + part for part in parts]
    return dict(zip(("forecast_cost_usd", "low_cost_usd", "high_cost_usd"), totals, strict=True))


def _compare(
    limit: Decimal | None, spent: Decimal | None, ahead: Forecast | None
) -> dict[str, Any]:
    if limit is None or spent is None:
        return {"budget_usd": limit, "spent_share": None, "state": None}
    is_ahead_over = ahead is not None and spent + ahead.middle_usd > limit
    state = "over" if spent > limit else "forecast over" if is_ahead_over else "within"
    return {"budget_usd": limit, "spent_share": float(spent / limit), "state": state}
