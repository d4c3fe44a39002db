"""Main thread, subagents, advisors and unlisted calls: how often they ran, and their cost."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS
from pocketdev_analytics.reports.cost import cost_measures
from pocketdev_analytics.reports.measures import BOUNDS

__all__ = ["AGENT", "agents"]

#: Who made a call, in the order of reports.
AGENT: Final = pl.Enum(["main", "subagent", "advisor", "unlisted"])

_COLUMNS: Final = (
    "agent",
    "agent_type",
    "runs",
    "responses",
    "total_tokens",
    "cost_usd",
    "cost_share",
    "mean_cost_usd",
    "sessions",
    *TOKEN_COLUMNS,
    "web_search_requests",
    *BOUNDS,
)


def agents(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row for the main thread, each type of subagent, advisors, and unlisted calls.

    Args:
        usage: Billed passes: `model.USAGE_COST`.

    Returns:
        Columns: `agent` (main, subagent, advisor or unlisted), `agent_type` (the type of
        subagent, where its files name it, else NULL), `runs, responses, total_tokens,
        cost_usd`, `cost_share` (0 to 1, of the cost of all rows), `mean_cost_usd` (of a run),
        `sessions`, the five token columns, `web_search_requests` and the columns of
        `measures.BOUNDS`; sorted by `agent` and `agent_type`.

        A run is a subagent's, by its id; old files do not name subagents, so all of one
        session count as one run. The main thread runs once a session, an advisor once a call.
        Unlisted calls are those that no line tells of (web searches, compactions, titles, …):
        their number is unknown, so they count as one run per session. Money is as in
        `cost`; a mean has 18 decimal places.
    """
    agent, kind = pl.col("agent"), pl.col("kind")
    caller = pl.when(kind == "advisor").then(pl.lit("advisor")).otherwise(agent).cast(AGENT)
    is_subagent = (agent == "subagent") & (kind != "advisor")
    run = pl.struct(
        "session_id",
        pl.when(is_subagent).then("agent_id"),
        pl.when(kind == "advisor").then("response_id").alias("call"),
    )
    measures = [
        pl.col("run").n_unique().cast(pl.Int64).alias("runs"),
        pl.col("session_id").drop_nulls().n_unique().cast(pl.Int64).alias("sessions"),
        *cost_measures(),
    ]
    whole = pl.col("cost_usd").sum()
    share = pl.when(whole > 0).then((pl.col("cost_usd") / whole).cast(pl.Float64))
    mean = (pl.col("cost_usd") / pl.col("runs")).cast(COST_USD)
    return (
        usage.with_columns(
            agent=caller, agent_type=pl.when(is_subagent).then("agent_type"), run=run
        )
        .group_by("agent", "agent_type")
        .agg(measures)
        .with_columns(
            share.alias("cost_share"),
            mean.alias("mean_cost_usd"),
            total_tokens=pl.sum_horizontal(TOKEN_COLUMNS),
        )
        .sort("agent", "agent_type", nulls_last=True)
        .select(_COLUMNS)
    )
