"""Which tools were used, and what went wrong."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import bar_width, count_axis, date_axis
from pocketdev_analytics.charts.cost_ranked import MOST_SHOWN, bar_layout
from pocketdev_analytics.charts.frames import Frame, collected, figure
from pocketdev_analytics.charts.text import compact, count, figure_label, percent
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import count_of

__all__ = ["LEAST_CALLS", "api_errors", "tool_errors", "tool_mix", "tool_name"]

#: A tool called less often has no error rate worth a bar.
LEAST_CALLS: Final = 5

_KINDS: Final = {"errors": "Ended the turn", "retries": "Retried"}


def tool_mix(frame: Frame) -> go.Figure:
    """Calls of each tool, the most used first. Takes `reports.tools` by tool."""
    everything = collected(frame, "tool_mix", "tool", "calls")
    rows = everything.sort(["calls", "tool"], descending=[True, False]).head(MOST_SHOWN)
    total = int(everything["calls"].sum())
    words = [f"{compact(calls)} \u00b7 {percent(calls, total)}" for calls in rows["calls"]]
    hover = [count_of(calls, "call") for calls in rows["calls"]]
    bars = _bars(rows["tool"], rows["calls"].to_list(), words, hover, LIGHT.series[0])
    return figure(
        "Calls by tool", bars, **bar_layout(_tool_labels(rows["tool"]), rows["calls"].to_list())
    )


def tool_errors(frame: Frame) -> go.Figure:
    """The share of each tool's calls that failed, the worst first.

    Takes `reports.tools` by tool; leaves out tools with fewer than `LEAST_CALLS` calls.
    """
    everything = collected(frame, "tool_errors", "tool", "calls", "errors", "error_rate")
    often = everything.filter((pl.col("calls") >= LEAST_CALLS) & (pl.col("error_rate") > 0))
    rows = often.sort(["error_rate", "tool"], descending=[True, False]).head(MOST_SHOWN)
    shares = [100 * rate for rate in rows["error_rate"]]
    words = [percent(share, 100) for share in shares]
    hover = [
        f"{count(errors)} of {count(calls)} calls failed"
        for errors, calls in rows.select("errors", "calls").iter_rows()
    ]
    bars = _bars(rows["tool"], shares, words, hover, LIGHT.series[1])
    return figure("Failed calls by tool, %", bars, **bar_layout(_tool_labels(rows["tool"]), shares))


def api_errors(frame: Frame) -> go.Figure:
    """API errors of each day: those that ended a turn, those that were retried, and limits.

    Takes `reports.errors` by day. Marks stand for how many of the day's were limits.
    """
    rows = collected(frame, "api_errors", "day", *_KINDS, "rate_limits")
    most = rows.select(pl.sum_horizontal(*_KINDS))["errors"].to_list()
    if not any(most):
        rows = rows.clear()
    days = [str(day) for day in rows["day"]]
    traces: list[Any] = [
        go.Bar(
            x=days,
            y=rows[column].to_list(),
            name=name,
            width=bar_width("day", rows.height),
            marker={"color": LIGHT.series[3 - 2 * index]},
            hovertemplate="%{y:,}",
        )
        for index, (column, name) in enumerate(_KINDS.items())
    ]
    limited = rows.filter(pl.col("rate_limits") > 0)
    if not limited.is_empty():
        traces.append(_limits(limited))
    return figure(
        "API errors and retries per day",
        *traces,
        barmode="stack",
        hovermode="x unified",
        xaxis=date_axis(rows["day"]),
        yaxis=count_axis(most, 5),
    )


def _limits(rows: pl.DataFrame) -> go.Scatter:
    return go.Scatter(
        x=[str(day) for day in rows["day"]],
        y=rows["rate_limits"].to_list(),
        mode="markers",
        name="Of these, limits",
        marker={"color": LIGHT.series[0], "symbol": "diamond", "size": 9},
        hovertemplate="%{y:,}",
    )


def _bars(
    tools: pl.Series, lengths: list[Any], words: list[str], hover: list[str], colour: str
) -> go.Bar:
    names = [figure_label(tool, 80) for tool in tools]
    return go.Bar(
        y=list(range(len(names))),
        x=lengths,
        customdata=list(zip(names, hover, strict=True)),
        orientation="h",
        marker={"color": colour},
        text=words,
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>",
    )


def _tool_labels(tools: pl.Series) -> list[str]:
    return [figure_label(tool_name(tool), 30) for tool in tools]


def tool_name(tool: str) -> str:
    """An MCP tool as 'server: tool'."""
    prefix, server, name = (*tool.split("__", 2), "", "")[:3]
    return f"{server}: {name}" if prefix == "mcp" and name else tool
