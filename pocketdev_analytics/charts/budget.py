"""The cost of the current month, its forecast and its budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.axes import DAY_AXIS, DOLLAR_AXIS
from pocketdev_analytics.charts.figures import Frame, collected, dollars, figure
from pocketdev_analytics.charts.text import exact_usd, month_name, percent, usd
from pocketdev_analytics.charts.theme import LIGHT

__all__ = ["month_budget", "month_budget_summary"]

_NEEDED = ("day", "spent_usd", "forecast_usd", "low_usd", "high_usd", "budget_usd")


def month_budget(frame: Frame) -> go.Figure:
    """The cumulative cost of a month, the forecast with its range, and the budget.

    Takes one row a day of the month: `day, spent_usd` (NULL after today), `forecast_usd,
    low_usd, high_usd` (NULL before today; today they are the cost so far), `budget_usd`.
    """
    rows = collected(frame, "month_budget", *_NEEDED).sort("day")
    days = [str(day) for day in rows["day"]]
    lines = [_band(rows), _spent(days, rows), _forecast(days, rows), _budget(days, rows)]
    budget = " against the budget" if rows["budget_usd"].count() else " and its forecast"
    return figure(
        f"Cost of the current month{budget}, USD",
        *(line for line in lines if line is not None),
        hovermode="x unified",
        xaxis={**DAY_AXIS, "fixedrange": True},
        yaxis=DOLLAR_AXIS,
    )


def month_budget_summary(frame: Frame) -> str:
    """The cost so far, the budget, and the forecast."""
    rows = collected(frame, "month_budget", *_NEEDED).sort("day")
    known = rows.filter(pl.col("spent_usd").is_not_null())
    if known.is_empty():
        return "Nothing in this month has a price."
    month, spent = month_name(f"{rows['day'][0]:%Y-%m}"), known["spent_usd"][-1]
    ahead, budget = rows.row(-1, named=True), rows["budget_usd"][0]
    of = f" of {usd(budget)} ({percent(spent, budget)})" if budget else ""
    used = f"{usd(spent)}{of} used in {month} so far"
    if ahead["forecast_usd"] is None:
        return f"{used}; not enough data for a forecast."
    between = (
        f" (90% range {usd(ahead['low_usd'])}\u2013{usd(ahead['high_usd'])})"
        if ahead["low_usd"] is not None
        else ""
    )
    forecast = f"forecast {usd(ahead['forecast_usd'])}{between}."
    return f"{used}; {forecast}{_over(ahead, spent)}"


def _over(ahead: dict[str, Any], spent: Decimal) -> str:
    if not ahead["budget_usd"]:
        return ""
    if spent > ahead["budget_usd"]:
        return " Over budget."
    return " The forecast is over budget." if ahead["forecast_usd"] > ahead["budget_usd"] else ""


def _spent(days: Sequence[str], rows: pl.DataFrame) -> go.Scatter:
    return go.Scatter(
        x=list(days),
        y=dollars(rows["spent_usd"]),
        customdata=[exact_usd(cost) for cost in rows["spent_usd"]],
        mode="lines",
        line={"width": 2.5, "shape": "hv", "color": LIGHT.series[0]},
        name="Cost so far",
        hovertemplate="%{customdata}",
        marker={"color": LIGHT.series[0]},
    )


def _forecast(days: Sequence[str], rows: pl.DataFrame) -> go.Scatter | None:
    return _line(days, rows["forecast_usd"], "Forecast", LIGHT.series[4], "dash")


def _budget(days: Sequence[str], rows: pl.DataFrame) -> go.Scatter | None:
    return _line(days, rows["budget_usd"], "Budget", LIGHT.series[3], "dot")


def _line(
    days: Sequence[str], costs: pl.Series, name: str, colour: str, dash: str
) -> go.Scatter | None:
    if not costs.count():
        return None
    return go.Scatter(
        x=list(days),
        y=dollars(costs),
        customdata=[exact_usd(cost) for cost in costs],
        mode="lines",
        line={"width": 2, "dash": dash, "color": colour},
        name=name,
        hovertemplate="%{customdata}",
        marker={"color": colour},
    )


def _band(rows: pl.DataFrame) -> go.Scatter | None:
    """The range that holds nine of ten simulated months, as one outline."""
    known = rows.drop_nulls(["low_usd", "high_usd"])
    if known.is_empty():
        return None
    days: list[date] = known["day"].to_list()
    return go.Scatter(
        x=[str(day) for day in (*days, *reversed(days))],
        y=dollars([*known["high_usd"], *reversed(known["low_usd"].to_list())]),
        mode="lines",
        line={"width": 0, "color": LIGHT.series[4]},
        fill="toself",
        fillcolor=LIGHT.area,
        name="90% range",
        hoverinfo="skip",
        marker={"color": LIGHT.area},
    )
