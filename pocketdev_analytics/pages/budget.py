"""The current month against its budget: a panel that is the same under every filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.charts import budget as chart
from pocketdev_analytics.charts.rows import BOUNDS
from pocketdev_analytics.charts.tables import Cell, Heading, Table, cell_of
from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.pages.page import Panel
from pocketdev_analytics.pages.static import static_panel
from pocketdev_analytics.reports import Limit
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["budget_panel"]

_MONTH: Final = Limit("month")
_REMARK: Final = (
    "All usage of the current month, and of each budget's project: filters do not apply to budgets"
    " and forecasts."
)
_COLUMNS: Final = ("spent_usd", "forecast_usd", "low_usd", "high_usd", "budget_usd")
# Heading, how the cell is shown, whether it is text.
_TABLE: Final = {
    "period": ("Period", "text", False),
    "project": ("Project", "name", True),
    "budget_usd": ("Budget, USD", "budget", False),
    "cost_usd": ("Used, USD", "money", False),
    "spent_share": ("Used, share", "share", False),
    "forecast_cost_usd": ("Forecast, USD", "budget", False),
    "low_cost_usd": ("Low, USD", "budget", False),
    "high_cost_usd": ("High, USD", "budget", False),
    "state": ("State", "text", True),
}


def budget_panel(
    usage: pl.LazyFrame, limits: Sequence[Limit], *, made_at: datetime, timezone: str
) -> tuple[Panel, ...]:
    """The panel; none without a budget where nothing was used and nothing is forecast."""
    known = _with_month(limits)
    rows = reports.budget(usage, known, now=made_at, timezone=timezone).collect()
    month = rows.row(known.index(_of_month(known)), named=True)
    has_budget = any(limit.budget_usd for limit in known)
    if not has_budget and not (month["cost_usd"] or month["forecast_cost_usd"]):
        return ()
    frame = pl.DataFrame(
        list(_days(usage, month, made_at, timezone)),
        schema={"day": pl.Date, **dict.fromkeys(_COLUMNS, COST_USD)},
        orient="row",
    )
    panel = static_panel(
        chart.month_budget, chart.month_budget_summary, frame, _table(rows), span=6, remark=_REMARK
    )
    return (panel,)


def _with_month(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """The budgets, and the whole month where none is for that."""
    has_month = any(limit.per == "month" and limit.project is None for limit in limits)
    return tuple(limits) if has_month else (_MONTH, *limits)


def _of_month(limits: Sequence[Limit]) -> Limit:
    return next(limit for limit in limits if limit.per == "month" and limit.project is None)


def _days(
    usage: pl.LazyFrame, month: dict[str, Any], made_at: datetime, timezone: str
) -> Iterator[tuple[Any, ...]]:
    """A row for each day of the month: the cost so far, and the way to its forecast."""
    today = made_at.astimezone(ZoneInfo(timezone)).date()
    first = today.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    day = local_date(FACTS["usage"], timezone)
    until_now = usage.filter(day >= first, day <= today, pl.col("responded_at") <= made_at)
    costs = reports.cost(until_now, by=("day",), timezone=timezone).collect()
    known = dict(costs.select("day", "cost_usd").iter_rows())
    spent, left = Decimal(0), (last - today).days
    for number in range((last - first).days + 1):
        this = first + timedelta(days=number)
        spent += known.get(this) or Decimal(0)
        ahead = (this - today).days
        yield (
            this,
            spent if ahead <= 0 and month["cost_usd"] is not None else None,
            *_ahead(month, ahead, left),
            month["budget_usd"],
        )


def _ahead(month: dict[str, Any], ahead: int, left: int) -> list[Decimal | None]:
    """The forecast and its interval on a day: a straight line from the cost so far to the end."""
    spent = month["cost_usd"]
    ends = [month[f"{name}cost_usd"] for name in ("forecast_", "low_", "high_")]
    if ahead < 0 or spent is None:
        return [None] * len(ends)
    share = Decimal(ahead) / left if left else Decimal(1)
    return [None if end is None else spent + (end - spent) * share for end in ends]


def _table(rows: pl.DataFrame) -> Table:
    headings = tuple(Heading(heading, is_text) for heading, _, is_text in _TABLE.values())
    body = tuple(
        tuple(_cell(name, how, row) for name, (_, how, _) in _TABLE.items())
        for row in rows.iter_rows(named=True)
    )
    return Table(headings, body)


def _cell(name: str, how: str, row: dict[str, Any]) -> Cell:
    value = row[name]
    if name == "project" and value is None:
        return Cell("all")
    if how == "budget":
        return Cell("") if value is None else cell_of("money", value)
    bounded = name == "cost_usd" and any(row.get(bound) for bound in BOUNDS)
    return cell_of(how, value, is_bounded=bounded)
