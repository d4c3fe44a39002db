"""What every chart does with its frame: collect it, and check that it can be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.text import exact_usd, month_name
from pocketdev_analytics.exceptions import ReportError

__all__ = [
    "FEW",
    "LEAST_BARS",
    "Frame",
    "at_least",
    "collected",
    "count_axis",
    "date_axis",
    "dollars",
    "exact_costs",
    "figure",
    "folded",
    "month_axis",
    "period_of",
    "ranked",
    "total_cost",
]

_NOTHING = Decimal(0)
#: An axis of days is at least so many bars wide.
LEAST_BARS: Final = 14
#: Below, an axis of counts has a tick for each.
FEW = 4
_MOST_MONTHS = 12  # with a label: they would run into each other
_NO_POINTS = "Nothing to show."
_LEGEND_ROOM = 92  # pixels: the title, and two rows of a legend

#: What a chart takes: the result of a report, collected or not.
Frame = pl.LazyFrame | pl.DataFrame


def collected(frame: Frame, chart: str, *needed: str) -> pl.DataFrame:
    """The frame's rows.

    Raises:
        ReportError: the frame lacks a column that the chart needs.
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    missing = [column for column in needed if column not in rows.columns]
    if missing:
        raise ReportError(
            f"chart {chart!r} needs the column {missing[0]!r}, the frame has "
            f"{', '.join(rows.columns)}; group the report by it"
        )
    return rows


def period_of(rows: pl.DataFrame, chart: str) -> str:
    """'week' where the frame is by week, else 'day'.

    Raises:
        ReportError: it is by neither.
    """
    by = "week" if "week" in rows.columns else "day"
    collected(rows, chart, by)
    return by


def date_axis(periods: pl.Series, by: str = "day") -> dict[str, Any]:
    """An axis of days or weeks: half a bar of room at each end, never only a few bars wide."""
    axis = {"type": "date", "hoverformat": "%a %-d %b %Y"}
    known = [period for period in periods if period is not None]
    if not known:
        return axis
    step = timedelta(weeks=1) if by == "week" else timedelta(days=1)
    last = datetime.combine(max(known), time()) + step / 2
    first = datetime.combine(min(known), time()) - step / 2
    return {**axis, "range": [str(min(first, last - LEAST_BARS * step)), str(last)]}


def month_axis(months: Iterable[str]) -> dict[str, Any]:
    """An axis of months, at most a year of them with their name."""
    known = sorted(set(months))
    labelled = known[:: -(-len(known) // _MOST_MONTHS) or 1]
    return {
        "type": "category",
        "categoryorder": "category ascending",
        "fixedrange": True,
        "tickvals": labelled,
        "ticktext": [month_name(month).replace(" ", "<br>") for month in labelled],
    }


def count_axis(counts: Iterable[int | None], ticks: int = 4) -> dict[str, Any]:
    """An axis of counts from 0, with whole ticks also where there are few."""
    most = max((count or 0 for count in counts), default=0)
    axis = {"rangemode": "tozero", "fixedrange": True, "nticks": ticks, "tickformat": "~s"}
    few = {"dtick": 1, "range": [0, max(most, 1) * 1.05]}
    return {**axis, **few} if most < FEW else axis


def figure(title: str, *traces: Any, **layout: Any) -> go.Figure:
    """A figure in the house's template."""
    # Each chart says what it differs in; the template says the rest.
    made = go.Figure(data=list(traces), layout={"title": {"text": title}})
    made.update_layout(template="pocketdev", **layout)
    if not any(_has_points(trace) for trace in traces):
        made.update_xaxes(visible=False).update_yaxes(visible=False)
        made.add_annotation(text=_NO_POINTS, showarrow=False, xref="paper", yref="paper")
    named = [trace for trace in traces if trace.showlegend is not False]
    if layout.get("showlegend") is not False and len(named) > 1:
        made.update_layout(margin_t=_LEGEND_ROOM)
    return made


def _has_points(trace: Any) -> bool:
    return any(trace[axis] is not None and len(trace[axis]) for axis in ("x", "y"))


def total_cost(rows: pl.DataFrame) -> Decimal | None:
    """The exact sum of the priced rows, None where there are rows and none has a price."""
    costs = [cost for cost in rows["cost_usd"] if cost is not None]
    return sum(costs, _NOTHING) if costs or rows.is_empty() else None


def at_least(rows: pl.DataFrame) -> list[bool]:
    """Whether each row's cost is only known from below."""
    return [
        bool(row.get("lower_bound_responses") or row.get("unpriced_tokens"))
        for row in rows.iter_rows(named=True)
    ]


def dollars(costs: Iterable[Decimal | None]) -> list[float | None]:
    """Costs as what a figure is drawn from."""
    return [None if cost is None else float(cost) for cost in costs]


def exact_costs(rows: pl.DataFrame) -> list[str]:
    """Each row's cost with every digit, 'at least' before those known from below."""
    return [
        f"at least {exact_usd(cost)}" if bounded and cost is not None else exact_usd(cost)
        for cost, bounded in zip(rows["cost_usd"], at_least(rows), strict=True)
    ]


def ranked(rows: pl.DataFrame, by: str, value: str = "cost_usd") -> list[Any]:
    """The values of `by`, the one with the largest sum of `value` first, ties by name."""
    sums = rows.group_by(by).agg(pl.col(value).sum())
    return sums.sort([value, by], descending=[True, False], nulls_last=True)[by].to_list()


def folded(rows: pl.DataFrame, by: str, keep: Sequence[str | None], rest: str) -> pl.DataFrame:
    """The rows with every value of `by` that is not kept called `rest`."""
    kept = pl.col(by).is_in([name for name in keep if name is not None])
    missing = pl.col(by).is_null() if None in keep else pl.lit(value=False)
    return rows.with_columns(pl.when(kept | missing).then(by).otherwise(pl.lit(rest)).alias(by))
