"""Context that is carried: how heavy sessions start, how long they grow, how they are compacted."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.reports.findings.kind import (
    FindingInput,
    Kind,
    evidence_rows,
    responses,
)

__all__ = ["CONTEXT_KINDS", "LONG_CONTEXT"]

#: A context of more tokens is long: half of the usual window of 200,000.
LONG_CONTEXT: Final = 100_000
_LEAST_EXCESS: Final = 1_000
_LEAN: Final = 0.1


def _fixed(given: FindingInput) -> pl.LazyFrame:
    """What a session's start above the leanest tenth of starts cost in its later responses."""
    main = responses(given.history).filter(pl.col("agent") == "main")
    starts = main.group_by("session_id").agg(start=pl.col("prompt_tokens").first())
    lean = starts.select(lean=pl.col("start").quantile(_LEAN))
    carried = pl.min_horizontal("excess", "cache_read_tokens")
    cost = pl.col("cache_read_cost_usd").cast(pl.Float64) * carried / pl.col("cache_read_tokens")
    later = (
        main.filter(pl.col("cache_read_tokens") > 0)
        .join(starts.join(lean, how="cross"), on="session_id")
        .with_columns(excess=(pl.col("start") - pl.col("lean")).cast(pl.Int64))
        .filter(pl.col("excess") >= _LEAST_EXCESS)
        .with_columns(carried=carried, cost=cost)
    )
    sums = later.group_by("session_id").agg(
        pl.col("project").first(),
        pl.col("responded_at").max(),
        pl.col("carried").sum(),
        pl.col("cost").sum(),
    )
    return evidence_rows(
        sums,
        evidence=pl.lit(None, pl.String),
        tokens=pl.col("carried"),
        cost_usd=pl.col("cost"),
    )


def _long(given: FindingInput) -> pl.LazyFrame:
    """What the tokens of a context above `LONG_CONTEXT` cost."""
    excess = pl.col("prompt_tokens") - LONG_CONTEXT
    cost = pl.sum_horizontal("input_cost_usd", "write_usd", "cache_read_cost_usd")
    rows = responses(given.history).filter(excess > 0, pl.col("cost_usd").is_not_null())
    share = excess / pl.col("prompt_tokens")
    return evidence_rows(rows, tokens=excess, cost_usd=cost.cast(pl.Float64) * share)


def _compactions(given: FindingInput) -> pl.LazyFrame:
    rows = given.history.usage.filter(
        pl.col("kind") == "compaction", pl.col("cost_usd").is_not_null()
    )
    return evidence_rows(rows, tokens=pl.col("input_tokens"), cost_usd=pl.col("cost_usd"))


CONTEXT_KINDS: Final = (
    Kind(
        "context-start",
        "Sessions that start heavier than your leanest ones",
        "Look at /context: disable MCP servers, shorten CLAUDE.md and memory files that are sent"
        " with every response.",
        _fixed,
        is_estimate=True,
        rule="the tokens of the first prompt above the leanest tenth of your sessions, at the"
        " price at which each later response read them",
    ),
    Kind(
        "context-long",
        f"Context of more than {LONG_CONTEXT:,} tokens",
        "Use /clear when a task is done, and let a subagent read what only one answer needs.",
        _long,
        is_estimate=True,
        rule=f"the share of the prompt's cost that is above {LONG_CONTEXT:,} tokens",
    ),
    Kind(
        "compactions",
        "Compactions of the context",
        "Use /clear between tasks, or /compact at a point where little is left to keep.",
        _compactions,
        is_estimate=False,
        rule="what the calls that wrote the summaries cost, where they are recorded",
    ),
)
