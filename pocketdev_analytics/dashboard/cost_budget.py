"""The running month against its budget: a panel that no filter changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics import charts, reports
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.parts import Panel, panel
from pocketdev_analytics.dashboard.tables import Cell, Column, table
from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.reports import Limit

__all__ = ["budget_panel"]

_MONTH: Final = Limit("month")
_FIXED: Final = (
    "Of all usage of the running month, and of each budget's project: no filter changes a budget,"
    " or what is to be expected."
)
_COLUMNS: Final = ("spent_usd", "forecast_usd", "low_usd", "high_usd", "budget_usd")


def budget_panel(facts: CostFacts, today: date) -> tuple[Panel, ...]:
    """The panel; none where there is no budget, and nothing was used or is to be expected."""
    limits = _with_month(facts.limits)
    rows = reports.budget(
        facts.store.usage, limits, now=facts.made_at, timezone=facts.timezone
    ).collect()
    whole = rows.row(limits.index(_of_month(limits)), named=True)
    has_budget = any(limit.budget_usd for limit in limits)
    if not has_budget and not (whole["cost_usd"] or whole["forecast_cost_usd"]):
        return ()
    frame = pl.DataFrame(
        list(_days(facts, whole, today)),
        schema={"day": pl.Date, **dict.fromkeys(_COLUMNS, COST_USD)},
        orient="row",
    )
    return (panel(charts.month_budget, frame, _table(rows), span=6, remark=_FIXED),)


def _with_month(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """The budgets, and the whole month where none is for that."""
    has_month = any(limit.per == "month" and limit.project is None for limit in limits)
    return tuple(limits) if has_month else (_MONTH, *limits)


def _of_month(limits: Sequence[Limit]) -> Limit:
    return next(limit for limit in limits if limit.per == "month" and limit.project is None)


def _days(facts: CostFacts, month: dict[str, Any], today: date) -> Iterator[tuple[Any, ...]]:
    first = today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    usage = reports.filter_history(
        facts.store, since=first, until=today, timezone=facts.timezone
    ).usage.filter(pl.col("responded_at") <= facts.made_at)
    costs = reports.cost(usage, by=("day",), timezone=facts.timezone).collect()
    known = dict(costs.select("day", "cost_usd").iter_rows())
    spent, left = Decimal(0), (last - today).days
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        spent += known.get(day) or Decimal(0)
        ahead = (day - today).days
        yield (
            day,
            spent if ahead <= 0 and month["cost_usd"] is not None else None,
            *_ahead(month, ahead, left),
            month["budget_usd"],
        )


def _ahead(month: dict[str, Any], ahead: int, left: int) -> list[Decimal | None]:
    """The forecast and its interval on a day: from what was spent straight to the month's end."""
    spent = month["cost_usd"]
    ends = [month[f"{name}cost_usd"] for name in ("forecast_", "low_", "high_")]
    if ahead < 0 or spent is None:
        return [None] * len(ends)
    share = Decimal(ahead) / left if left else Decimal(1)
    return [None if end is None else spent + (end - spent) * share for end in ends]


def _table(rows: pl.DataFrame) -> tables.Table:
    return table(
        rows,
        Column("period", "Period", tables.date_cell),
        Column("project", "Project", _project, is_text=True),
        Column("budget_usd", "Budget, USD", _budget),
        Column("cost_usd", "Spent, USD", tables.money),
        Column("spent_share", "Spent, share", tables.share),
        Column("forecast_cost_usd", "Forecast, USD", _budget),
        Column("low_cost_usd", "Low, USD", _budget),
        Column("high_cost_usd", "High, USD", _budget),
        Column("state", "State", _state, is_text=True),
    )


def _project(name: str | None) -> Cell:
    return Cell("all") if name is None else tables.name(name)


def _budget(value: Decimal | None) -> Cell:
    return Cell("") if value is None else tables.money(value)


def _state(value: str | None) -> Cell:
    return Cell(value or "")
