"""What was spent when: per day, summed up, per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import or_
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import (
    DOLLAR_AXIS,
    all_months,
    bar_width,
    date_axis,
    month_axis,
)
from pocketdev_analytics.charts.frames import (
    Frame,
    at_least,
    collected,
    dollars,
    exact_costs,
    figure,
    folded,
    period_of,
    ranked,
)
from pocketdev_analytics.charts.text import exact_usd, figure_label
from pocketdev_analytics.charts.theme import LIGHT, MAX_SERIES, series_colours

__all__ = [
    "OTHER_MODELS",
    "SUM_STYLE",
    "cumulative_cost",
    "daily_cost",
    "monthly_cost",
    "running_mark",
]

#: What the models that a chart does not tell apart are called together.
OTHER_MODELS: Final = "Other models"

#: How a stack says its sum: by points that nobody sees.
SUM_STYLE: Final[dict[str, Any]] = {
    "name": "<b>Total</b>",
    "mode": "markers",
    "marker": {"color": LIGHT.ink, "size": 1, "opacity": 0},
    "showlegend": False,
    "hovertemplate": "<b>%{customdata}</b>",
}


def daily_cost(
    frame: Frame, *, today: date | None = None, colours: Mapping[str, str] | None = None
) -> go.Figure:
    """Cost per day as bars, stacked by model where the frame has one.

    Takes `reports.cost` by day, or by day and model; by week it draws weeks.
    Hover shows every digit of the cost. The bar of `today`, or of its week, is
    marked as not over. `colours` are those that models usually have.
    """
    rows = collected(frame, "daily_cost", "cost_usd")
    by = period_of(rows, "daily_cost")
    kind = " by model" if "model" in rows.columns else ""
    made = figure(
        f"Cost per {by}{kind}, USD",
        *_stack(rows, by, colours),
        barmode="stack",
        hovermode="x unified",
        xaxis=date_axis(rows[by], by),
        yaxis=DOLLAR_AXIS,
    )
    return _marked(made, rows[by], by, today)


def monthly_cost(frame: Frame, *, colours: Mapping[str, str] | None = None) -> go.Figure:
    """Cost per month as bars, stacked by model where the frame has one.

    Takes `reports.cost` by month, or by month and model. `colours` are as `daily_cost` has them.
    """
    rows = collected(frame, "monthly_cost", "month", "cost_usd")
    kind = " by model" if "model" in rows.columns else ""
    return figure(
        f"Cost per month{kind}, USD",
        *_stack(rows, "month", colours),
        barmode="stack",
        hovermode="x unified",
        xaxis=month_axis(rows["month"]),
        yaxis=DOLLAR_AXIS,
    )


def cumulative_cost(frame: Frame) -> go.Figure:
    """What had been spent by the end of each day. Takes `reports.cost` by day, or by week."""
    everything = collected(frame, "cumulative_cost", "cost_usd")
    by = period_of(everything, "cumulative_cost")
    rows = _per_period(everything, by)
    sums = list(accumulate(cost or Decimal(0) for cost in rows["cost_usd"]))
    bounded = accumulate(at_least(rows), or_)
    exact = [
        f"at least {exact_usd(cost)}" if bound else exact_usd(cost)
        for cost, bound in zip(sums, bounded, strict=True)
    ]
    line = go.Scatter(
        x=_labels(rows[by]),
        y=dollars(sums),
        customdata=exact,
        # One point makes no line.
        mode="lines" if rows.height > 1 else "markers",
        line={"width": 2.5, "shape": "hv", "color": LIGHT.series[0]},
        fill="tozeroy",
        fillcolor=LIGHT.area,
        name="Spent so far",
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure(
        "Cost summed up over the period, USD",
        line,
        hovermode="x unified",
        showlegend=False,
        xaxis=date_axis(rows[by], by),
        yaxis=DOLLAR_AXIS,
    )


def _marked(made: go.Figure, periods: pl.Series, by: str, today: date | None) -> go.Figure:
    """The figure with a mark on the last bar, where that is of the running day or week."""
    if today is None:
        return made
    running = today - timedelta(days=today.weekday()) if by == "week" else today
    if running not in periods:
        return made
    shape, words = running_mark(running, by)
    return made.add_shape(**shape).add_annotation(**words)


def running_mark(period: date, by: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What lies behind the bar of a day or week that is not over, and what it says above."""
    at, half = datetime.combine(period, time()), timedelta(days=3.5 if by == "week" else 0.5)
    shape = {
        "type": "rect",
        "x0": str(at - half),
        "x1": str(at + half),
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "fillcolor": LIGHT.area,
        "line": {"width": 0},
        "layer": "below",
    }
    words = {
        "x": str(period),
        "y": 1,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "top",
        "text": "today, so far" if by == "day" else f"this {by}, so far",
        "showarrow": False,
        "font": {"size": 11},
    }
    return shape, words


def _stack(rows: pl.DataFrame, by: str, usual: Mapping[str, str] | None) -> list[Any]:
    """A trace of bars for each model, and one that says the sum on hover."""
    if "model" not in rows.columns:
        periods = _per_period(rows, by)
        return [_bars(periods, by, "Cost", LIGHT.series[0], _bar_width(periods, by))]
    models = ranked(rows, "model")
    keep = models if len(models) <= MAX_SERIES else models[: MAX_SERIES - 1]
    named = folded(rows, "model", keep, OTHER_MODELS)
    names = keep if keep == models else [*keep, OTHER_MODELS]
    colours = series_colours([str(model) for model in keep], usual=usual)
    width = _bar_width(rows, by)
    traces = [
        _bars(
            _per_period(named.filter(pl.col("model").eq_missing(model)), by),
            by,
            model,
            colours.get(str(model), LIGHT.rest),
            width,
        )
        for model in names
    ]
    return [*traces, _sums(_per_period(rows, by), by)] if len(traces) > 1 else traces


def _bar_width(rows: pl.DataFrame, by: str) -> float:
    return bar_width(by, len(all_months(rows[by])) if by == "month" else rows.height)


def _bars(rows: pl.DataFrame, by: str, name: str | None, colour: str, width: float) -> go.Bar:
    label = figure_label(name)
    has_price = rows["cost_usd"].count() > 0 or rows.is_empty()
    return go.Bar(
        x=_labels(rows[by]),
        y=dollars(rows["cost_usd"]),
        customdata=exact_costs(rows),
        name=label if has_price else f"{label} (no price)",
        marker={"color": colour},
        hovertemplate="%{customdata}",
        width=width,
    )


def _sums(rows: pl.DataFrame, by: str) -> go.Scatter:
    return go.Scatter(
        x=_labels(rows[by]),
        y=dollars(rows["cost_usd"]),
        customdata=exact_costs(rows),
        **SUM_STYLE,
    )


def _per_period(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """One row a period; its cost is NULL only where none of its rows has a price."""
    cost = pl.when(pl.col("cost_usd").count() > 0).then(pl.col("cost_usd").sum())
    names = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")
    marks = [name for name in names if name in rows.columns]
    return rows.group_by(by).agg(cost.alias("cost_usd"), pl.col(marks).sum()).sort(by)


def _labels(periods: pl.Series) -> Sequence[str]:
    return [str(period) for period in periods]
