"""A chart of the certainty of costs."""

from __future__ import annotations

from typing import Final

import plotly.graph_objects as go

from pocketdev_analytics.charts.axes import all_months, bar_width, count_axis, month_axis
from pocketdev_analytics.charts.figures import Frame, collected, figure
from pocketdev_analytics.charts.text import count, percent
from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["certainty", "certainty_summary"]

_PARTS: Final = {
    "exact_responses": ("Exact", LIGHT.series[2]),
    "lower_bound_responses": ("At least", LIGHT.series[1]),
    "unpriced_responses": ("No price", LIGHT.series[3]),
}


def certainty(frame: Frame) -> go.Figure:
    """Responses of each month by how certain their cost is. Takes `reports.certainty`."""
    rows = collected(frame, "certainty", "month", *_PARTS)
    months = [str(month) for month in rows["month"]]
    bars = [
        go.Bar(
            x=months,
            y=rows[column].to_list(),
            name=name,
            width=bar_width("month", len(all_months(months))),
            marker={"color": colour},
            hovertemplate="%{y:,}",
        )
        for column, (name, colour) in _PARTS.items()
    ]
    return figure(
        "Responses per month, by certainty of their cost",
        *bars,
        barmode="stack",
        hovermode="x unified",
        xaxis=month_axis(months),
        yaxis=count_axis(rows["responses"], 5),
    )


def certainty_summary(frame: Frame) -> str:
    """The share of responses with an exact cost."""
    rows = collected(frame, "certainty", "month", "responses", *_PARTS)
    total, exact = (int(rows[name].sum() or 0) for name in ("responses", "exact_responses"))
    if not total:
        return "No responses in this period."
    return f"{percent(exact, total)} of {count(total)} responses have an exact cost."
