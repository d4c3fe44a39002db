"""What other choices would have cost, beside what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import DOLLAR_AXIS, all_months, bar_width, month_axis
from pocketdev_analytics.charts.frames import Frame, collected, dollars, figure
from pocketdev_analytics.charts.text import change, exact_usd, figure_label, usd
from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["caching_savings", "what_if"]


def what_if(frame: Frame) -> go.Figure:
    """What the same usage would have cost otherwise, with a line at what it did cost.

    Takes `reports.what_if`, or `reports.savings`. Scenarios of other periods are drawn
    against their own cost.
    """
    rows = collected(frame, "what_if", "scenario", "cost_usd", "scenario_cost_usd")
    names = [figure_label(name, 40) for name in rows["scenario"]]
    bars = _bars("Otherwise", names, rows["scenario_cost_usd"], LIGHT.series[0], _changes(rows))
    lengths = dollars([*rows["cost_usd"], *rows["scenario_cost_usd"]])
    longest = max((length or 0.0 for length in lengths), default=0.0)
    actual = go.Scatter(
        x=dollars(rows["cost_usd"]),
        y=names,
        customdata=[exact_usd(cost) for cost in rows["cost_usd"]],
        mode="markers",
        name="What it did cost",
        marker={
            "symbol": "line-ns",
            "size": 22,
            "line": {"width": 3, "color": LIGHT.series[1]},
        },
        hovertemplate="did cost %{customdata}<extra></extra>",
    )
    return figure(
        "What the same usage would have cost, USD",
        bars,
        actual,
        height=110 + 34 * max(rows.height, 2),
        bargap=0.4,
        # The words stand right of the bars.
        xaxis={**DOLLAR_AXIS, "range": [0, (longest or 1.0) * 1.25]},
        yaxis={"autorange": "reversed", "fixedrange": True, "tickfont": {"size": 13}},
    )


def caching_savings(frame: Frame) -> go.Figure:
    """What was paid each month, and what caching saved on top. Takes `reports.caching_savings`."""
    rows = collected(frame, "caching_savings", "month", "cost_usd", "saved_usd")
    months = [str(month) for month in rows["month"]]
    saved = pl.when(pl.col("saved_usd") > 0).then("saved_usd").otherwise(pl.lit(Decimal(0)))
    kept = rows.select(saved.alias("saved_usd"))["saved_usd"]
    paid = _columns("Paid", months, rows["cost_usd"], LIGHT.series[0])
    spared = _columns("Saved by caching", months, kept, LIGHT.series[2])
    return figure(
        "Cost per month, and what caching saved, USD",
        paid,
        spared,
        barmode="stack",
        hovermode="x unified",
        xaxis=month_axis(months),
        yaxis=DOLLAR_AXIS,
    )


def _bars(
    name: str, labels: Sequence[str], costs: pl.Series, colour: str, text: Sequence[str]
) -> go.Bar:
    return go.Bar(
        x=dollars(costs),
        y=list(labels),
        customdata=[exact_usd(cost) for cost in costs],
        text=list(text),
        textposition="outside",
        cliponaxis=False,
        orientation="h",
        name=name,
        marker={"color": colour},
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )


def _columns(name: str, labels: Sequence[str], costs: pl.Series, colour: str) -> go.Bar:
    return go.Bar(
        x=list(labels),
        y=dollars(costs),
        customdata=[exact_usd(cost) for cost in costs],
        name=name,
        width=bar_width("month", len(all_months(labels))),
        marker={"color": colour},
        hovertemplate="%{customdata}",
    )


def _changes(rows: pl.DataFrame) -> list[str]:
    return [_words(row) for row in rows.iter_rows(named=True)]


def _words(row: dict[str, Any]) -> str:
    cost, actual = row["scenario_cost_usd"], row["cost_usd"]
    if cost is None or actual is None:
        return usd(cost)
    difference = change(cost, actual)
    return f"{usd(cost)} \u00b7 {difference}" if difference else usd(cost)
