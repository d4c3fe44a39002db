"""A chart of the cost of other choices next to the actual cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import DOLLAR_AXIS
from pocketdev_analytics.charts.cost import NOTHING
from pocketdev_analytics.charts.figures import Frame, collected, dollars, figure
from pocketdev_analytics.charts.text import change, exact_usd, figure_label, usd
from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["what_if", "what_if_summary"]


def what_if(frame: Frame) -> go.Figure:
    """Draw the cost of the same usage in other scenarios, with a mark at the actual cost.

    Takes `reports.what_if`, or `reports.savings`. Scenarios of other periods are compared
    with their own cost.
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
        name="Actual cost",
        marker={
            "symbol": "line-ns",
            "size": 22,
            "line": {"width": 3, "color": LIGHT.series[1]},
        },
        hovertemplate="actual cost %{customdata}<extra></extra>",
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


def what_if_summary(frame: Frame) -> str:
    """The cheapest and the most expensive scenario next to the actual cost."""
    rows = collected(frame, "what_if", "scenario", "cost_usd", "scenario_cost_usd")
    priced = rows.drop_nulls(["cost_usd", "scenario_cost_usd"])
    priced = priced.sort("scenario_cost_usd", "scenario")
    if priced.is_empty():
        return NOTHING
    ends = priced.rows(named=True)[0], priced.rows(named=True)[-1]
    words = [
        f"{usd(row['scenario_cost_usd'])} {row['scenario']}, instead of {usd(row['cost_usd'])}"
        for row in (ends if priced.height > 1 else ends[:1])
    ]
    return f"From {' to '.join(words)}." if len(words) > 1 else f"{words[0]}."


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


def _changes(rows: pl.DataFrame) -> list[str]:
    return [_words(row) for row in rows.iter_rows(named=True)]


def _words(row: dict[str, Any]) -> str:
    cost, actual = row["scenario_cost_usd"], row["cost_usd"]
    if cost is None or actual is None:
        return usd(cost)
    difference = change(cost, actual)
    return f"{usd(cost)} \u00b7 {difference}" if difference else usd(cost)
