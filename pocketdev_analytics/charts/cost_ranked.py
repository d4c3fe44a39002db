"""What the money went to: models, token classes, projects, sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.frames import (
    Frame,
    collected,
    dollars,
    exact_costs,
    figure,
    ranked,
    total_cost,
)
from pocketdev_analytics.charts.text import (
    compact,
    count,
    exact_usd,
    figure_label,
    percent,
    project_names,
    usd,
)
from pocketdev_analytics.charts.theme import LIGHT, series_colours

__all__ = [
    "LEAST_WRITTEN",
    "MOST_SHOWN",
    "TOKEN_CLASS_NAMES",
    "bar_layout",
    "cost_by_agent",
    "cost_by_branch",
    "cost_by_model",
    "cost_by_project",
    "cost_by_token_class",
    "names_of",
    "session_costs",
]

#: How many bars a ranking shows; its table has the others.
MOST_SHOWN: Final = 12

#: From which share on, in percent, it is written into its part of a bar.
LEAST_WRITTEN: Final = 6

#: The classes of `reports.token_classes` as people call them, in the order of a bill.
TOKEN_CLASS_NAMES: Final = {
    "input_tokens": "Input",
    "cache_write_5m_tokens": "Cache write, 5 min",
    "cache_write_1h_tokens": "Cache write, 1 h",
    "cache_read_tokens": "Cache read",
    "output_tokens": "Output",
    "web_search": "Web search",
}


def cost_by_model(frame: Frame, *, colours: Mapping[str, str] | None = None) -> go.Figure:
    """Cost of each model, the dearest first. Takes `reports.cost` by model.

    A model without a price has no bar but its tokens in words. `colours` are those that models
    usually have.
    """
    rows = _first(collected(frame, "cost_by_model", "model", "cost_usd"), "model")
    own = series_colours([str(model) for model in rows["model"]], usual=colours)
    bars = _bars(
        rows,
        colour=[own[str(model)] for model in rows["model"]],
        names=[figure_label(model, 60) for model in rows["model"]],
        text=[_amount(row, total_cost(rows)) for row in rows.iter_rows(named=True)],
    )
    labels = [figure_label(model, 32) for model in rows["model"]]
    return figure("Cost by model, USD", bars, **bar_layout(labels, dollars(rows["cost_usd"])))


def cost_by_project(frame: Frame) -> go.Figure:
    """Cost of the dearest projects, with the share they make up together.

    Takes `reports.cost` by project; paths are shown by their last folder, or by the names of
    the column `project_name`.
    """
    everything = collected(frame, "cost_by_project", "project", "cost_usd")
    rows = _first(everything, "project")
    names = names_of(rows)
    bars = _bars(
        rows,
        colour=LIGHT.series[0],
        names=[figure_label(project, 80) for project in rows["project"]],
        text=[usd(cost) for cost in rows["cost_usd"]],
    )
    labels = [figure_label(names[project], 28) for project in rows["project"]]
    return _with_pareto("Cost by project, USD", bars, rows, labels, total_cost(everything))


def _with_pareto(
    title: str, bars: go.Bar, rows: pl.DataFrame, labels: Sequence[str], total: Decimal | None
) -> go.Figure:
    layout = bar_layout(labels, dollars(rows["cost_usd"]))
    layout["xaxis2"] = {
        "domain": [0.74, 1],
        "anchor": "y",
        "side": "top",
        "range": [0, 105],
        "tickvals": [0, 50, 100],
        "ticktext": ["0", "50", "100%"],
        "showgrid": True,
        "fixedrange": True,
        "title": {"text": "Added up"},
    }
    layout["xaxis"]["domain"] = [0, 0.7]
    layout["height"] += 30
    return figure(title, bars, _pareto(rows, total), **layout)


def cost_by_branch(frame: Frame) -> go.Figure:
    """Cost of the dearest git branches. Takes `reports.cost` by branch."""
    everything = collected(frame, "cost_by_branch", "branch", "cost_usd")
    rows = _first(everything, "branch")
    bars = _bars(
        rows,
        colour=LIGHT.series[0],
        names=[figure_label(branch, 80) for branch in rows["branch"]],
        text=[_amount(row, total_cost(everything)) for row in rows.iter_rows(named=True)],
    )
    labels = [figure_label(branch, 32) for branch in rows["branch"]]
    return figure("Cost by branch, USD", bars, **bar_layout(labels, dollars(rows["cost_usd"])))


def cost_by_agent(frame: Frame) -> go.Figure:
    """Cost of the main thread, of each kind of subagent, and of advisors.

    Takes `reports.agents`, with the names of the column `name` where it has one.
    """
    everything = collected(frame, "cost_by_agent", "agent", "agent_type", "cost_usd")
    if "name" not in everything.columns:
        name = pl.concat_str("agent", "agent_type", separator=": ", ignore_nulls=True)
        everything = everything.with_columns(name.alias("name"))
    rows = _first(everything.with_row_index("place"), "place")
    kinds = {"main": LIGHT.series[0], "subagent": LIGHT.series[1], "advisor": LIGHT.series[2]}
    bars = _bars(
        rows,
        colour=[kinds[agent] for agent in rows["agent"]],
        names=[figure_label(name, 80) for name in rows["name"]],
        text=[_amount(row, total_cost(everything)) for row in rows.iter_rows(named=True)],
    )
    labels = [figure_label(name, 32) for name in rows["name"]]
    layout = bar_layout(labels, dollars(rows["cost_usd"]))
    return figure("Cost of the main thread and of subagents, USD", bars, **layout)


def session_costs(frame: Frame) -> go.Figure:
    """The dearest sessions, with the share they make up together. Takes `reports.sessions`."""
    everything = collected(frame, "session_costs", "session", "title", "cost_usd")
    rows = _first(everything, "session")
    bars = _bars(
        rows,
        colour=LIGHT.series[0],
        names=[_session_words(row) for row in rows.iter_rows(named=True)],
        text=[usd(cost) for cost in rows["cost_usd"]],
    )
    labels = [
        figure_label(row["title"] or row["session"][:8], 28) for row in rows.iter_rows(named=True)
    ]
    return _with_pareto("Most expensive sessions, USD", bars, rows, labels, total_cost(everything))


def cost_by_token_class(frame: Frame) -> go.Figure:
    """The share of each token class in the tokens and in the cost, as two bars.

    Takes `reports.token_classes`.
    """
    rows = collected(frame, "cost_by_token_class", "token_class", "tokens", "cost_usd")
    tokens, cost = int(rows["tokens"].sum()), total_cost(rows) or Decimal(0)
    colours = series_colours(TOKEN_CLASS_NAMES)
    traces = [
        _shares(row, tokens, cost, colours.get(row["token_class"], LIGHT.rest))
        for row in rows.iter_rows(named=True)
    ]
    return figure(
        "Share of each token class in tokens and in cost, %",
        *traces,
        barmode="stack",
        bargap=0.35,
        height=210,
        # On a phone a share may have no room after all.
        uniformtext={"minsize": 10, "mode": "hide"},
        xaxis={"ticksuffix": "%", "range": [0, 100], "fixedrange": True},
        yaxis={"fixedrange": True, "tickfont": {"size": 13}},
    )


def _shares(row: dict[str, Any], tokens: int, cost: Decimal, colour: str) -> go.Bar:
    own_cost = row["cost_usd"] or Decimal(0)
    token_share = 100 * row["tokens"] / tokens if tokens else 0.0
    cost_share = float(100 * own_cost / cost) if cost else 0.0
    amounts = [exact_usd(row["cost_usd"]), f"{count(row['tokens'])} tokens"]
    return go.Bar(
        y=["Cost", "Tokens"],
        x=[cost_share, token_share],
        customdata=amounts,
        text=[_inside(cost_share), _inside(token_share)],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        orientation="h",
        name=TOKEN_CLASS_NAMES.get(row["token_class"], figure_label(row["token_class"])),
        marker={"color": colour, "line": {"width": 1, "color": LIGHT.surface}},
        hovertemplate="%{fullData.name}: %{customdata} (%{x:.1f}%)<extra></extra>",
    )


def _inside(share: float) -> str:
    """A share where its part of the bar has room for it."""
    return percent(share, 100) if share >= LEAST_WRITTEN else ""


def _first(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """The dearest rows, those without a price last."""
    order = {name: place for place, name in enumerate(ranked(rows, by)[:MOST_SHOWN])}
    kept = [row for row in rows.iter_rows(named=True) if row[by] in order]
    kept.sort(key=lambda row: order[row[by]])
    return pl.DataFrame(kept, schema=rows.schema)


def _bars(
    rows: pl.DataFrame, *, colour: str | Sequence[str], names: list[str], text: list[str]
) -> go.Bar:
    return go.Bar(
        y=list(range(rows.height)),
        x=[cost or 0.0 for cost in dollars(rows["cost_usd"])],
        customdata=list(zip(names, exact_costs(rows), strict=True)),
        orientation="h",
        marker={"color": colour},
        text=text,
        textposition="outside",
        cliponaxis=False,
        name="Cost",
        hovertemplate="%{customdata[0]}<br><b>%{customdata[1]}</b><extra></extra>",
    )


def _pareto(rows: pl.DataFrame, total: Decimal | None) -> go.Scatter:
    sums = accumulate(cost or Decimal(0) for cost in rows["cost_usd"])
    shares = [float(100 * part / total) if total else 0.0 for part in sums]
    return go.Scatter(
        y=list(range(rows.height)),
        x=shares,
        xaxis="x2",
        mode="lines+markers",
        name="Share added up",
        line={"color": LIGHT.series[1], "width": 2},
        marker={"size": 6, "color": LIGHT.series[1]},
        hovertemplate="these %{customdata}: %{x:.1f}% of all cost<extra></extra>",
        customdata=list(range(1, rows.height + 1)),
    )


def _amount(row: dict[str, Any], total: Decimal | None) -> str:
    if row["cost_usd"] is None:
        unpriced = row.get("unpriced_tokens")
        return f"no price \u00b7 {compact(unpriced)} tokens" if unpriced else "no price"
    return f"{usd(row['cost_usd'])} \u00b7 {percent(row['cost_usd'], total or 0)}"


def _session_words(row: dict[str, Any]) -> str:
    title = figure_label(row["title"] or row["session"], 80)
    project = row.get("project_name") or project_names([row.get("project")])[row.get("project")]
    return f"{title}<br>{figure_label(project)}"


def names_of(rows: pl.DataFrame) -> dict[str | None, str]:
    """What each project of the rows is called: as they say, else by its last folder."""
    if "project_name" in rows.columns:
        return dict(zip(rows["project"], rows["project_name"], strict=True))
    return project_names(rows["project"])


def bar_layout(labels: Sequence[str], lengths: Sequence[float | None]) -> dict[str, Any]:
    """The layout of a ranking: its labels, its height, no zoom."""
    # Bars stand at numbers, not at names: two long names may be shortened to the same.
    longest = max((length or 0.0 for length in lengths), default=0.0)
    return {
        "height": 70 + 30 * max(len(labels), 2),
        "showlegend": False,
        "bargap": 0.35,
        "xaxis": {
            "showticklabels": False,
            "showgrid": False,
            "fixedrange": True,
            # The words stand right of the bars.
            "range": [0, (longest or 1.0) * 1.5],
        },
        "yaxis": {
            "tickvals": list(range(len(labels))),
            "ticktext": list(labels),
            "range": [len(labels) - 0.5, -0.5],
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
    }
