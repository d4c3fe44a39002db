"""Work that came to nothing: tools that fail in a row, interrupted and refused responses."""

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

__all__ = ["LEAST_FAILURES", "WORK_KINDS"]

#: So many calls of one tool that fail in a row are a loop.
LEAST_FAILURES: Final = 3
# A response that was interrupted longer ago had ended by itself.
_LONGEST: Final = timedelta(minutes=10)


def _loops(given: FindingInput) -> pl.LazyFrame:
    """The responses between the first and the last of several failures of a tool in a row."""
    is_new = (pl.col("tool") != pl.col("tool").shift().over(LANE)) | (
        pl.col("is_error") != pl.col("is_error").shift().over(LANE)
    )
    loops = (
        given.history.tool_calls.filter(pl.col("is_error").is_not_null())
        .with_columns(lane=pl.coalesce("agent_id", "agent"))
        .sort("called_at", "tool_use_id")
        .with_columns(run=is_new.fill_null(value=True).cast(pl.Int64).cum_sum().over(LANE))
        .group_by(*LANE, "run")
        .agg(
            pl.col("tool_use_id").first(),
            pl.col("is_error").first(),
            pl.col("project").first(),
            failures=pl.len(),
            first_at=pl.col("called_at").min(),
            last_at=pl.col("called_at").max(),
        )
        .filter(pl.col("is_error"), pl.col("failures") >= LEAST_FAILURES)
    )
    costs = responses(given.history).select(*LANE, "responded_at", "output_tokens", "cost_usd")
    is_within = pl.col("responded_at").is_between("first_at", "last_at", closed="right")
    found = (
        loops.join(costs, on=list(LANE))
        .filter(is_within)
        .group_by("session_id", "tool_use_id")
        .agg(
            pl.col("project").first(),
            pl.col("last_at").first(),
            pl.col("output_tokens").sum(),
            pl.col("cost_usd").sum(),
        )
    )
    return evidence_rows(
        found,
        at=pl.col("last_at"),
        evidence=pl.col("tool_use_id"),
        tokens=pl.col("output_tokens"),
        cost_usd=pl.col("cost_usd"),
    )


def _interrupted(given: FindingInput) -> pl.LazyFrame:
    """The response before each interruption of its lane."""
    events = (
        given.history.session_events.filter(pl.col("kind") == "interruption")
        .select(
            "session_id",
            "occurred_at",
            "event_id",
            lane=pl.coalesce("agent_id", "agent"),
        )
        .sort("occurred_at")
    )
    before = events.join_asof(
        responses(given.history).with_columns(at=pl.col("responded_at")),
        left_on="occurred_at",
        right_on="responded_at",
        by=list(LANE),
        check_sortedness=False,
        tolerance=_LONGEST,
    )
    rows = before.filter(pl.col("response_id").is_not_null()).unique(
        "response_id", keep="first", maintain_order=True
    )
    return evidence_rows(
        rows, at=pl.col("at"), tokens=pl.col("output_tokens"), cost_usd=pl.col("cost_usd")
    )


def _refused(given: FindingInput) -> pl.LazyFrame:
    rows = responses(given.history).filter(pl.col("stop_reason") == "refusal")
    return evidence_rows(rows, tokens=pl.col("output_tokens"), cost_usd=pl.col("cost_usd"))


WORK_KINDS: Final = (
    Kind(
        "tool-loops",
        f"Tools that failed {LEAST_FAILURES} times in a row or more",
        "Say in CLAUDE.md how the tool is used here (paths, test commands, permissions), and"
        " interrupt early.",
        _loops,
        is_estimate=False,
        rule="what the responses from the first to the last failure cost",
    ),
    Kind(
        "interrupted",
        "Responses that were interrupted",
        "Use plan mode for larger tasks, so that a wrong direction is seen before the work.",
        _interrupted,
        is_estimate=False,
        rule="what the response before each interruption cost",
    ),
    Kind(
        "refused",
        "Responses that the model refused",
        "Reword the request, or begin a new session: the refused context is sent again.",
        _refused,
        is_estimate=False,
        rule="what the responses with the stop reason `refusal` cost",
    ),
)
