"""A sentence or two for each chart of one session."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from pocketdev_analytics.charts.figures import Frame, collected
from pocketdev_analytics.charts.session_axis import MOST_POINTS, clock
from pocketdev_analytics.charts.text import compact, count, percent, shortened, usd
from pocketdev_analytics.formatting import count_of

__all__ = ["session_context", "session_cost", "session_lanes"]

_NO_RESPONSES = "This session has no responses."


def session_context(frame: Frame) -> str:
    """The longest context, and the compactions."""
    events = collected(frame, "session_context", "kind", "lane", "context_tokens")
    responses = events.filter(pl.col("kind") == "response")
    if responses.is_empty():
        return _NO_RESPONSES
    longest = responses.sort("context_tokens", descending=True, nulls_last=True).row(0, named=True)
    number = events.filter(pl.col("kind") == "compaction").height
    compactions = f"; {count_of(number, 'compaction')}" if number else ""
    thinned = " Only the longest contexts are drawn." if responses.height > MOST_POINTS else ""
    return (
        f"{compact(longest['context_tokens'] or 0)} tokens at most, at {clock(longest['at'])}"
        f"{compactions}.{_threads(responses)}{_pauses(events)}{thinned}"
    )


def _threads(responses: pl.DataFrame) -> str:
    """Name the owner of the responses, if all lines have one colour."""
    is_main = responses["lane"] == "main"
    return "" if is_main.any() else " All by subagents."


def session_cost(frame: Frame) -> str:
    """The most expensive response, and how few responses make up half of the cost."""
    events = collected(frame, "session_cost", "kind", "cost_usd")
    responses = events.filter(pl.col("kind") == "response")
    costs = responses.drop_nulls("cost_usd").sort("cost_usd", descending=True)
    if costs.is_empty():
        return _NO_RESPONSES if responses.is_empty() else "No response has a price."
    total = sum(costs["cost_usd"], Decimal(0))
    first = costs.row(0, named=True)
    who = f"{shortened(first['name'] or 'no model', 40)}, at {clock(first['at'])}"
    if costs.height == 1:
        return f"The only response with a price cost {usd(first['cost_usd'])} ({who})."
    half = int((costs["cost_usd"].cum_sum() * 2 < total).sum()) + 1
    return (
        f"The most expensive response cost {usd(first['cost_usd'])}"
        f" ({who}); {count(half)} of {count(costs.height)} responses"
        f" {'makes' if half == 1 else 'make'} up half of the cost."
    )


def session_lanes(frame: Frame) -> str:
    """Describe the number of subagents that responded, and their share of the cost."""
    events = collected(frame, "session_lanes", "lane", "kind", "cost_usd")
    costs = events.drop_nulls("cost_usd")
    own = costs.filter(pl.col("lane") != "main")
    responded = events.filter(pl.col("lane") != "main", kind="response")
    subagents = responded["lane"].n_unique()
    if not subagents:
        return f"No subagents.{_pauses(events)}"
    total, part = (sum(rows["cost_usd"], Decimal(0)) for rows in (costs, own))
    share = f" with {percent(part, total)} of the cost" if total else ""
    return f"{count_of(subagents, 'subagent')}{share}.{_pauses(events)}"


def _pauses(events: pl.DataFrame) -> str:
    number = events["pause_minutes"].count()
    if not number:
        return ""
    return f" {count_of(number, 'pause')} cut out (dotted)."
