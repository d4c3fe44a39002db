"""Models that are more expensive than the work needs: subagents, and short turns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from pocketdev_analytics.reports.findings.kind import (
    EVIDENCE,
    FindingInput,
    Kind,
    evidence_rows,
    responses,
)

__all__ = ["MODEL_KINDS", "SHORT_OUTPUT", "cheaper_model"]

#: A turn of one response with so many tokens of output at most is short.
SHORT_OUTPUT: Final = 300
# Families that are more expensive than the one that short turns are priced on.
_DEAR: Final = "opus|fable|mythos"


def cheaper_model(models: Iterable[str]) -> str:
    """The latest Sonnet of these models; "" where there is none."""
    sonnets = [model for model in models if "sonnet" in model]
    return max(sonnets, key=lambda model: [int(n) for n in re.findall(r"\d+", model)], default="")


def _subagents(given: FindingInput) -> pl.LazyFrame:
    """What subagents of a session cost more than its main thread."""
    cost = pl.col("cost_usd")
    rows = given.history.usage.filter(cost.is_not_null(), pl.col("session_id").is_not_null())
    of = {name: pl.col("agent") == name for name in ("main", "subagent")}
    sums = (
        rows.group_by("session_id")
        .agg(
            pl.col("project").first(),
            pl.col("responded_at").max(),
            tokens=pl.col("output_tokens").filter(of["subagent"]).sum(),
            **{name: cost.filter(is_it).sum() for name, is_it in of.items()},
        )
        .with_columns(more=pl.col("subagent") - pl.col("main"))
        .filter(pl.col("more") > 0)
    )
    return evidence_rows(
        sums,
        evidence=pl.lit(None, pl.String),
        tokens=pl.col("tokens"),
        cost_usd=pl.col("more"),
    )


def _short(given: FindingInput) -> pl.LazyFrame:
    """Turns of one short response on a dear model, and what they cost more than on a cheaper."""
    if given.cheaper is None:
        return pl.LazyFrame(schema={name: EVIDENCE[name] for name in EVIDENCE if name != "kind"})
    prompts = (
        given.history.prompts.filter(pl.col("agent") == "main")
        .select("session_id", "prompt_id", "prompted_at")
        .sort("prompted_at")
    )
    turns = (
        responses(given.history)
        .filter(pl.col("agent") == "main")
        .join_asof(
            prompts,
            left_on="responded_at",
            right_on="prompted_at",
            by="session_id",
            check_sortedness=False,
        )
        .filter(pl.col("prompt_id").is_not_null())
        .filter(pl.len().over("session_id", "prompt_id") == 1)
    )
    other = given.cheaper.select("response_id", other_usd="cost_usd")
    is_short = (pl.col("output_tokens") <= SHORT_OUTPUT) & pl.col("model").str.contains(_DEAR)
    saved = pl.col("cost_usd") - pl.col("other_usd")
    rows = turns.filter(is_short).join(other, on="response_id").filter(saved > 0)
    return evidence_rows(rows, tokens=pl.col("output_tokens"), cost_usd=saved)


MODEL_KINDS: Final = (
    Kind(
        "subagents",
        "Subagents that cost more than the main thread",
        "Give subagents a cheaper model (`model:` in .claude/agents/NAME.md) and a narrower task.",
        _subagents,
        is_estimate=False,
        rule="what the subagents of a session cost more than its main thread",
    ),
    Kind(
        "short-turns",
        "Short answers of an expensive model",
        "Ask short questions on a cheaper model (`/model`), in a session of their own.",
        _short,
        is_estimate=True,
        rule=f"turns of one response with at most {SHORT_OUTPUT} tokens of output, less the same"
        " tokens on the latest Sonnet; that model may need more or fewer",
    ),
)
