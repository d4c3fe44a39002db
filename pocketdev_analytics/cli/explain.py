"""`explain`: the cost of a response or session, step by step."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
import polars as pl

from pocketdev_analytics.cli._output import csv_text, format_option, json_text, table_width
from pocketdev_analytics.cli._prices import pricing_options
from pocketdev_analytics.cli._text import emit, tell
from pocketdev_analytics.formatting import format_moment, format_usd

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.reports import CostBreakdown

__all__ = ["explain"]

# The factors of the cost: always shown, however narrow the terminal.
_PRODUCT = ("count", "price_usd", "per", "cost_usd")
_BOUND = {
    "no_final_count": "without its final output count",
    "cut": "cut off before its final output count",
    "unknown_usage": "with unknown usage",
    "unknown_pass": "with a pass of an unknown kind",
    "unseen_call": "with usage that no line holds",
}


@click.command()
@click.argument("id_", metavar="RESPONSE_ID|SESSION_ID")
@pricing_options
@format_option
@click.pass_obj
def explain(session: Session, id_: str, pricing: str, prices_at: date | None, format_: str) -> None:
    """Explain the cost of a response or session, token class by token class.

    The table shows the tokens of each class, the model's price, its multipliers (cache, tier,
    region) and the product. Below it are the source and date of the price, and the file and line
    that each response was read from. The beginning of an id is enough.

    \b
    Find ids with, for example:
      pocketdev-analytics report sessions
      pocketdev-analytics query "from usage_cost order by cost_usd desc limit 10"
    """
    from pocketdev_analytics.pricing import Pricing
    from pocketdev_analytics.reports import explain_cost
    from pocketdev_analytics.store import open_store

    with open_store(session.settings.store) as store:
        breakdown = explain_cost(store, id_, Pricing(pricing, prices_at))
    if format_ == "json":
        emit(json_text(breakdown.to_dict()))
    elif format_ == "csv":
        emit(csv_text(breakdown.parts))
    else:
        tell(_text(breakdown, session.settings.timezone))


def _text(breakdown: CostBreakdown, timezone: str) -> str:
    from pocketdev_analytics.cli._table import table_text

    has_groups = len(breakdown.why) > 1
    parts = table_text(
        _shown_parts(breakdown.parts),
        by=("group", "class") if has_groups else ("class",),
        totals={"cost_usd": breakdown.cost_usd},
        keep=_PRODUCT,
        is_exact=True,
        width=table_width(),
        encoding=sys.stdout.encoding or "utf-8",
    )
    cost = format_usd(breakdown.cost_usd, is_full=True)
    bound = "at least " if breakdown.is_at_least else ""
    lines = [f"{breakdown.kind} {breakdown.id} cost {bound}{cost}", "", parts]
    for group, rules in breakdown.why.items():
        lines.append(f"Group {group}: {'; '.join(rules)}.")
    lines += ["", *(_line(row, timezone) for row in breakdown.responses.iter_rows(named=True))]
    return "\n".join(lines) + "\n"


def _shown_parts(parts: pl.DataFrame) -> pl.DataFrame:
    """Shorten the names of classes, and name the model of a group in its first row only."""
    is_first = pl.col("group").is_first_distinct() | (pl.col("group").n_unique() == 1)
    return parts.with_columns(
        pl.col("class").str.strip_suffix("_tokens"),
        pl.when(is_first).then(pl.col("model", "responses")),
    )


def _line(row: dict[str, Any], timezone: str) -> str:
    at = row["responded_at"].astimezone(ZoneInfo(timezone))
    cost = format_usd(row["cost_usd"], is_full=True)
    reason = row["lower_bound_reason"]
    bound = f", {_BOUND.get(reason, reason)}" if reason else ""
    when = format_moment(at, is_full=True)
    return f"{row['response_id']}  {when}  {cost}{bound}  {row['file']}:{row['line']}"
