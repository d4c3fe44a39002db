"""Compare a report with the same report for the equal period before (`Period.before`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from pocketdev_analytics.reports.dimensions import TIMES, weekday_number
from pocketdev_analytics.reports.measures import BOUNDS, half_up
from pocketdev_analytics.reports.periods import Period

__all__ = ["before_name", "change_name", "compare", "percent_name"]


def before_name(column: str) -> str:
    """Return the name of a column's value in the period before: `cost_before_usd`."""
    return _with("before", column)


def change_name(column: str) -> str:
    """Return the name of a column's change: `cost_change_usd`."""
    return _with("change", column)


def percent_name(column: str) -> str:
    """Return the name of a column's change in percent: `cost_change_percent`."""
    return f"{column.removesuffix('_usd')}_change_percent"


def compare(
    rows: pl.LazyFrame,
    before: pl.LazyFrame,
    *,
    by: Sequence[str],
    columns: Sequence[str],
    period: Period,
    period_before: Period,
    week_start: str = "monday",
) -> pl.LazyFrame:
    """Join a report's `rows` with those of the period before, by the same dimensions.

    Hours, days, weeks, months and years are compared by their position in the period. A group
    that occurs in one period only has 0 in the other. An unknown cost (NULL) makes the change
    unknown. A position that the period lacks, such as the 31st day of November or its sixth week,
    is NULL in `by`.

    Returns:
        The columns of `by`; `DIM_before` for each dimension of time; for each of `columns` that
        the report has `cost_usd, cost_before_usd, cost_change_usd, cost_change_percent` (NULL if
        there was nothing before); the columns of `measures.BOUNDS` that it has, of both periods.
        Sorted by the columns of `by`.
    """
    names = rows.collect_schema()
    compared = [name for name in columns if name in names]
    bounds = [name for name in BOUNDS if name in names]
    times = [name for name in by if name in TIMES]
    then = before.select(
        *(_shift(name, period, period_before, week_start) for name in by),
        *(pl.col(name).alias(before_name(name)) for name in (*times, *compared, *bounds)),
        is_before=True,
    )
    positions = [_shift(name, period_before, period, week_start) for name in times]
    now = rows.select(
        *(*by, *compared, *bounds),
        *(each.alias(_position(name)) for name, each in zip(times, positions, strict=True)),
        is_now=True,
    )
    both = _join(now, then, by).with_columns(
        *(_fill(name, "is_now") for name in (*compared, *bounds)),
        *(_fill(before_name(name), "is_before") for name in (*compared, *bounds)),
        *(
            pl.coalesce(before_name(name), _position(name)).alias(before_name(name))
            for name in times
        ),
    )
    befores = [before_name(name) for name in times]
    return (
        both.with_columns(_change(name, names[name]) for name in compared)
        .with_columns(_percent(name) for name in compared)
        .select(
            *by,
            *befores,
            *(each for name in compared for each in _names(name)),
            *(each for name in bounds for each in (name, before_name(name))),
        )
        .sort([*by, *befores], nulls_last=True)
    )


def _names(column: str) -> tuple[str, str, str, str]:
    return column, before_name(column), change_name(column), percent_name(column)


def _position(name: str) -> str:
    return f"{name} at the same position before"


def _with(word: str, column: str) -> str:
    stem = column.removesuffix("_usd")
    return f"{stem}_{word}{column[len(stem) :]}"


def _join(now: pl.LazyFrame, then: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    if not by:
        return pl.concat([now, then], how="horizontal")
    return now.join(then, on=list(by), how="full", coalesce=True, nulls_equal=True)


def _fill(column: str, is_there: str) -> pl.Expr:
    # A missing row means no usage; NULL in a row is an unknown price.
    return pl.when(pl.col(is_there).is_null()).then(0).otherwise(pl.col(column)).alias(column)


def _change(column: str, kind: pl.DataType) -> pl.Expr:
    change = pl.col(column) - pl.col(before_name(column))
    # Minutes are floats: 3.3 - 0.9 should be 2.4, not 2.4000000000000004.
    return (half_up(change, 6) if kind.is_float() else change).alias(change_name(column))


def _percent(column: str) -> pl.Expr:
    was = pl.col(before_name(column)).cast(pl.Float64)
    change = pl.col(change_name(column)).cast(pl.Float64)
    return pl.when(was != 0).then(change / was * 100).alias(percent_name(column))


def _shift(name: str, period: Period, before: Period, week_start: str) -> pl.Expr:
    """Shift a group from one period (`before`) to the same position in the other."""
    label = pl.col(name)
    days = (period.first - before.first).days
    if name == "day":
        moved = label + pl.duration(days=days)
        return pl.when(moved <= period.last).then(moved).alias(name)
    if name == "hour":
        moved = label.str.to_datetime("%Y-%m-%d %H:%M") + pl.duration(days=days)
        text = moved.dt.to_string("%Y-%m-%d %H:%M")
        return pl.when(moved.dt.date() <= period.last).then(text).alias(name)
    if name == "week":
        weeks = _week(period.first, week_start) - _week(before.first, week_start)
        moved = label + pl.duration(days=weeks.days)
        return pl.when(moved <= period.last).then(moved).alias(name)
    if name == "month":
        first = (label + "-01").str.to_date("%Y-%m-%d")
        moved = first.dt.offset_by(f"{_months(period.first) - _months(before.first)}mo")
        text = moved.dt.to_string("%Y-%m")
        return pl.when(moved <= period.last).then(text).alias(name)
    if name == "year":
        year = label.cast(pl.Int32) + period.first.year - before.first.year
        return pl.when(year <= period.last.year).then(year.cast(pl.String)).alias(name)
    return label


def _week(day: date, week_start: str) -> date:
    return day - timedelta((day.isoweekday() - weekday_number(week_start)) % 7)


def _months(day: date) -> int:
    return day.year * 12 + day.month
