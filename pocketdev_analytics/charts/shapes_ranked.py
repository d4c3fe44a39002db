"""The other shapes of charts: rankings, shares, heatmaps, points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any, Final

from pocketdev_analytics.charts.axes import count_ticks
from pocketdev_analytics.charts.domains import Entry
from pocketdev_analytics.charts.rows import Row, calendar_span, total
from pocketdev_analytics.charts.scope import holds, say
from pocketdev_analytics.charts.shapes import Drawing, Figure, amounts, dollars, look_of
from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.formatting import format_day, format_share, format_usd, round_half_up

__all__ = ["WEEKDAYS", "calendar", "hours", "ranking", "scatter", "shares"]

WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_SHORT: Final = tuple(day[:3] for day in WEEKDAYS)
_HEIGHT: Final = 70
_BAR_HEIGHT: Final = 30
# From this percentage on, a share is written into its part of the bar.
_LEAST_WRITTEN: Final = 6
_EXACT: Final = Context(prec=80)


def ranking(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """Bars side by side from the top, the first rows of a set, with words next to them."""
    rows = drawing.sets[chart["set"]][: chart["limit"]]
    scale, value = chart.get("scale", 1), chart["value"]
    lengths = [_length(row[value], scale) for row in rows]
    bars = {
        **chart["trace"],
        "y": list(range(len(rows))),
        "x": lengths,
        "customdata": [[_say(text, row, drawing) for text in chart["hover"]] for row in rows],
        "text": [_say(chart["text"], row, drawing) for row in rows],
    }
    if "colour" in chart:
        bars["marker"] = {**bars["marker"], **_looks(chart["colour"], rows, drawing)}
    pareto = chart.get("pareto")
    traces = [bars, _pareto(pareto, rows, chart, drawing)] if pareto else [bars]
    labels = [_say(chart["label"], row, drawing) for row in rows]
    return {"data": traces, "layout": _ranked_layout(chart, labels, lengths)}


def _length(value: Any, scale: int) -> float:
    number = dollars(value) if isinstance(value, Decimal) else value
    return (number or 0) * scale


def _say(text: Any, row: Row, drawing: Drawing) -> str:
    return say(text, drawing.scope.under(amounts(row)))


def _looks(how: Mapping[str, str], rows: Sequence[Row], drawing: Drawing) -> dict[str, Any]:
    ((kind, name),) = how.items()
    numbers = [drawing.scope.under(row)[name] for row in rows]
    if kind != "rank":
        return {"color": [LIGHT.series[number % len(LIGHT.series)] for number in numbers]}
    looks = [look_of(number) for number in numbers]
    return {
        "color": [look["color"] for look in looks],
        "pattern": {"shape": [look["pattern"]["shape"] for look in looks]},
    }


def _ranked_layout(
    chart: Mapping[str, Any], labels: Sequence[str], lengths: Sequence[float]
) -> dict[str, Any]:
    layout = chart["layout"]
    longest = max(lengths, default=0.0)
    room = _BAR_HEIGHT if chart.get("pareto") else 0
    return {
        **layout,
        "height": _HEIGHT + room + _BAR_HEIGHT * max(len(labels), 2),
        # The words stand right of the bars.
        "xaxis": {**layout["xaxis"], "range": [0, (longest or 1.0) * 1.5]},
        # Bars stand at numbers, not at names: two long names may be shortened to the same.
        "yaxis": {
            **layout["yaxis"],
            "tickvals": list(range(len(labels))),
            "ticktext": list(labels),
            "range": [len(labels) - 0.5, -0.5],
        },
    }


def _pareto(
    trace: Mapping[str, Any], rows: Sequence[Row], chart: Mapping[str, Any], drawing: Drawing
) -> dict[str, Any]:
    value = chart["value"]
    whole, running, shares = total(drawing.sets[chart["of"]], value) or 0, Decimal(0), []
    for row in rows:
        running += row[value] or 0
        shares.append(_percent(running, whole))
    places = list(range(len(rows)))
    return {**trace, "y": places, "x": shares, "customdata": [place + 1 for place in places]}


def _percent(part: Any, whole: Any) -> float:
    """A share in percent, as the double nearest to its first 18 decimals."""
    if not whole:
        return 0.0
    share = _EXACT.divide(Decimal(part) * 100, Decimal(whole))
    return float(round_half_up(share, 18))


def shares(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """The share of each class in the tokens and in the cost, as two bars."""
    rows = drawing.sets[chart["set"]]
    tokens, cost = total(rows, "tokens") or 0, total(rows, "cost_usd") or 0
    traces = []
    for row in rows:
        own = [_percent(row["cost_usd"] or 0, cost), _percent(row["tokens"], tokens)]
        colour = LIGHT.series[row["place"]] if row["place"] < len(LIGHT.series) else LIGHT.rest
        traces.append(
            {
                **chart["trace"],
                "y": ["Cost", "Tokens"],
                "x": own,
                "customdata": [
                    format_usd(row["cost_usd"], is_full=True),
                    f"{row['tokens']:,} tokens",
                ],
                "text": [_inside(share) for share in own],
                "name": row["label"],
                "marker": {**chart["trace"]["marker"], "color": colour},
            }
        )
    return {"data": traces, "layout": chart["layout"]}


def _inside(share: float) -> str:
    return format_share(share, 100) if share >= _LEAST_WRITTEN else ""


def calendar(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """A square for each day of the last year, darker the more was done."""
    known = {date.fromisoformat(str(row["day"])): row for row in drawing.sets[chart["set"]]}
    first, last = calendar_span(list(known), chart["weeks"])
    mondays = [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]
    days = [[monday + timedelta(days=day) for monday in mondays] for day in range(7)]
    counts = {day: row[chart["value"]] or 0 for day, row in known.items()}
    ends = (min(known), max(known)) if known else (date.max, date.min)
    grid = [[counts.get(d, 0) if ends[0] <= d <= ends[1] else None for d in week] for week in days]
    squares = {
        **chart["trace"],
        "x": [str(monday) for monday in mondays],
        "y": list(_SHORT),
        "z": grid,
        "customdata": [
            [f"{format_day(d, is_full=True)}: {counts.get(d, 0):,}" for d in week] for week in days
        ],
    }
    layout = chart["layout"]
    axis = {**layout["xaxis"], **_month_ticks(mondays)}
    return {"data": [squares], "layout": {**layout, "xaxis": axis, **_colour_scale(grid)}}


def _month_ticks(mondays: Sequence[date]) -> dict[str, Any]:
    firsts = [
        monday
        for before, monday in zip((None, *mondays), mondays, strict=False)
        if before is None or before.month != monday.month
    ]
    # Two labels in neighbouring weeks would touch.
    kept = [
        monday
        for monday, after in zip(firsts, (*firsts[1:], None), strict=True)
        if after is None or after - monday > timedelta(weeks=1)
    ]
    return {
        "tickvals": [str(monday) for monday in kept],
        "ticktext": [format_day(monday).split(" ")[1] for monday in kept],
    }


def hours(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """A square for each hour of the week, darker the more was done."""
    grid = hours_grid(drawing.sets[chart["set"]], chart["value"])
    squares = {**chart["trace"], "x": list(range(24)), "y": list(_SHORT), "z": grid}
    return {"data": [squares], "layout": {**chart["layout"], **_colour_scale(grid)}}


def hours_grid(rows: Sequence[Row], value: str) -> list[list[int]]:
    """The value by weekday and hour, 0 where there is no row."""
    grid = [[0] * 24 for _ in WEEKDAYS]
    for row in rows:
        grid[_number(row["weekday"])][_number(row["hour"])] = row[value] or 0
    return grid


def _number(value: Any) -> int:
    return value.code if isinstance(value, Entry) else int(value)


def _colour_scale(grid: Sequence[Sequence[int | None]]) -> dict[str, Any]:
    """Colours from 0, also where there is nothing else."""
    most = max((value or 0 for row in grid for value in row), default=0)
    return {"coloraxis": {"cmin": 0, "cmax": max(most, 1), "colorbar": count_ticks(most)}}


def scatter(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """A point for each row, both axes logarithmic."""
    rows, least = drawing.sets[chart["set"]], chart["least"]
    traces = []
    for declared in chart["traces"]:
        style = {name: part for name, part in declared.items() if name != "where"}
        kept = [row for row in rows if holds(declared["where"], drawing.scope.under(row))]
        if kept:
            x, y = (
                [max(_place(row[chart[axis]]), low) for row in kept]
                for axis, low in zip("xy", least, strict=True)
            )
            hover = [[_say(text, row, drawing) for text in chart["hover"]] for row in kept]
            traces.append({**style, "x": x, "y": y, "customdata": hover})
    layout = chart["layout"]
    axes = {
        f"{axis}axis": {
            **layout[f"{axis}axis"],
            **_log_axis([v for trace in traces for v in trace[axis]], ticks, chart["room"]),
        }
        for axis, ticks in zip("xy", chart["ticks"], strict=True)
    }
    return {"data": traces, "layout": {**layout, **axes}}


def _place(value: Any) -> float:
    return float(round_half_up(value, 6)) if isinstance(value, Decimal) else value or 0.0


def _log_axis(
    values: Sequence[float], ticks: Sequence[tuple[float, str]], room: float
) -> dict[str, Any]:
    """From the tick below all points to the one above, so that two ticks are always seen."""
    places = [place for place, _ in ticks]
    axis: dict[str, Any] = {"tickvals": places, "ticktext": [label for _, label in ticks]}
    if not values:
        return axis
    low = max(place for place in places if place <= min(values))
    above = [place for place in places if place >= max(values) and place > low]
    high = above[0] if above else max(values)
    return {**axis, "range": [math.log10(low) - room, math.log10(high) + room]}
