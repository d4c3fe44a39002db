"""What a page's script knows of it, beside its cubes."""

from __future__ import annotations

from datetime import date
from typing import Any

from pocketdev_analytics.charts import TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.activity import CALENDAR_WEEKS, LEAST_WEEKS
from pocketdev_analytics.charts.axes import BAR_WIDTH, BAR_WIDTH_MS, FEW, LEAST_BARS, LEAST_COLUMNS
from pocketdev_analytics.charts.blocks import MOST_WINDOWS
from pocketdev_analytics.charts.cost_over_time import (
    OTHER_MODELS,
    SUM_STYLE,
    running_mark,
)
from pocketdev_analytics.charts.cost_ranked import LEAST_WRITTEN, MOST_SHOWN
from pocketdev_analytics.charts.theme import DARK, LIGHT, MAX_SERIES, swaps, template
from pocketdev_analytics.charts.tools import LEAST_CALLS
from pocketdev_analytics.charts.working_time import LEAST_COST, LOG_ROOM, MOST_SESSIONS, SHORTEST
from pocketdev_analytics.dashboard.activity_panels import ALL_WORK, NO_MODEL
from pocketdev_analytics.dashboard.parts import Page, Panel
from pocketdev_analytics.dashboard.period import LAST_DAYS, MOST_DAYS, SPARK_POINTS
from pocketdev_analytics.dashboard.tables import MOST_ROWS
from pocketdev_analytics.reports.dimensions import NO_NAME

__all__ = ["page_data"]

# What a live chart's traces are drawn from: its script makes them of the cubes.
_DRAWN = ("x", "y", "z", "customdata", "text")


def page_data(page: Page, command: str) -> dict[str, Any]:
    """The figures of a page, how its live panels are made, and the rules for that.

    `command` is how the page's reader asks the store.
    """
    live = {panel.id: panel for panel in page.panels if panel.live} if page.cubes else {}
    figures = {
        panel.id: _style_of(panel.figure) if panel.id in live else panel.figure
        for panel in page.panels
        if panel.figure
    }
    return {
        "page": page.name,
        "command": command,
        "figures": figures,
        "swaps": swaps(),
        "templates": {
            name: template(palette).to_plotly_json()
            for name, palette in (("light", LIGHT), ("dark", DARK))
        },
        **(
            {
                "live": {key: _live(panel) for key, panel in live.items()},
                "controls": page.controls,
                "rules": _rules(),
            }
            if live
            else {}
        ),
    }


def _style_of(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure without what it shows: how its traces and axes look."""
    traces = [
        {key: value for key, value in trace.items() if key not in _DRAWN}
        for trace in figure["data"]
    ]
    return {"data": traces, "layout": figure["layout"]}


def _live(panel: Panel) -> dict[str, Any]:
    columns = [
        [column.source, column.heading, int(column.is_text)] for column in panel.table.columns
    ]
    said = {} if panel.figure else {"summary": panel.summary}
    return {"make": panel.live, "columns": columns, **said}


def _rules() -> dict[str, Any]:
    """What the pages and their script do alike: how much is shown, in which colours."""
    shape, annotation = running_mark(date(2000, 1, 1), "day")
    return {
        "all_work": ALL_WORK,
        "bar_width": BAR_WIDTH,
        "bar_width_ms": BAR_WIDTH_MS,
        "bounds": ["lower_bound_responses", "unseen_calls", "unpriced_tokens"],
        "calendar_weeks": [LEAST_WEEKS, CALENDAR_WEEKS],
        "classes": [*TOKEN_CLASS_NAMES.items()],
        "few": FEW,
        "last_days": LAST_DAYS,
        "least_bars": LEAST_BARS,
        "least_columns": LEAST_COLUMNS,
        "least_calls": LEAST_CALLS,
        "least_length": SHORTEST,
        "least_price": LEAST_COST,
        "least_written": LEAST_WRITTEN,
        "log_room": LOG_ROOM,
        "max_series": MAX_SERIES,
        "most_days": MOST_DAYS,
        "most_rows": MOST_ROWS,
        "most_sessions": MOST_SESSIONS,
        "most_shown": MOST_SHOWN,
        "most_windows": MOST_WINDOWS,
        "no_model": NO_MODEL,
        "no_name": NO_NAME,
        "other": OTHER_MODELS,
        "rest": LIGHT.rest,
        "running": {"shape": shape, "annotation": annotation},
        "series": LIGHT.series,
        "spark_points": SPARK_POINTS,
        "sum": {"type": "scatter", **SUM_STYLE},
    }
