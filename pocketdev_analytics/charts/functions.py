"""The declared charts as functions of a report's frame, for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts import domains
from pocketdev_analytics.charts.activity import ACTIVITY_PANELS
from pocketdev_analytics.charts.cost import COST_PANELS, TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.domains import NO_NAME, Domain, Entry
from pocketdev_analytics.charts.draw import Drawn, draw
from pocketdev_analytics.charts.figures import Frame, collected, figure, period_of
from pocketdev_analytics.charts.rows import BOUNDS, Row
from pocketdev_analytics.charts.shapes_ranked import WEEKDAYS
from pocketdev_analytics.charts.text import shortened

__all__ = [
    "active_hours",
    "api_errors",
    "block_costs",
    "caching_savings",
    "calendar_heatmap",
    "cost_by_agent",
    "cost_by_branch",
    "cost_by_model",
    "cost_by_project",
    "cost_by_token_class",
    "cumulative_cost",
    "daily_activity",
    "daily_cost",
    "daily_lines_changed",
    "drawn_of",
    "hour_by_weekday",
    "monthly_cost",
    "session_costs",
    "session_lengths",
    "summary_function",
    "tool_errors",
    "tool_mix",
]

_PANELS: Final = {**COST_PANELS, **ACTIVITY_PANELS}
_BUILDERS: Final[dict[str, Callable[[pl.Series], Domain]]] = {
    "day": domains.days,
    "week": domains.weeks,
    "month": domains.months,
    "project": domains.projects,
    "branch": lambda values: domains.named("branch", values),
    "tool": domains.tools,
}
# The column of a report for each dimension that is called otherwise there.
_COLUMNS: Final = {"hour": "hour_of_day", "window": "started_at", "runner": "agent"}


def _chart_function(name: str) -> Callable[..., go.Figure]:
    panel = _PANELS[name]

    def chart(
        frame: Frame, *, today: date | None = None, models: Sequence[str | None] = ()
    ) -> go.Figure:
        made = drawn_of(name, frame, today=today, models=models)
        content = made.figure or {"data": [], "layout": {}}
        return figure(made.title, *map(_trace, content["data"]), **content["layout"])

    chart.__name__ = name
    chart.__doc__ = (
        f"Draw a report's frame that has the columns {', '.join(_needed(panel))}.\n\n"
        "    `models` is the order of models that colours follow; default is by this frame's cost."
    )
    return chart


def summary_function(name: str) -> Callable[[Frame], str]:
    """The function that says in a sentence what a declared chart shows of a frame."""

    def summary(frame: Frame) -> str:
        return drawn_of(name, frame).summary

    summary.__name__ = name
    summary.__doc__ = f"What `charts.{name}` shows, in a sentence."
    return summary


def _trace(trace: Mapping[str, Any]) -> Any:
    kinds = {"bar": go.Bar, "scatter": go.Scatter, "heatmap": go.Heatmap}
    return kinds[trace["type"]](**trace)


def drawn_of(
    name: str,
    frame: Frame,
    *,
    today: date | None = None,
    models: Sequence[str | None] = (),
) -> Drawn:
    """Draw a declared chart of a report's frame.

    Raises:
        ReportError: the frame lacks a column that the chart needs.
    """
    panel = _PANELS[name]
    rows = collected(frame, name, *_plain_columns(panel))
    grain = period_of(rows, name) if _has_period(panel) else "day"
    collected(rows, name, *(each for each in _needed(panel) if each != "period"))
    page = {
        "grain": grain,
        "Grain": grain.capitalize(),
        "has_model": "model" in rows.columns,
        "today": today,
        "is_filtered.model": False,
        "command": "pocketdev-analytics",
        "idle_minutes": 15,
    }
    queried = "classes" if "token_class" in rows.columns else "rows"
    # A chart alone: a report's frame need not have what the table next to it on a page shows.
    alone = {**panel, "table": None, "remark": ""}
    return draw(alone, {queried: _rows(rows, panel, grain, models)}, page)


def _has_period(panel: Mapping[str, Any]) -> bool:
    return "period" in panel["query"]["by"]


def _plain_columns(panel: Mapping[str, Any]) -> list[str]:
    return [] if _has_period(panel) else _needed(panel)[:1]


def _needed(panel: Mapping[str, Any]) -> list[str]:
    """The columns that a chart needs: its dimensions, and what it draws."""
    chart = panel["chart"]
    if chart["shape"] == "shares":
        return ["token_class", "tokens", "cost_usd"]
    by = [_COLUMNS.get(name, name) for name in panel["query"]["by"] if name != chart.get("series")]
    if chart["shape"] == "scatter":
        return [*by, chart["x"], chart["y"]]
    values = [chart["value"]] if "value" in chart else [each["value"] for each in chart["traces"]]
    return [*by, *values]


def _rows(
    frame: pl.DataFrame, panel: Mapping[str, Any], grain: str, models: Sequence[str | None]
) -> list[Row]:
    entries = _entries(frame, grain, models)
    columns = [name for name in frame.columns if name not in entries]
    made: list[Row] = []
    for place, row in enumerate(frame.iter_rows(named=True)):
        known = {name: found[place] for name, found in entries.items()}
        numbers = {name: _number(row[name], frame.schema[name]) for name in columns}
        made.append({**dict.fromkeys(BOUNDS, 0), **_derive(row), **numbers, **known})
    if "token_class" in frame.columns:
        return [row for row in map(_of_class, made) if row["tokens"] or row["cost_usd"]]
    query = panel["query"]
    missing: Row = dict.fromkeys((*query["measures"], *query.get("attach", ())))
    return [{**missing, "project": "(no project)", **row} for row in made]


def _number(value: Any, kind: pl.DataType) -> Any:
    """A value of a report; counts of nothing are 0 there or NULL."""
    return 0 if value is None and kind.is_integer() else value


def _derive(row: Mapping[str, Any]) -> Row:
    """Columns that a page's facts sum up and reports lack."""
    found: Row = {}
    if "retries" in row:
        found["ended_or_retried"] = row["errors"] + row["retries"]
        found["failures"] = found["ended_or_retried"] + (row.get("rate_limits") or 0)
    if "is_running" in row and "started_at" in row:
        found["begins"] = f"{row['started_at']:%Y-%m-%d %H:%M}"
        found["ends"] = f"{row['ends_at']:%Y-%m-%d %H:%M}" if "ends_at" in row else ""
    if "subagents" in row:
        found["has_subagents"] = int(bool(row["subagents"]))
    if "session" in row:
        found |= {"is_known": 1, "link": "", "id": row["session"]}
    return found


def _of_class(row: Row) -> Row:
    names = list(TOKEN_CLASS_NAMES)
    name = row["token_class"]
    known = name in TOKEN_CLASS_NAMES
    place = names.index(name) if known else len(names)
    return {**row, "place": place, "label": TOKEN_CLASS_NAMES.get(name, name)}


def _entries(frame: pl.DataFrame, grain: str, models: Sequence[str | None]) -> dict[str, list[Any]]:
    """The entries of each dimension of the frame, row by row."""
    found: dict[str, list[Any]] = {}
    for name, build in _BUILDERS.items():
        if name in frame.columns:
            found[name] = _encode(build(frame[name]), frame[name])
    if grain in found:
        found["period"] = found[grain]
    if "model" in frame.columns:
        found["model"] = _encode(_models(frame, models), frame["model"])
    if "session" in frame.columns:
        found["session"] = _encode(_sessions(frame), frame["session"])
    if {"agent", "agent_type"} <= set(frame.columns):
        kinds = list(domains.AGENT_NAMES)
        agents = [
            (kinds.index(agent), kind)
            for agent, kind in frame.select(
                pl.col("agent").cast(pl.String), "agent_type"
            ).iter_rows()
        ]
        found["runner"] = _encode(domains.runners(agents), agents)
    if "weekday" in frame.columns:
        days = [str(day) for day in frame["weekday"]]
        found["weekday"] = _encode(Domain("weekday", WEEKDAYS, {"text": WEEKDAYS}), days)
        hours = Domain("hour", tuple(range(24)), {"text": list(range(24))})
        found["hour"] = _encode(hours, frame["hour_of_day"])
    if "is_running" in frame.columns:
        begins = frame["started_at"].to_list()
        windows = Domain("window", tuple(sorted(set(begins))), {"text": sorted(set(begins))})
        found["window"] = _encode(windows, begins)
    return found


def _encode(domain: Domain, values: Any) -> list[Any]:
    codes = domain.codes
    return [Entry(domain, codes[value]) for value in values]


def _models(frame: pl.DataFrame, order: Sequence[str | None]) -> Domain:
    if order:
        return domains.models(frame["model"], order)
    if "cost_usd" not in frame.columns:
        return domains.models(frame["model"])
    sums = frame.group_by("model").agg(pl.col("cost_usd").sum())
    ranked = sums.sort("cost_usd", "model", descending=[True, False], nulls_last=True)
    return domains.models(frame["model"], ranked["model"].to_list())


def _sessions(frame: pl.DataFrame) -> Domain:
    titles = dict(frame.select("session", "title").iter_rows()) if "title" in frame.columns else {}
    ids = domains.names_in_order(frame["session"])
    names = [titles.get(session) or session or NO_NAME for session in ids]
    labels = [titles.get(session) or (session or NO_NAME)[:8] for session in ids]
    return Domain(
        "session",
        ids,
        {
            "text": [shortened(name, 80) for name in names],
            "exact": [""] * len(ids),
            "label": [shortened(label) for label in labels],
        },
    )


daily_cost: Final = _chart_function("daily_cost")
monthly_cost: Final = _chart_function("monthly_cost")
cumulative_cost: Final = _chart_function("cumulative_cost")
cost_by_model: Final = _chart_function("cost_by_model")
cost_by_project: Final = _chart_function("cost_by_project")
cost_by_token_class: Final = _chart_function("cost_by_token_class")
cost_by_branch: Final = _chart_function("cost_by_branch")
cost_by_agent: Final = _chart_function("cost_by_agent")
caching_savings: Final = _chart_function("caching_savings")
session_costs: Final = _chart_function("session_costs")
block_costs: Final = _chart_function("block_costs")
calendar_heatmap: Final = _chart_function("calendar_heatmap")
hour_by_weekday: Final = _chart_function("hour_by_weekday")
daily_activity: Final = _chart_function("daily_activity")
active_hours: Final = _chart_function("active_hours")
tool_mix: Final = _chart_function("tool_mix")
tool_errors: Final = _chart_function("tool_errors")
daily_lines_changed: Final = _chart_function("daily_lines_changed")
api_errors: Final = _chart_function("api_errors")
session_lengths: Final = _chart_function("session_lengths")
