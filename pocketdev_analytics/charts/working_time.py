"""How long was worked: each day, and in each session beside what it cost."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import bar_width, count_ticks, date_axis
from pocketdev_analytics.charts.frames import (
    Frame,
    collected,
    dollars,
    exact_costs,
    figure,
    period_of,
)
from pocketdev_analytics.charts.text import (
    count,
    day_name,
    duration,
    figure_label,
    shortened,
    usd,
)
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import round_half_up

__all__ = [
    "LEAST_COST",
    "LOG_ROOM",
    "MOST_SESSIONS",
    "SHORTEST",
    "active_hours",
    "active_hours_summary",
    "session_lengths",
    "session_lengths_summary",
]

#: How many sessions are drawn, the dearest.
MOST_SESSIONS: Final = 1_000

#: Minutes: where a session of one moment is drawn.
SHORTEST: Final = 0.5
#: Powers of ten: the room at either end of a log axis.
LOG_ROOM: Final = 0.08
#: US dollars: where one that cost less is drawn.
LEAST_COST: Final = 0.001

_MINUTES: Final = 60
_LENGTHS: Final = {
    0.5: "< 1 min",
    5: "5 min",
    60: "1 h",
    480: "8 h",
    3840: "64 h",
    30720: "512 h",
}
_COSTS: Final = {10.0**power: f"${10.0**power:,.{max(-power, 0)}f}" for power in range(-3, 7)}
_GROUPS: Final = (("Main thread alone", False, 0), ("With subagents", True, 1))
_NOTHING: Final = "Nothing to show in this period."


def active_hours(frame: Frame) -> go.Figure:
    """Time worked each day (or week): pauses left out, sessions side by side counted once.

    Takes `reports.active_time` by day, or by week.
    """
    rows = collected(frame, "active_hours", "active_minutes")
    by = period_of(rows, "active_hours")
    minutes = [value or 0.0 for value in rows["active_minutes"]]
    if not any(minutes):
        rows, minutes = rows.clear(), []
    most = max(minutes, default=0.0)
    each, unit = (_MINUTES, "h") if most >= _MINUTES else (1, "min")
    bars = go.Bar(
        x=[str(day) for day in rows[by]],
        y=[float(round_half_up(value / each, 3)) for value in minutes],
        width=bar_width(by, rows.height),
        customdata=[duration(value) for value in minutes],
        marker={"color": LIGHT.series[0]},
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure(
        f"Active time per {by}",
        bars,
        hovermode="x unified",
        xaxis=date_axis(rows[by], by),
        yaxis={
            "fixedrange": True,
            "rangemode": "tozero",
            "nticks": 5,
            "ticksuffix": f" {unit}",
            **count_ticks(most / each),
            **({"range": [0, 1.05]} if most < 1 else {}),
        },
    )


def active_hours_summary(frame: Frame) -> str:
    """The middle one of the days worked on, and the longest."""
    rows = collected(frame, "active_hours", "active_minutes")
    by = period_of(rows, "active_hours")
    worked = rows.filter(pl.col("active_minutes") > 0)
    if worked.is_empty():
        return _NOTHING
    longest = worked.sort(["active_minutes", by], descending=[True, False]).row(0, named=True)
    day, minutes = day_name(longest[by]), duration(longest["active_minutes"])
    when = f"on {day}" if by == "day" else f"in the week of {day}"
    if worked.height == 1:
        return f"{minutes}, all {when}."
    middle: Any = worked["active_minutes"].median()
    return (
        f"{duration(middle)} in the median of {count(worked.height)} {by}s;"
        f" the most {when}, {minutes}."
    )


def session_lengths(frame: Frame) -> go.Figure:
    """Each session by how long it was worked in and what it cost, both on a log scale.

    Takes `reports.sessions`; leaves out sessions without a price. With more than
    `MOST_SESSIONS` the dearest are drawn.
    """
    dearest = _priced(frame).sort(["cost_usd", "session"], descending=[True, False])
    shown = dearest.head(MOST_SESSIONS)
    traces = [
        _points(shown.filter((pl.col("subagents") > 0) == has), name, LIGHT.series[colour])
        for name, has, colour in _GROUPS
    ]
    return figure(
        "Active time of each session against its cost, USD",
        *(trace for trace in traces if len(trace.x)),
        hovermode="closest",
        xaxis={**_log_axis(traces, "x", _LENGTHS), "showgrid": True},
        yaxis=_log_axis(traces, "y", _COSTS),
    )


def session_lengths_summary(frame: Frame) -> str:
    """The middle one of both, and the longest session."""
    everything = collected(frame, "session_lengths", "active_minutes", "cost_usd")
    rows = _priced(everything)
    if rows.is_empty():
        return _NOTHING
    costs = sorted(rows["cost_usd"].to_list())
    middle: Decimal = (costs[(len(costs) - 1) // 2] + costs[len(costs) // 2]) / 2
    length: Any = rows["active_minutes"].median()
    longest = rows.sort(["active_minutes", "session"], descending=[True, False]).row(0, named=True)
    left_out = everything.height - rows.height
    more = f" {count(left_out)} without a price left out." if left_out else ""
    dearest = "" if rows.height <= MOST_SESSIONS else f" The dearest {count(MOST_SESSIONS)} drawn."
    name = shortened(longest["title"] or longest["session"], 60)
    took = f"({name}) took {duration(longest['active_minutes'])} and {usd(longest['cost_usd'])}."
    if rows.height == 1:
        return f"The only session {took}{more}"
    return (
        f"{duration(length)} and {usd(middle)} in the median of {count(rows.height)} sessions;"
        f" the longest {took}{more}{dearest}"
    )


def _priced(frame: Frame) -> pl.DataFrame:
    needed = ("session", "title", "active_minutes", "cost_usd", "subagents")
    return collected(frame, "session_lengths", *needed).drop_nulls("cost_usd")


def _log_axis(traces: list[go.Scatter], name: str, ticks: dict[float, str]) -> dict[str, Any]:
    """An axis from the tick below all points to the one above, so that two are always seen."""
    values = [value for trace in traces for value in trace[name]]
    axis = {"type": "log", "tickvals": list(ticks), "ticktext": list(ticks.values())}
    if not values:
        return {**axis, "fixedrange": True}
    low = max(tick for tick in ticks if tick <= min(values))
    high = min((tick for tick in ticks if tick >= max(values) and tick > low), default=max(values))
    return {
        **axis,
        "fixedrange": True,
        "range": [math.log10(low) - LOG_ROOM, math.log10(high) + LOG_ROOM],
    }


def _points(rows: pl.DataFrame, name: str, colour: str) -> go.Scatter:
    costs = [cost or 0.0 for cost in dollars(rows["cost_usd"])]
    words = [
        (figure_label(title or session, 60), duration(minutes), exact)
        for title, session, minutes, exact in zip(
            rows["title"], rows["session"], rows["active_minutes"], exact_costs(rows), strict=True
        )
    ]
    return go.Scatter(
        x=[max(minutes, SHORTEST) for minutes in rows["active_minutes"]],
        y=[max(float(round_half_up(cost, 6)), LEAST_COST) for cost in costs],
        customdata=words,
        mode="markers",
        name=name,
        marker={"color": colour, "size": 7, "opacity": 0.75},
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br><b>%{customdata[2]}</b><extra></extra>",
    )
