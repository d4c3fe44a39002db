"""The shapes of charts over time: stacks, columns, running sums.

A shape takes a panel's `chart` and what it is drawn from, and returns the figure as plain data.
Style is in the declaration; a shape fills in data, ranges, ticks and heights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.axes import (
    BAR_WIDTH_MS,
    all_months,
    bar_width,
    count_ticks,
    date_axis,
    day_label,
    month_axis,
    today_mark,
)
from pocketdev_analytics.charts.rows import Row, Sets, is_bounded, ordered, regrouped, total
from pocketdev_analytics.charts.scope import Amount, Scope, holds, say
from pocketdev_analytics.charts.text import figure_label
from pocketdev_analytics.charts.theme import LIGHT, MAX_SERIES
from pocketdev_analytics.formatting import format_usd, round_half_up

__all__ = ["Drawing", "collapsed", "columns", "cumulative", "dollars", "exact_cost", "stack"]

Figure = dict[str, Any]

_FEW: Final = 4
_MOST_LABELS: Final = 6
_MINUTES: Final = 60
_NO_SERIES: Final = "Cost"
#: Plotly's patterns of bars, the first is plain; the script has the same `PATTERNS`.
PATTERNS: Final = ("", "/", ".", "x")


@dataclass(frozen=True, slots=True)
class Drawing:
    """The input of a chart: the sets of its panel, the values in scope, today."""

    sets: Sets
    scope: Scope
    grain: str
    today: date | None = None


def stack(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """Bars over time, one trace for each of the largest series, and one for the sum on hover."""
    rows, x = drawing.sets[chart["set"]], chart["x"]
    if rows and chart["series"] not in rows[0]:
        groups = [(_NO_SERIES, {"color": LIGHT.series[0]}, rows)]
    else:
        groups = collapsed(rows, chart)
    periods = regrouped(rows, [x])
    width = _width(_grain(x, drawing), [str(row[x]) for row in periods])
    traces = [
        {
            **chart["trace"],
            **_points(regrouped(group, [x]), x, chart["value"]),
            "name": name if total(group, chart["value"]) is not None else f"{name} (no price)",
            "marker": {**chart["trace"].get("marker", {}), **look},
            "width": width,
        }
        for name, look, group in groups
    ]
    if len(traces) > 1:
        traces.append({**chart["sum"], **_points(periods, x, chart["value"])})
    layout = {**chart["layout"], "xaxis": _time_axis(chart, periods, drawing)}
    if chart.get("mark_today"):
        layout |= _marks(chart["mark_today"], [str(row[x]) for row in periods], drawing)
    return {"data": traces, "layout": layout}


def collapsed(
    rows: Sequence[Row], how: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any], list[Row]]]:
    """The largest series, each with its label, look and rows, and the others as one."""
    series, value, limit = how["series"], how["value"], how["limit"]
    sums = regrouped(rows, [series])
    order = [row[series] for row in ordered(sums, [(value, "desc"), (series, "asc")])]
    keep = order if len(order) <= limit else order[: limit - 1]
    groups = [
        (figure_label(str(entry)), look_of(entry["rank"]), [r for r in rows if r[series] == entry])
        for entry in keep
    ]
    rest = [row for row in rows if row[series] not in keep]
    return [*groups, (how["rest"], {"color": LIGHT.rest}, rest)] if rest else groups


def look_of(rank: Any) -> dict[str, Any]:
    """The colour and pattern of a rank: the same in every chart.

    Where there are more ranks than colours, the colours come again with a pattern.
    """
    colour, pattern = int(rank or 0) % MAX_SERIES, int(rank or 0) // MAX_SERIES % len(PATTERNS)
    return {"color": LIGHT.series[colour], "pattern": {"shape": PATTERNS[pattern]}}


def columns(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """Bars or marks over time, a trace for each of several columns."""
    rows, x = drawing.sets[chart["set"]], chart["x"]
    blank = chart.get("blank_if_zero")
    if blank and not any(row[name] for row in rows for name in blank):
        rows = []
    labels = [str(row["begins"] if x == "window" else row[x]) for row in rows]
    unit, suffix = _unit(chart, rows)
    traces = [
        trace
        for declared in chart["traces"]
        if (trace := _column(declared, rows, x, unit, drawing, _width(_grain(x, drawing), labels)))
    ]
    layout = {**chart["layout"], "xaxis": _time_axis(chart, rows, drawing)}
    for axis in chart.get("count_axes", ()):
        layout[axis["axis"]] = {**layout[axis["axis"]], **_counts(axis, rows)}
    if suffix:
        layout["yaxis"] = {
            **layout["yaxis"],
            "ticksuffix": suffix,
            **_minutes_axis(chart, rows, unit),
        }
    return {"data": traces, "layout": layout}


def cumulative(chart: Mapping[str, Any], drawing: Drawing) -> Figure:
    """A running sum; every digit on hover, and 'at least' from the first lower bound on."""
    rows, x = drawing.sets[chart["set"]], chart["x"]
    running, bounded, sums, words = Decimal(0), False, [], []
    for row in rows:
        running += row[chart["value"]] or 0
        bounded = bounded or is_bounded(row)
        sums.append(float(running))
        words.append(f"{'at least ' if bounded else ''}{format_usd(running, is_full=True)}")
    line = {
        **chart["trace"],
        # One point makes no line.
        "mode": "lines" if len(rows) > 1 else "markers",
        "x": [str(row[x]) for row in rows],
        "y": sums,
        "customdata": words,
    }
    return {
        "data": [line],
        "layout": {**chart["layout"], "xaxis": _time_axis(chart, rows, drawing)},
    }


def dollars(cost: Decimal | None) -> float | None:
    """A cost as what a figure is drawn from."""
    return None if cost is None else float(cost)


def exact_cost(row: Row, column: str = "cost_usd") -> str:
    """A row's cost with every digit, 'at least' before a lower bound."""
    bound = "at least " if row[column] is not None and is_bounded(row) else ""
    return f"{bound}{format_usd(row[column], is_full=True)}"


def _points(rows: Sequence[Row], x: str, value: str) -> dict[str, Any]:
    return {
        "x": [str(row[x]) for row in rows],
        "y": [dollars(row[value]) for row in rows],
        "customdata": [exact_cost(row, value) for row in rows],
    }


def _column(
    declared: Mapping[str, Any],
    rows: Sequence[Row],
    x: str,
    unit: int,
    drawing: Drawing,
    width: float,
) -> dict[str, Any] | None:
    style = {name: part for name, part in declared.items() if name not in _OURS}
    kept = [row for row in rows if holds(declared.get("where", ()), drawing.scope.under(row))]
    if not kept and declared.get("is_optional"):
        return None
    value, sign, floor = declared["value"], declared.get("sign", 1), declared.get("floor")
    trace = {
        **style,
        "x": [str(row["begins"] if x == "window" else row[x]) for row in kept],
        "y": [_height(row[value], sign, floor, unit) for row in kept],
    }
    if style["type"] == "bar":
        trace["width"] = width
    if "hover" in declared:
        trace["customdata"] = [_of_row(declared["hover"], row, drawing) for row in kept]
    if "colour_if" in declared:
        conditions, colour = declared["colour_if"]
        usual = style["marker"]["color"]
        trace["marker"] = {
            **style["marker"],
            "color": [
                colour if holds(conditions, drawing.scope.under(row)) else usual for row in kept
            ],
        }
    return trace


_OURS: Final = {"value", "sign", "hover", "where", "floor", "is_optional", "colour_if"}


def _of_row(text: Any, row: Row, drawing: Drawing) -> str:
    return say(text, drawing.scope.under(amounts(row)))


def amounts(row: Row) -> Row:
    """The row with its cost as an amount that knows whether it is a lower bound."""
    cost = row.get("cost_usd")
    return row if "cost_usd" not in row else {**row, "cost_usd": Amount(cost, is_bounded(row))}


def _height(value: Any, sign: int, floor: int | None, unit: int) -> float | int | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        value = float(value)
    if floor is not None:
        value = max(value, floor)
    return sign * (float(round_half_up(value / unit, 3)) if unit else value)


def _unit(chart: Mapping[str, Any], rows: Sequence[Row]) -> tuple[int, str]:
    """Minutes in a unit of the y axis, and what it is called; 0 of an axis of other things."""
    if not chart.get("minutes"):
        return 0, ""
    most = _most(chart, rows)
    return (_MINUTES, " h") if most >= _MINUTES else (1, " min")


def _most(chart: Mapping[str, Any], rows: Sequence[Row]) -> float:
    value = chart["traces"][0]["value"]
    return max((row[value] or 0 for row in rows), default=0)


def _minutes_axis(chart: Mapping[str, Any], rows: Sequence[Row], unit: int) -> dict[str, Any]:
    most = _most(chart, rows)
    return {**count_ticks(most / unit), **({"range": [0, 1.05]} if most < 1 else {})}


def _counts(axis: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """Return integer ticks, even for small numbers."""
    add: Callable[[Any], Any] = max if axis.get("is_max") else sum
    most = max((add(row[name] or 0 for name in axis["of"]) for row in rows), default=0)
    is_ranged = axis.get("is_ranged") and most < _FEW
    return {**count_ticks(most), **({"range": [0, max(most, 1) * 1.05]} if is_ranged else {})}


def _time_axis(chart: Mapping[str, Any], rows: Sequence[Row], drawing: Drawing) -> dict[str, Any]:
    x, axis = chart["x"], chart["layout"]["xaxis"]
    if x == "window":
        begins = [str(row["begins"]) for row in rows]
        labelled = begins[:: -(-len(begins) // _MOST_LABELS) or 1]
        labels = [day_label(date.fromisoformat(label[:10])) for label in labelled]
        return {**axis, "tickvals": labelled, "ticktext": labels}
    known = [str(row[x]) for row in rows]
    if x == "month":
        return {**axis, **month_axis(known)}
    if not known:
        return dict(axis)
    days = pl.Series([date.fromisoformat(each) for each in known])
    return {**axis, "range": date_axis(days, _grain(x, drawing))["range"]}


def _grain(x: str, drawing: Drawing) -> str:
    return drawing.grain if x == "period" else x


def _width(by: str, labels: Sequence[str]) -> float:
    if by in BAR_WIDTH_MS:
        return BAR_WIDTH_MS[by]
    return bar_width(by, len(all_months(labels)) if by == "month" else len(labels))


def _marks(mark: Mapping[str, Any], shown: Sequence[str], drawing: Drawing) -> dict[str, Any]:
    """The mark on the bar of the current day or week, where that is shown."""
    if drawing.today is None:
        return {}
    shape, words = today_mark(mark, drawing.today, drawing.grain)
    return {"shapes": [shape], "annotations": [words]} if words["x"] in shown else {}
