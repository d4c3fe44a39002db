"""The main thread beside subagents and advisors: how often they ran, and at what cost."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS
from pocketdev_analytics.reports.cost import cost_measures

__all__ = ["AGENT", "agents"]

#: Who responded, in the order that reports show them.
AGENT: Final = pl.Enum(["main", "subagent", "advisor"])

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
    "lower_bound_responses",
    "unpriced_tokens",
)


def agents(usage: pl.LazyFrame) -> pl.LazyFrame:
    """One row for the main thread, for each kind of subagent, and for advisors.

    Columns: `agent` (main, subagent or advisor), `agent_type` (the kind of subagent, where
    its files name it, else NULL), `runs, responses, total_tokens, cost_usd`, `cost_share` (0
    to 1, of what all of them cost), `mean_cost_usd` (of a run), `sessions`, the five token
    columns, `web_search_requests, lower_bound_responses, unpriced_tokens`; sorted by `agent`
    and `agent_type`.

    A run is a subagent's, by its id; old files do not name subagents, so that those of one
    session count as one run. The main thread runs once a session, an advisor once a call. An
    advisor's calls are its own, whoever asked it. Money is as in `cost`; a mean has 18 decimal
    places, a share is of the sum of what has a price.
    """
    agent = pl.when("is_advisor").then(pl.lit("advisor")).otherwise("agent").cast(AGENT)
    kind = pl.when(agent == "subagent").then("agent_type").alias("agent_type")
    run = pl.when(agent == "advisor").then("response_id").otherwise(None)
    runs = pl.struct("session_id", pl.when(agent == "subagent").then("agent_id"), run.alias("call"))
    measures = [
        pl.col("run").n_unique().cast(pl.Int64).alias("runs"),
        pl.col("session_id").drop_nulls().n_unique().cast(pl.Int64).alias("sessions"),
        *cost_measures(),
    ]
    whole = pl.col("cost_usd").sum()
    share = pl.when(whole > 0).then((pl.col("cost_usd") / whole).cast(pl.Float64))
    mean = (pl.col("cost_usd") / pl.col("runs")).cast(COST_USD)
    return (
        usage.with_columns(agent.alias("agent"), kind, runs.alias("run"))
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
