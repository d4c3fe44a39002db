"""Five-hour windows, as the limits of subscriptions count them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import plotly.graph_objects as go

from pocketdev_analytics.charts.axes import DOLLAR_AXIS, bar_width, day_label
from pocketdev_analytics.charts.frames import Frame, collected, dollars, exact_costs, figure
from pocketdev_analytics.charts.text import compact, count, usd
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import format_moment

__all__ = ["MOST_WINDOWS", "block_costs", "block_costs_summary"]

#: How many windows are drawn: the latest.
MOST_WINDOWS: Final = 60

_MOST_LABELS: Final = 6
_NEEDED: Final = ("started_at", "total_tokens", "cost_usd", "is_running")


def block_costs(frame: Frame) -> go.Figure:
    """Cost of each of the latest five-hour windows, the running one marked.

    Takes `reports.blocks`.
    """
    rows = collected(frame, "block_costs", *_NEEDED).tail(MOST_WINDOWS)
    begins = [format_moment(at) for at in rows["started_at"]]
    words = zip(exact_costs(rows), rows["total_tokens"], strict=True)
    bars = go.Bar(
        x=begins,
        y=dollars(rows["cost_usd"]),
        customdata=[f"{cost}<br>{compact(tokens)} tokens" for cost, tokens in words],
        name="Cost",
        width=bar_width("window", len(begins)),
        marker={"color": [LIGHT.series[1 if running else 0] for running in rows["is_running"]]},
        hovertemplate="from %{x}<br>%{customdata}<extra></extra>",
    )
    labelled = begins[:: -(-len(begins) // _MOST_LABELS) or 1]
    axis = {
        "type": "category",
        "tickvals": labelled,
        "ticktext": [day_label(date.fromisoformat(label[:10])) for label in labelled],
        "fixedrange": True,
    }
    return figure(
        "Cost of each five-hour window, USD",
        bars,
        showlegend=False,
        xaxis=axis,
        yaxis=DOLLAR_AXIS,
    )


def block_costs_summary(frame: Frame) -> str:
    """How many windows there are, the usual one and the dearest."""
    rows = collected(frame, "block_costs", *_NEEDED)
    priced = rows.drop_nulls("cost_usd")
    if priced.is_empty():
        return "Nothing to show in this period."
    dearest = priced.sort(["cost_usd", "started_at"], descending=[True, False]).row(0, named=True)
    began = format_moment(dearest["started_at"])
    cost = f"{usd(dearest['cost_usd'])}, {compact(dearest['total_tokens'])} tokens"
    if rows.height == 1:
        is_running = " and is running" if rows["is_running"][0] else ""
        return f"One window: it began {began}{is_running}, and cost {cost}."
    mean = sum(priced["cost_usd"], Decimal(0)) / priced.height
    shown = f", the latest {MOST_WINDOWS} shown" if rows.height > MOST_WINDOWS else ""
    running = " The last one is running." if rows["is_running"].any() else ""
    return (
        f"{count(rows.height)} windows{shown}, {usd(mean)} each on average; the dearest began"
        f" {began} and cost {cost}.{running}"
    )
