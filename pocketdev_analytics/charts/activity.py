"""When the work was done, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import bar_width, count_axis, count_ticks, date_axis
from pocketdev_analytics.charts.frames import Frame, collected, figure, period_of
from pocketdev_analytics.charts.text import count, day_name
from pocketdev_analytics.charts.theme import LIGHT

__all__ = [
    "CALENDAR_WEEKS",
    "LEAST_WEEKS",
    "calendar_heatmap",
    "calendar_span",
    "daily_activity",
    "daily_lines_changed",
    "hour_by_weekday",
]

#: How many weeks a calendar shows at most, the last ones.
CALENDAR_WEEKS: Final = 53
#: How many it shows at least: with fewer, a day would be no square.
LEAST_WEEKS: Final = 26

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MEASURES: Final = {
    "sessions": "Sessions",
    "prompts": "Prompts",
    "responses": "Responses",
    "tool_calls": "Tool calls",
}
_COLOURS: Final = (3, 0, 1, 2)
_ROW_GAP: Final = 0.05


def calendar_heatmap(frame: Frame, *, measure: str = "prompts") -> go.Figure:
    """A square for each day of the last year, darker the more was done.

    Takes `reports.activity` by day; `measure` is one of its columns. Weeks are
    columns, from Monday down; a day without a row is 0.
    """
    rows = collected(frame, "calendar_heatmap", "day", measure)
    first, last = calendar_span(rows["day"])
    counts = dict(zip(rows["day"], rows[measure], strict=True))
    mondays = [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]
    days = [[monday + timedelta(days=day) for monday in mondays] for day in range(7)]
    known = _known_days(rows["day"])
    grid = [[counts.get(day, 0) if day in known else None for day in week] for week in days]
    squares = go.Heatmap(
        x=[str(monday) for monday in mondays],
        y=list(_WEEKDAYS),
        z=grid,
        customdata=[[_day_words(day, counts.get(day)) for day in week] for week in days],
        coloraxis="coloraxis",
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    noun = measure.replace("_", " ").capitalize()
    return figure(f"{noun} per day", squares, **_calendar_layout(mondays), **_scale(grid))


def hour_by_weekday(frame: Frame, *, measure: str = "responses") -> go.Figure:
    """A square for each hour of the week, darker the more was done.

    Takes `reports.hour_by_weekday`; `measure` is one of its columns.
    """
    rows = collected(frame, "hour_by_weekday", "weekday", "hour_of_day", measure)
    cells = {
        (str(day)[:3], hour): value
        for day, hour, value in rows.select("weekday", "hour_of_day", measure).iter_rows()
    }
    noun = measure.replace("_", " ")
    grid = [[cells.get((day, hour), 0) for hour in range(24)] for day in _WEEKDAYS]
    squares = go.Heatmap(
        x=list(range(24)),
        y=list(_WEEKDAYS),
        z=grid,
        coloraxis="coloraxis",
        hovertemplate=f"%{{y}} %{{x}}:00\u2013%{{x}}:59: %{{z:,}} {noun}<extra></extra>",
    )
    return figure(
        f"{noun.capitalize()} by weekday and hour",
        squares,
        **_scale(grid),
        height=250,
        xaxis={"tickvals": list(range(0, 24, 3)), "ticksuffix": ":00", "fixedrange": True},
        yaxis={"autorange": "reversed", "showgrid": False, "fixedrange": True},
    )


def daily_activity(frame: Frame) -> go.Figure:
    """Sessions, prompts, responses and tool calls of each day, one above the other.

    Takes `reports.activity` by day, or by week.
    """
    rows = collected(frame, "daily_activity", *_MEASURES)
    by = period_of(rows, "daily_activity")
    days = [str(day) for day in rows[by]]
    traces, axes, names = [], {}, []
    for index, (column, name) in enumerate(_MEASURES.items()):
        number = "" if index == 0 else str(index + 1)
        low, high = _band(index, len(_MEASURES))
        axes[f"yaxis{number}"] = {"domain": [low, high], **count_axis(rows[column].to_list())}
        names.append(_row_name(name, high))
        traces.append(
            _daily_bars(
                days, rows[column], name, LIGHT.series[_COLOURS[index]], yaxis=f"y{number}", by=by
            )
        )
    return figure(
        f"Sessions, prompts, responses and tool calls per {by}",
        *traces,
        height=400,
        hovermode="x unified",
        showlegend=False,
        annotations=names,
        hoversubplots="axis",
        xaxis={**date_axis(rows[by], by), "anchor": f"y{len(_MEASURES)}"},
        **axes,
    )


def daily_lines_changed(frame: Frame) -> go.Figure:
    """Lines that edits added (up) and removed (down) each day (or week).

    Takes `reports.activity` by day, or by week.
    """
    rows = collected(frame, "daily_lines_changed", "lines_added", "lines_removed")
    by = period_of(rows, "daily_lines_changed")
    days = [str(day) for day in rows[by]]
    added = [value or 0 for value in rows["lines_added"]]
    removed = [value or 0 for value in rows["lines_removed"]]
    most = max(added + removed, default=0)
    if not most:
        days, added, removed = [], [], []
    return figure(
        f"Lines added and removed per {by}",
        _signed_bars(days, added, 1, "Added", LIGHT.series[2], by=by),
        _signed_bars(days, removed, -1, "Removed", LIGHT.series[1], by=by),
        barmode="relative",
        hovermode="x unified",
        xaxis=date_axis(rows[by], by),
        yaxis={"fixedrange": True, "tickformat": "~s", **count_ticks(most)},
    )


def _day_words(day: date, number: int | None) -> str:
    return f"{day_name(day)}: {count(number or 0)}"


def calendar_span(days: pl.Series) -> tuple[date, date]:
    """The Monday of the first week that a calendar shows, and the Sunday of the last.

    Of no days it is a week in 1970.
    """
    if days.is_empty():
        return date(1970, 1, 5), date(1970, 1, 11)
    known = sorted(days.to_list())
    last = known[-1] + timedelta(days=6 - known[-1].weekday())
    monday = known[0] - timedelta(days=known[0].weekday())
    latest = last - timedelta(days=7 * LEAST_WEEKS - 1)
    earliest = last - timedelta(days=7 * CALENDAR_WEEKS - 1)
    return min(max(monday, earliest), latest), last


def _known_days(days: pl.Series) -> set[date]:
    """Every day from the first to the last: in between, no row means nothing was done."""
    if days.is_empty():
        return set()
    known = sorted(days.to_list())
    return {known[0] + timedelta(days=day) for day in range((known[-1] - known[0]).days + 1)}


def _calendar_layout(mondays: Sequence[date]) -> dict[str, Any]:
    firsts = [
        monday
        for before, monday in zip((None, *mondays), mondays, strict=False)
        if before is None or before.month != monday.month
    ]
    # Two labels in neighbouring weeks would touch.
    kept = [m for m, after in zip(firsts, (*firsts[1:], None), strict=True) if _apart(m, after)]
    return {
        "height": 250,
        "xaxis": {
            "type": "category",
            "tickvals": [str(monday) for monday in kept],
            "ticktext": [f"{monday:%b}" for monday in kept],
            "side": "top",
            "fixedrange": True,
        },
        "yaxis": {
            "autorange": "reversed",
            "showgrid": False,
            "fixedrange": True,
            "tickvals": ["Mon", "Wed", "Fri"],
        },
    }


def _apart(monday: date, after: date | None) -> bool:
    return after is None or after - monday > timedelta(weeks=1)


def _band(index: int, rows: int) -> tuple[float, float]:
    """The part of the height that one of several rows takes, from the top."""
    height = 1 / rows
    high = 1 - index * height
    return round(high - height + (_ROW_GAP if index < rows - 1 else 0), 4), round(high - 0.06, 4)


def _scale(grid: Sequence[Sequence[int | None]]) -> dict[str, Any]:
    """Colours from 0, also where there is nothing else."""
    most = max((value or 0 for row in grid for value in row), default=0)
    return {"coloraxis": {"cmin": 0, "cmax": max(most, 1), "colorbar": count_ticks(most)}}


def _row_name(name: str, high: float) -> dict[str, Any]:
    return {
        "text": f"<b>{name}</b>",
        "x": 0,
        "y": high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12},
    }


def _daily_bars(
    days: list[str], counts: pl.Series, name: str, colour: str, *, yaxis: str, by: str
) -> go.Bar:
    return go.Bar(
        x=days,
        width=bar_width(by, len(days)),
        y=[value or 0 for value in counts],
        name=name,
        yaxis=yaxis,
        marker={"color": colour},
        hovertemplate="%{y:,}",
    )


def _signed_bars(
    days: list[str], counts: list[int], sign: int, name: str, colour: str, *, by: str
) -> go.Bar:
    return go.Bar(
        x=days,
        width=bar_width(by, len(days)),
        y=[sign * value for value in counts],
        customdata=counts,
        name=name,
        marker={"color": colour},
        hovertemplate="%{customdata:,}",
    )
