"""One row a session: where, when, how long, how much, at what cost."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.active_time import IDLE_MINUTES, stretches
from pocketdev_analytics.reports.cost import cost
from pocketdev_analytics.reports.dimensions import FACTS, check_timezone
from pocketdev_analytics.reports.measures import BOUNDS, half_up

__all__ = ["session_totals", "sessions"]

_COLUMNS: Final = (
    "session",
    "title",
    "project",
    "started_at",
    "ended_at",
    "duration_minutes",
    "prompts",
    "responses",
    "subagent_responses",
    "tool_calls",
    "cost_usd",
    *BOUNDS,
    "models",
    "peak_context_tokens",
    "active_minutes",
    "subagents",
    "tool_errors",
    "api_errors",
    "compactions",
)
_COUNTS: Final = (
    "prompts",
    "responses",
    "subagent_responses",
    "tool_calls",
    "subagents",
    "tool_errors",
    "api_errors",
    "compactions",
)
_WORK: Final = ("usage", "prompts", "tool_calls")
_MONEY: Final = ("cost_usd", *BOUNDS)


def sessions(
    history: History, *, timezone: str = "UTC", idle_minutes: float = IDLE_MINUTES
) -> pl.LazyFrame:
    """One row a session, the earliest first.

    Columns: `session, title, project, started_at, ended_at, duration_minutes,
    prompts, responses, subagent_responses, tool_calls, cost_usd,
    lower_bound_responses, unseen_calls, unpriced_tokens, models, peak_context_tokens,
    active_minutes, subagents, tool_errors, api_errors, compactions`.

    A session has a prompt, a response or a tool call. Times are in `timezone`, from its first
    event (those, API errors and measured events) to its last. `project` is where it began.
    `models` is a sorted list. `peak_context_tokens` is the longest prompt sent: input, cache
    writes and cache reads of one response, NULL without responses. The money columns are those of
    `cost`. `active_minutes` is `duration_minutes` without pauses of more than
    `idle_minutes` (`active_time` says how it is counted). `subagents` are those whose
    files name them; `api_errors` ended a turn; `compactions` are of the context.
    """
    frames = [_whereabouts(history).pipe(_spans, check_timezone(timezone))]
    frames += [_prompts(history), _responses(history), _tool_calls(history), _costs(history)]
    frames += [_active(history, idle_minutes), _api_errors(history), _compactions(history)]
    together, *others = frames
    for other in others:
        together = together.join(other, on="session", how="left")
    zero = pl.lit(0)
    # A session without responses cost nothing; one whose models have no price cost NULL.
    cost_usd = (
        pl.when(pl.col("responses").is_null()).then(zero.cast(COST_USD)).otherwise("cost_usd")
    )
    return (
        together.with_columns(cost_usd.alias("cost_usd"), pl.col("models").fill_null([]))
        .with_columns(pl.col(*_COUNTS, *_MONEY[1:], "active_minutes").fill_null(0))
        .select(_COLUMNS)
        .sort("started_at", "session")
    )


def session_totals(history: History) -> pl.LazyFrame:
    """Return the totals of all sessions in one row.

    Columns: `sessions, prompts, responses, subagent_responses, tool_calls, subagents,
    tool_errors, api_errors, compactions, cost_usd` and the columns of `measures.BOUNDS`.
    """
    counts = sessions(history).select(
        pl.len().cast(pl.Int64).alias("sessions"), *(pl.col(name).sum() for name in _COUNTS)
    )
    return pl.concat([counts, cost(history.usage, by=()).select(_MONEY)], how="horizontal")


def _whereabouts(history: History) -> pl.LazyFrame:
    """The first and last time of each session in each project under each title."""
    return pl.concat(
        frame.filter(pl.col("session_id").is_not_null())
        .group_by(session="session_id", title="session_title", project="project")
        .agg(
            started_at=pl.col(FACTS[name].at).min(),
            ended_at=pl.col(FACTS[name].at).max(),
            is_work=pl.lit(name in _WORK),
        )
        for name, frame in history.frames().items()
    )


def _spans(whereabouts: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    # Sorted within its few rows, so that equal times do not make the answer vary.
    order = ["started_at", "project", "title"]
    first = [pl.col(name).sort_by(order).drop_nulls().first() for name in ("title", "project")]
    lasted = pl.col("ended_at") - pl.col("started_at")
    minutes = lasted.dt.total_seconds(fractional=True) / 60
    return (
        whereabouts.filter(pl.col("is_work").any().over("session"))
        .group_by("session")
        .agg(*first, pl.col("started_at").min(), pl.col("ended_at").max())
        .with_columns(half_up(minutes).alias("duration_minutes"))
        .with_columns(pl.col("started_at", "ended_at").dt.convert_time_zone(timezone))
    )


def _prompts(history: History) -> pl.LazyFrame:
    return history.prompts.group_by(session="session_id").agg(prompts=pl.len().cast(pl.Int64))


def _tool_calls(history: History) -> pl.LazyFrame:
    return history.tool_calls.group_by(session="session_id").agg(
        tool_calls=pl.len().cast(pl.Int64),
        tool_errors=pl.col("is_error").sum().cast(pl.Int64),
    )


def _active(history: History, idle_minutes: float) -> pl.LazyFrame:
    worked = pl.col("occurred_at") - pl.col("started_at")
    minutes = worked.sum().dt.total_seconds(fractional=True) / 60
    return (
        stretches(history, idle_minutes)
        .group_by(session="session_id")
        .agg(active_minutes=half_up(minutes))
    )


def _api_errors(history: History) -> pl.LazyFrame:
    errors = history.api_errors.filter(kind="error")
    return errors.group_by(session="session_id").agg(api_errors=pl.len().cast(pl.Int64))


def _compactions(history: History) -> pl.LazyFrame:
    compactions = history.session_events.filter(kind="compact_boundary")
    return compactions.group_by(session="session_id").agg(compactions=pl.len().cast(pl.Int64))


def _responses(history: History) -> pl.LazyFrame:
    prompt_tokens = pl.sum_horizontal(
        "input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"
    )
    return history.usage.group_by(session="session_id").agg(
        subagents=pl.col("agent_id").drop_nulls().n_unique().cast(pl.Int64),
        subagent_responses=pl.col("response_count")
        .filter(pl.col("agent") == "subagent")
        .sum()
        .cast(pl.Int64),
        models=pl.col("model").drop_nulls().unique().sort(),
        peak_context_tokens=prompt_tokens.filter(pl.col("kind") == "response").max(),
    )


def _costs(history: History) -> pl.LazyFrame:
    return cost(history.usage, by=["session"]).select("session", "responses", *_MONEY)
