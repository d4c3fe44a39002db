"""Collect and check the frame of a chart, and build its figure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.text import exact_usd
from pocketdev_analytics.exceptions import ReportError

__all__ = [
    "EMPTY_HEIGHT",
    "NOTHING_DRAWN",
    "Frame",
    "at_least",
    "collected",
    "dollars",
    "exact_costs",
    "figure",
    "period_of",
    "ranked",
    "total_cost",
]

# Why a sum is a lower bound: see `reports.measures`.
_BOUNDS: Final = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")
_NOTHING = Decimal(0)
#: What a chart of nothing says.
NOTHING_DRAWN: Final = "Nothing to show."
#: Pixels: how high it is, with its title.
EMPTY_HEIGHT: Final = 96
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


def figure(title: str, *traces: Any, **layout: Any) -> go.Figure:
    """A figure in the house's template."""
    # Each chart says what it differs in; the template says the rest.
    made = go.Figure(data=list(traces), layout={"title": {"text": title}})
    made.update_layout(template="pocketdev", **layout)
    if not any(_has_points(trace) for trace in traces):
        return _without_points(made)
    named = [trace for trace in traces if trace.showlegend is not False]
    if layout.get("showlegend") is not False and len(named) > 1:
        made.update_layout(margin_t=_LEGEND_ROOM)
    return made


def _without_points(made: go.Figure) -> go.Figure:
    """One line that says so in place of axes, names of rows and a legend of nothing."""
    made.update_xaxes(visible=False).update_yaxes(visible=False)
    words = {"text": NOTHING_DRAWN, "showarrow": False, "xref": "paper", "yref": "paper"}
    # Assigned, for an update would keep the names of rows.
    made.layout.annotations, made.layout.shapes = (words,), ()
    return made.update_layout(height=EMPTY_HEIGHT, margin_b=0, showlegend=False)


def _has_points(trace: Any) -> bool:
    return any(trace[axis] is not None and len(trace[axis]) for axis in ("x", "y"))


def total_cost(rows: pl.DataFrame) -> Decimal | None:
    """The exact sum of the priced rows, None where there are rows and none has a price."""
    costs = [cost for cost in rows["cost_usd"] if cost is not None]
    return sum(costs, _NOTHING) if costs or rows.is_empty() else None


def at_least(rows: pl.DataFrame) -> list[bool]:
    """Whether each row's cost is only known from below."""
    return [any(row.get(name) for name in _BOUNDS) for row in rows.iter_rows(named=True)]


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
