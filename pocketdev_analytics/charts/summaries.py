"""What each chart says, in a sentence or two: for screen readers, and under its title.

One function a chart, of the same name and for the same frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from pocketdev_analytics.charts.activity_summaries import (
    api_errors,
    calendar_heatmap,
    daily_activity,
    daily_lines_changed,
    hour_by_weekday,
    tool_errors,
    tool_mix,
)
from pocketdev_analytics.charts.blocks import block_costs_summary as block_costs
from pocketdev_analytics.charts.budget import month_budget_summary as month_budget
from pocketdev_analytics.charts.certainty import certainty_summary as certainty
from pocketdev_analytics.charts.cost_ranked import TOKEN_CLASS_NAMES, names_of
from pocketdev_analytics.charts.frames import (
    Frame,
    at_least,
    collected,
    period_of,
    ranked,
    total_cost,
)
from pocketdev_analytics.charts.session_summaries import (
    session_context,
    session_cost,
    session_lanes,
)
from pocketdev_analytics.charts.text import (
    compact,
    count,
    day_name,
    month_name,
    percent,
    shortened,
    usd,
)
from pocketdev_analytics.charts.working_time import active_hours_summary as active_hours
from pocketdev_analytics.charts.working_time import session_lengths_summary as session_lengths
from pocketdev_analytics.formatting import count_of

__all__ = [
    "active_hours",
    "api_errors",
    "block_costs",
    "caching_savings",
    "calendar_heatmap",
    "certainty",
    "cost_by_agent",
    "cost_by_branch",
    "cost_by_model",
    "cost_by_project",
    "cost_by_token_class",
    "cumulative_cost",
    "daily_activity",
    "daily_cost",
    "daily_lines_changed",
    "hour_by_weekday",
    "month_budget",
    "monthly_cost",
    "session_context",
    "session_cost",
    "session_costs",
    "session_lanes",
    "session_lengths",
    "tool_errors",
    "tool_mix",
    "what_if",
]

_NOTHING = "Nothing to show in this period."
_TEN = 10


def daily_cost(frame: Frame) -> str:
    """The total, the average of a day with usage, and the dearest day."""
    rows = collected(frame, "daily_cost", "cost_usd")
    by = period_of(rows, "daily_cost")
    periods = _costs_of(rows, by)
    if periods.is_empty():
        return _NOTHING
    dearest = periods.row(0, named=True)
    when = day_name(dearest[by]) if by == "day" else f"the week of {day_name(dearest[by])}"
    if periods.height == 1:
        return _sentence(f"{_total(rows)}, all of it {'on' if by == 'day' else 'in'} {when}.")
    mean = (total_cost(periods) or Decimal(0)) / periods.height
    return _sentence(
        f"{_total(rows)} on {count_of(periods.height, by)} with usage, {usd(mean)} each on average;"
        f" the most on {when}, {usd(dearest['cost_usd'])}."
    )


def monthly_cost(frame: Frame) -> str:
    """The latest month, and the dearest."""
    rows = collected(frame, "monthly_cost", "month", "cost_usd")
    months = _costs_of(rows, "month")
    if months.is_empty():
        return _NOTHING
    latest = months.sort("month").row(-1, named=True)
    dearest = months.row(0, named=True)
    if months.height == 1:
        return f"{usd(latest['cost_usd'])}, all of it in {month_name(latest['month'])}."
    if latest["month"] == dearest["month"]:
        when = month_name(latest["month"])
        return f"{usd(latest['cost_usd'])} in {when}, the latest month and the most expensive."
    return (
        f"{usd(latest['cost_usd'])} in {month_name(latest['month'])}, the latest month;"
        f" the most in {month_name(dearest['month'])}, {usd(dearest['cost_usd'])}."
    )


def cumulative_cost(frame: Frame) -> str:
    """The total, and by when half of it was spent."""
    rows = collected(frame, "cumulative_cost", "cost_usd")
    by = period_of(rows, "cumulative_cost")
    total = total_cost(rows)
    if rows.is_empty() or not total:
        return _NOTHING if rows.is_empty() else _sentence(f"{_total(rows)} in all.")
    if rows[by].n_unique() == 1:
        return _sentence(f"{_total(rows)}, all of it by {day_name(rows[by][0])}.")
    spent = Decimal(0)
    for day, cost in rows.sort(by).select(by, "cost_usd").iter_rows():
        spent += cost or 0
        if spent * 2 >= total:
            return _sentence(f"{_total(rows)} in all, half of it by {day_name(day)}.")
    raise AssertionError("the sum of all days is the total")


def cost_by_model(frame: Frame) -> str:
    """The dearest model's share, and what has no price."""
    rows = collected(frame, "cost_by_model", "model", "cost_usd")
    unpriced = rows.filter(pl.col("cost_usd").is_null())
    has = "has" if unpriced.height == 1 else "have"
    without = f" {count_of(unpriced.height, 'model')} {has} no price." if unpriced.height else ""
    return f"{_leader(rows, 'model', count_of(rows.height, 'model'))}{without}"


def cost_by_project(frame: Frame) -> str:
    """The dearest project's share."""
    rows = collected(frame, "cost_by_project", "project", "cost_usd")
    names = names_of(rows)
    return _leader(rows, "project", count_of(rows["project"].n_unique(), "project"), names)


def cost_by_branch(frame: Frame) -> str:
    """The dearest branch's share."""
    rows = collected(frame, "cost_by_branch", "branch", "cost_usd")
    return _leader(rows, "branch", count_of(rows.height, "branch", "branches"))


def cost_by_agent(frame: Frame) -> str:
    """The share of subagents."""
    rows = collected(frame, "cost_by_agent", "agent", "responses", "cost_usd")
    total = total_cost(rows)
    if not total:
        return _NOTHING
    others = rows.filter(pl.col("agent") == "subagent")
    if others.is_empty():
        return f"No subagent ran; {_total(rows)} in all."
    own, responses = total_cost(others) or Decimal(0), int(others["responses"].sum())
    return (
        f"Subagents take {percent(own, total)} of {_total(rows)}, in"
        f" {percent(responses, int(rows['responses'].sum()))} of the responses."
    )


def session_costs(frame: Frame) -> str:
    """The dearest session, and the share of the dearest ten."""
    rows = collected(frame, "session_costs", "session", "title", "cost_usd")
    total = total_cost(rows)
    if not total:
        return _NOTHING
    ordered = rows.sort(["cost_usd", "session"], descending=[True, False], nulls_last=True)
    first = ordered.row(0, named=True)
    cost, name = usd(first["cost_usd"]), shortened(first["title"] or first["session"], 60)
    if rows.height == 1:
        return f"The only session cost {cost} ({name})."
    told = f"The most expensive of {count(rows.height)} sessions cost {cost} ({name})"
    if rows.height <= _TEN:
        return f"{told}."
    top = total_cost(ordered.head(_TEN)) or Decimal(0)
    return f"{told}; the first ten make up {percent(top, total)}."


def cost_by_token_class(frame: Frame) -> str:
    """The dearest class, with its share of cost and of tokens."""
    rows = collected(frame, "cost_by_token_class", "token_class", "tokens", "cost_usd")
    total, tokens = total_cost(rows), int(rows["tokens"].sum())
    if not total or not tokens:
        return _NOTHING
    first = rows.sort("cost_usd", descending=True, nulls_last=True).row(0, named=True)
    name = TOKEN_CLASS_NAMES.get(first["token_class"], first["token_class"])
    return (
        f"{name} is the largest part of the cost, {percent(first['cost_usd'], total)},"
        f" with {percent(first['tokens'], tokens)} of {compact(tokens)} tokens."
    )


def what_if(frame: Frame) -> str:
    """The cheapest and the dearest scenario beside what was paid."""
    rows = collected(frame, "what_if", "scenario", "cost_usd", "scenario_cost_usd")
    priced = rows.drop_nulls(["cost_usd", "scenario_cost_usd"])
    priced = priced.sort("scenario_cost_usd", "scenario")
    if priced.is_empty():
        return _NOTHING
    ends = priced.rows(named=True)[0], priced.rows(named=True)[-1]
    told = [
        f"{usd(row['scenario_cost_usd'])} {row['scenario']}, instead of {usd(row['cost_usd'])}"
        for row in (ends if priced.height > 1 else ends[:1])
    ]
    return f"From {' to '.join(told)}." if len(told) > 1 else f"{told[0]}."


def caching_savings(frame: Frame) -> str:
    """What caching saved in all, and its share of what it would have cost."""
    rows = collected(frame, "caching_savings", "month", "cost_usd", "saved_usd")
    priced = rows.drop_nulls(["cost_usd", "saved_usd"])
    if priced.is_empty():
        return _NOTHING
    saved, paid = (sum(priced[name], Decimal(0)) for name in ("saved_usd", "cost_usd"))
    return (
        f"Caching saved {usd(saved)}, {percent(saved, paid + saved)} of what the same usage"
        f" would have cost without it; {usd(paid)} was paid."
    )


def _costs_of(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Each period's cost, the dearest first; periods without any price left out."""
    priced = rows.filter(pl.col("cost_usd").is_not_null())
    sums = priced.group_by(by).agg(pl.col("cost_usd").sum())
    return sums.sort(["cost_usd", by], descending=[True, False])


def _leader(
    rows: pl.DataFrame, by: str, among: str, names: Mapping[str | None, str] | None = None
) -> str:
    total = total_cost(rows)
    if not total:
        return _NOTHING
    name = ranked(rows, by)[0]
    if rows[by].n_unique() == 1:
        return _sentence(f"{_total(rows)}, all of it for {_called(name, names)}.")
    own = total_cost(rows.filter(pl.col(by).eq_missing(name))) or Decimal(0)
    return f"{_called(name, names)} takes {percent(own, total)} of {_total(rows)} for {among}."


def _called(name: str | None, names: Mapping[str | None, str] | None) -> str:
    return shortened((names[name] if names else name) or "(none)", 60)


def _total(rows: pl.DataFrame) -> str:
    total = total_cost(rows)
    words = usd(total)
    return f"at least {words}" if total is not None and any(at_least(rows)) else words


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
