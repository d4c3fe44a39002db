"""Cache that was written again, by cause, and whether writes that live an hour would pay."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from pocketdev_analytics.reports.findings.kind import (
    LANE,
    FindingInput,
    Kind,
    evidence_rows,
    responses,
)

__all__ = ["CACHE_KINDS"]

# How long the two kinds of cache live, and the least prompt that is cached: Anthropic's
# documentation of prompt caching.
_SHORT: Final = timedelta(minutes=5)
_LONG: Final = timedelta(hours=1)
_LEAST_TOKENS: Final = 1_024
# A 1-hour write costs 2 times the input price, a 5-minute write 1.25 times (the same source).
_DEARER: Final = 2 / 1.25 - 1

_RULE: Final = (
    "what writing the tokens cost, which the response before had in its context, less what"
    " reading them from the cache costs on that model"
)


def _steps(given: FindingInput) -> pl.LazyFrame:
    """Each response with the one before it in its lane, and the last compaction before it."""
    before = {
        "before_at": pl.col("responded_at"),
        "before_model": pl.col("model"),
        "before_tokens": pl.col("prompt_tokens"),
        "before_1h": pl.col("cache_write_1h_tokens") > 0,
    }
    compactions = (
        given.history.session_events.filter(pl.col("kind") == "compact_boundary")
        .select(
            "session_id",
            lane=pl.coalesce("agent_id", "agent"),
            compacted_at=pl.col("occurred_at"),
        )
        .sort("compacted_at")
    )
    return (
        responses(given.history)
        .with_columns(each.shift().over(LANE).alias(name) for name, each in before.items())
        .join_asof(
            compactions,
            left_on="responded_at",
            right_on="compacted_at",
            by=list(LANE),
            check_sortedness=False,
        )
        .join(_read_rates(given), on="model", how="left", nulls_equal=True)
        .with_columns(cause=_cause())
    )


def _cause() -> pl.Expr:
    lives = pl.when("before_1h").then(pl.lit(_LONG)).otherwise(pl.lit(_SHORT))
    return (
        pl.when(pl.col("before_at").is_null())
        .then(pl.lit("first"))
        .when(pl.col("compacted_at") > pl.col("before_at"))
        .then(pl.lit("compaction"))
        .when(pl.col("model") != pl.col("before_model"))
        .then(pl.lit("model"))
        .when(pl.col("responded_at") - pl.col("before_at") > lives)
        .then(pl.lit("pause"))
        .otherwise(pl.lit("other"))
    )


def _read_rates(given: FindingInput) -> pl.LazyFrame:
    """What reading a token from the cache costs on each model, from the facts."""
    cost = pl.col("cache_read_cost_usd").sum().cast(pl.Float64)
    rate = cost / pl.col("cache_read_tokens").sum()
    read = given.history.usage.filter(
        pl.col("cache_read_tokens") > 0, pl.col("cache_read_cost_usd").is_not_null()
    )
    return read.group_by("model").agg(read_rate=rate)


def _rebuilt(given: FindingInput) -> pl.LazyFrame:
    """The responses that wrote what had been in the cache before: `rebuilt`, `cost`."""
    lost = pl.min_horizontal(
        (pl.col("before_tokens") - pl.col("cache_read_tokens")).clip(lower_bound=0),
        "write_tokens",
    )
    share = pl.col("rebuilt") / pl.col("write_tokens")
    return (
        _steps(given)
        .with_columns(
            rebuilt=pl.when(pl.col("cause").is_in(["first", "compaction"]))
            .then("write_tokens")
            .otherwise(lost)
        )
        .filter(pl.col("rebuilt") >= _LEAST_TOKENS, pl.col("write_usd").is_not_null())
        .with_columns(written=pl.col("write_usd").cast(pl.Float64) * share)
        .with_columns(cost=pl.col("written") - pl.col("rebuilt") * pl.col("read_rate").fill_null(0))
    )


def _of_cause(cause: str) -> pl.Expr:
    return pl.col("cause") == cause


def _lost(cause: str) -> Kind:
    title, advice = _CAUSES[cause]

    def find(given: FindingInput) -> pl.LazyFrame:
        rows = _rebuilt(given).filter(_of_cause(cause), pl.col("cost") > 0)
        return evidence_rows(rows, tokens=pl.col("rebuilt"), cost_usd=pl.col("cost"))

    return Kind(f"cache-{cause}", title, advice, find, is_estimate=True, rule=_RULE)


def _written(cause: str) -> Kind:
    title, advice = _CAUSES[cause]

    def find(given: FindingInput) -> pl.LazyFrame:
        rows = _rebuilt(given).filter(_of_cause(cause))
        return evidence_rows(rows, tokens=pl.col("rebuilt"), cost_usd=pl.col("write_usd"))

    rule = "what the cache writes of these responses cost"
    return Kind(f"cache-{cause}", title, advice, find, is_estimate=False, rule=rule)


def _one_hour(given: FindingInput) -> pl.LazyFrame:
    """What 1-hour writes would have saved in each session, less what they would have cost more."""
    pause = pl.col("responded_at") - pl.col("before_at")
    is_saved = _of_cause("pause") & (pause <= _LONG) & ~pl.col("before_1h")
    short = pl.col("cache_write_5m_cost_usd").cast(pl.Float64)
    saved = _rebuilt(given).filter(is_saved)
    steps = _steps(given).filter(pl.col("cache_write_5m_tokens") > 0)
    lost = saved.select("response_id", "rebuilt", "written", lost="cost")
    kept = pl.col("written").fill_null(0)
    return evidence_rows(
        steps.join(lost, on="response_id", how="left")
        .group_by("session_id")
        .agg(
            pl.col("project").first(),
            pl.col("responded_at").max(),
            tokens=pl.col("rebuilt").sum(),
            cost_usd=pl.col("lost").sum() - _DEARER * (short - kept).sum(),
        ),
        evidence=pl.lit(None, pl.String),
        tokens=pl.col("tokens"),
        cost_usd=pl.col("cost_usd"),
    )


_CAUSES: Final = {
    "pause": (
        "Cache rebuilt after a pause longer than it lives",
        "Answer within 5 minutes, or use /clear or /compact before a longer break.",
    ),
    "compaction": (
        "Cache rebuilt after a compaction",
        "Use /clear between tasks, so that contexts need no compaction.",
    ),
    "model": (
        "Cache rebuilt after the model was switched",
        "Choose the model at the start of a session; another model starts without a cache.",
    ),
    "first": (
        "Cache written for the first message of sessions and subagents",
        "Disable MCP servers that few sessions need; continue a session on the same task.",
    ),
    "other": (
        "Cache rebuilt within its lifetime",
        "Keep tools, MCP servers and CLAUDE.md during a session: a change discards the cache.",
    ),
}
CACHE_KINDS: Final = (
    *map(_lost, ("pause", "model", "other")),
    *map(_written, ("compaction", "first")),
    Kind(
        "cache-1h",
        "Cache writes of 5 minutes where 1 hour would have been cheaper",
        "Set ENABLE_PROMPT_CACHING_1H=1, so that pauses of up to an hour keep the cache.",
        _one_hour,
        is_estimate=True,
        rule="what pauses of 5 to 60 minutes cost in rebuilt cache, less the higher price of"
        " 1-hour writes for all other writes of these sessions",
    ),
)
