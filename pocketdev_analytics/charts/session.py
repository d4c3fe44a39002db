"""Charts of one session: its context, the cost of each response, and parallel threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import DOLLAR_AXIS
from pocketdev_analytics.charts.figures import Frame, collected, dollars, figure, ranked
from pocketdev_analytics.charts.session_axis import clock, downsample, minutes_of, worked_axis
from pocketdev_analytics.charts.text import compact, count, exact_usd, figure_label
from pocketdev_analytics.charts.theme import LIGHT, MAX_SERIES

__all__ = ["session_context", "session_cost"]

_MOST_MARKS: Final = 200
_SYMBOLS: Final = ("circle", "diamond", "square", "x")
_REST: Final = "Other models"
_TOKENS: Final = {"rangemode": "tozero", "fixedrange": True, "nticks": 5, "tickformat": "~s"}
_MONEY: Final = {**DOLLAR_AXIS, "nticks": 4}
_HOVER: Final = "%{customdata[0]}<br>%{customdata[1]}<extra></extra>"
_HOVER_COST: Final = "%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>"


def session_context(frame: Frame) -> go.Figure:
    """The context of each response, with prompts, compactions and API errors as marks.

    Takes `reports.timeline`. Pauses are cut out of the axis, dotted lines stand for them.
    """
    events = collected(frame, "session_context", "at", "active_minutes", "kind", "context_tokens")
    responses = events.filter(pl.col("kind") == "response")
    is_main = pl.col("lane") == "main"
    traces = [
        _context("Main thread", responses.filter(is_main), LIGHT.series[0], width=2),
        _context("Subagents", responses.filter(~is_main), LIGHT.series[4], width=1),
        _marks("Prompts", events.filter((pl.col("kind") == "prompt") & is_main), 2, "triangle-up"),
        _compactions(events.filter(pl.col("kind") == "compaction")),
        _marks("API errors", events.filter(pl.col("kind").is_in(["error", "retry"])), 5, "x"),
    ]
    return figure(
        "Context of each response, tokens",
        *(trace for trace in traces if len(trace.x)),
        hovermode="closest",
        yaxis=_TOKENS,
        **worked_axis(events),
    )


def session_cost(frame: Frame, *, models: Sequence[str | None] = ()) -> go.Figure:
    """Draw the cumulative cost above the cost of each response.

    Takes `reports.timeline`. `models` is the order that colours follow; default is by this cost.
    """
    events = collected(frame, "session_cost", "at", "active_minutes", "kind", "cost_usd", "name")
    priced = events.filter((pl.col("kind") == "response") & pl.col("cost_usd").is_not_null())
    spent = _spent(priced)
    layout = worked_axis(events)
    layout["xaxis"]["anchor"] = "y2"
    return figure(
        "Cost summed up, above the cost of each response, USD",
        spent,
        *_by_model(priced, models),
        height=380,
        hovermode="closest",
        # Room above the last step, which would be drawn half.
        yaxis={**_MONEY, "domain": [0.55, 1], "range": [0, max(spent.y, default=0) * 1.06 or 1]},
        yaxis2={**_MONEY, "domain": [0, 0.45], "anchor": "x"},
        **layout,
    )


def _context(name: str, responses: pl.DataFrame, colour: str, width: int) -> go.Scatter:
    """A line a lane; between lanes there is none."""
    rows = downsample(responses.sort("lane", "at", maintain_order=True), "context_tokens")
    x: list[float | None] = []
    y: list[int | None] = []
    words: list[tuple[str, str] | None] = []
    for lane in rows.partition_by("lane", maintain_order=True):
        x += [*minutes_of(lane), None]
        y += [*lane["context_tokens"], None]
        words += [*map(_context_words, lane.iter_rows(named=True)), None]
    return go.Scatter(
        x=x[:-1],
        y=y[:-1],
        customdata=words[:-1],
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": width},
        marker={"color": colour, "size": 5 if rows.height == 1 else 4},
        hovertemplate=_HOVER,
    )


def _context_words(row: dict[str, Any]) -> tuple[str, str]:
    lane = "" if row["lane"] == "main" else f" \u00b7 {figure_label(row['lane'], 24)}"
    tokens = count(row["context_tokens"] or 0)
    return f"{clock(row['at'])} \u00b7 {figure_label(row['name'], 30)}", f"{tokens} tokens{lane}"


def _marks(name: str, rows: pl.DataFrame, colour: int, symbol: str) -> go.Scatter:
    kept = downsample(rows, "active_minutes", _MOST_MARKS)
    words = [
        (clock(at), f"{kind}{f' ({figure_label(what, 40)})' if what else ''}")
        for at, kind, what in kept.select("at", "kind", "name").iter_rows()
    ]
    return go.Scatter(
        x=minutes_of(kept),
        y=[0] * kept.height,
        customdata=words,
        mode="markers",
        name=name,
        cliponaxis=False,
        marker={"color": LIGHT.series[colour], "symbol": symbol, "size": 8},
        hovertemplate=_HOVER,
    )


def _compactions(everything: pl.DataFrame) -> go.Scatter:
    rows = downsample(everything, "context_tokens", _MOST_MARKS)
    words = [
        (
            f"{clock(at)} \u00b7 compaction{f' ({figure_label(trigger)})' if trigger else ''}",
            f"of {compact(tokens or 0)} tokens",
        )
        for at, trigger, tokens in rows.select("at", "name", "context_tokens").iter_rows()
    ]
    return go.Scatter(
        x=minutes_of(rows),
        y=[tokens or 0 for tokens in rows["context_tokens"]],
        customdata=words,
        mode="markers",
        name="Compactions",
        marker={"color": LIGHT.series[3], "symbol": "diamond", "size": 10},
        hovertemplate=_HOVER,
    )


def _spent(priced: pl.DataFrame) -> go.Scatter:
    rows = downsample(priced, "cumulative_cost_usd")
    words = [
        (f"{clock(at)}, so far", exact_usd(cost))
        for at, cost in rows.select("at", "cumulative_cost_usd").iter_rows()
    ]
    return go.Scatter(
        x=minutes_of(rows),
        y=dollars(rows["cumulative_cost_usd"]),
        customdata=words,
        mode="lines" if rows.height > 1 else "markers",
        name="Spent so far",
        showlegend=False,
        line={"width": 2, "shape": "hv", "color": LIGHT.series[0]},
        marker={"color": LIGHT.series[0]},
        fill="tozeroy",
        fillcolor=LIGHT.area,
        hovertemplate=_HOVER_COST,
    )


def _by_model(priced: pl.DataFrame, order: Sequence[str | None]) -> list[go.Scatter]:
    """The responses of each model, the most expensive model first."""
    models = ranked(priced, "name")
    own = models if len(models) <= MAX_SERIES else models[: MAX_SERIES - 1]
    rows = downsample(priced, "cost_usd", 2 * _MOST_MARKS)
    parts = [(figure_label(name), rows.filter(pl.col("name").eq_missing(name))) for name in own]
    rest = rows.filter(~pl.col("name").is_in(own, nulls_equal=True))
    if own != models:
        parts.append((_REST, rest))
    places = {model: place for place, model in enumerate(order or models)}
    looks = [_look(places.get(model, len(places))) for model in own]
    return [
        _needles(name, part, *look)
        for (name, part), look in zip(parts, [*looks, (LIGHT.rest, _SYMBOLS[0])], strict=False)
        if part.height
    ]


def _look(rank: int) -> tuple[str, str]:
    """The colour and the symbol of a model's rank, as `shapes.look_of` has colour and pattern."""
    symbol = _SYMBOLS[rank // MAX_SERIES % len(_SYMBOLS)]
    return LIGHT.series[rank % MAX_SERIES], symbol


def _needles(name: str, rows: pl.DataFrame, colour: str, symbol: str) -> go.Scatter:
    words = [
        (f"{clock(at)} \u00b7 {figure_label(model, 30)}", exact_usd(cost))
        for at, model, cost in rows.select("at", "name", "cost_usd").iter_rows()
    ]
    costs = dollars(rows["cost_usd"])
    return go.Scatter(
        x=minutes_of(rows),
        y=costs,
        customdata=words,
        yaxis="y2",
        mode="markers",
        name=name,
        marker={"color": colour, "symbol": symbol, "size": 5},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [0] * len(costs),
            "arrayminus": costs,
            "width": 0,
            "thickness": 1,
            "color": colour,
        },
        hovertemplate=_HOVER_COST,
    )
