"""The threads of a session as lanes: the main thread and its subagents."""

from __future__ import annotations

from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.figures import Frame, collected, figure
from pocketdev_analytics.charts.session_axis import clock, worked_axis
from pocketdev_analytics.charts.text import figure_label
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import count_of

__all__ = ["MOST_LANES", "session_lanes"]

#: The maximum number of lanes; the subagents with the fewest responses share the last one.
MOST_LANES: Final = 20

_POINTS: Final = 500  # of each kind over all lanes
_LEAST_BINS: Final = 40
_LANE_HEIGHT: Final = 30  # pixels

# Marks by kind: name, noun, position in the lane, colour, symbol.
_KINDS: Final = {
    "prompt": ("Prompts", "prompt", -0.26, LIGHT.series[2], "triangle-down"),
    "response": ("Responses", "response", 0.0, LIGHT.series[0], "circle"),
    "tool_call": ("Tool calls", "tool call", 0.26, LIGHT.series[4], "square"),
    "failed": ("Failed calls", "failed call", 0.26, LIGHT.series[1], "square"),
    "compaction": ("Compactions", "compaction", -0.26, LIGHT.series[3], "diamond"),
    "error": ("API errors", "API error", -0.26, LIGHT.series[5], "x"),
}


def session_lanes(frame: Frame) -> go.Figure:
    """Draw a lane per thread: its prompts, responses, tool calls, compactions and errors.

    Takes `reports.timeline`. Events of a kind at about the same time share a mark.
    """
    events = collected(frame, "session_lanes", "at", "active_minutes", "kind", "lane", "is_error")
    shown, names = _lanes(events)
    kind = (
        pl.when((pl.col("kind") == "tool_call") & pl.col("is_error"))
        .then(pl.lit("failed"))
        .otherwise(pl.col("kind").replace("retry", "error"))
    )
    marks = _marks(shown.with_columns(kind=kind), len(names))
    traces = [_mark_trace(marks.filter(pl.col("kind") == each), each) for each in _KINDS]
    layout = worked_axis(events)
    # Let Plotly choose the range: on a phone a page widens axes that have names on the left.
    del layout["xaxis"]["range"]
    return figure(
        "Main thread and subagents",
        _lines(shown),
        *(trace for trace in traces if len(trace.x)),
        height=100 + _LANE_HEIGHT * max(len(names), 3),
        hovermode="closest",
        yaxis={
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [len(names) - 0.5, -0.5],
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
        **layout,
    )


def _lanes(events: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Add the number of the lane to the events; return them with the names of the lanes."""
    is_response = (pl.col("kind") == "response").sum()
    found = events.group_by("lane").agg(at=pl.col("at").min(), size=is_response)
    largest = found.sort(pl.col("lane") == "main", "size", "lane", descending=[True, True, False])
    kept = largest if found.height <= MOST_LANES else largest.head(MOST_LANES - 1)
    order = kept.sort(pl.col("lane") != "main", "at", "lane")["lane"].to_list()
    numbers = pl.col("lane").replace_strict(
        order, list(range(len(order))), default=len(order), return_dtype=pl.Int64
    )
    names = [figure_label(lane, 12) for lane in order]
    if kept.height < found.height:
        names.append(f"{found.height - kept.height} more")
    return events.with_columns(number=numbers), names


def _marks(events: pl.DataFrame, lanes: int) -> pl.DataFrame:
    """Return one row per mark: the events of a kind in a lane at about the same time."""
    total = float(events["active_minutes"].max() or 0.0)  # type: ignore[arg-type]
    bins = max(_LEAST_BINS, _POINTS // max(lanes, 1))
    bin_ = (pl.col("active_minutes") * bins / (total or 1.0)).floor().alias("bin")
    return (
        events.group_by("number", "kind", bin_)
        .agg(
            x=pl.col("active_minutes").mean().round(3),
            first=pl.col("at").min(),
            last=pl.col("at").max(),
            size=pl.len(),
        )
        .sort("number", "bin", "kind")
    )


def _mark_trace(marks: pl.DataFrame, kind: str) -> go.Scatter:
    name, noun, shift, colour, symbol = _KINDS[kind]
    rows = list(marks.iter_rows(named=True))
    return go.Scatter(
        x=marks["x"].to_list(),
        y=[row["number"] + shift for row in rows],
        customdata=[_words(row, noun) for row in rows],
        mode="markers",
        name=name,
        marker={"color": colour, "symbol": symbol, "size": 6},
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )


def _words(row: dict[str, Any], noun: str) -> tuple[str, str]:
    first, last = clock(row["first"]), clock(row["last"])
    when = first if first == last else f"{first} \u2013 {last}"
    return count_of(row["size"], noun), when


def _lines(events: pl.DataFrame) -> go.Scatter:
    """Draw a line from the first event of each lane to its last."""
    minute = pl.col("active_minutes")
    spans = events.group_by("number").agg(first=minute.min(), last=minute.max()).sort("number")
    x: list[float | None] = []
    y: list[int | None] = []
    for number, first, last in spans.select("number", "first", "last").iter_rows():
        x += [round(first, 3), round(last, 3), None]
        y += [number, number, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": LIGHT.rest, "width": 1},
        marker={"color": LIGHT.rest},
        hoverinfo="skip",
        showlegend=False,
    )
