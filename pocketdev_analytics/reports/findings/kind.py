"""What a finding is: a kind, the rows that are its evidence, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, INSTANT, Schema
from pocketdev_analytics.model.history import History

__all__ = ["EVIDENCE", "LANE", "PROMPT", "FindingInput", "Kind", "evidence_rows", "responses"]

#: One row a piece of evidence: `evidence` is the id of the response or tool call, NULL where it is
#: the session as a whole; `cost_usd` is the money that was spent without need.
EVIDENCE: Final[Schema] = {
    "kind": pl.String,
    "session": pl.String,
    "project": pl.String,
    "at": INSTANT,
    "evidence": pl.String,
    "tokens": pl.Int64,
    "cost_usd": COST_USD,
}
#: The main thread or a subagent of a session: what shares a context.
LANE: Final = ("session_id", "lane")
#: The columns of a response's prompt: its context.
PROMPT: Final = (
    "input_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_read_tokens",
)


@dataclass(frozen=True, slots=True)
class FindingInput:
    """What findings are made of.

    `cheaper` has the columns `response_id, cost_usd`: the same usage priced on a cheaper model.
    """

    history: History
    cheaper: pl.LazyFrame | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding.

    Attributes:
        name: Its name in `evidence`.
        title: What is the matter.
        advice: What to do about it.
        find: Returns its evidence, the columns of `EVIDENCE` but `kind`.
        is_estimate: Whether its money rests on an assumption that the facts do not hold.
        rule: How its money is computed.
    """

    name: str
    title: str
    advice: str
    find: Callable[[FindingInput], pl.LazyFrame]
    is_estimate: bool
    rule: str


def responses(history: History) -> pl.LazyFrame:
    """The responses of each lane in order, with `lane, prompt_tokens, write_tokens, write_usd`."""
    return (
        history.usage.filter(pl.col("kind") == "response", pl.col("response_count") > 0)
        .with_columns(
            lane=pl.coalesce("agent_id", "agent"),
            prompt_tokens=pl.sum_horizontal(PROMPT),
            write_tokens=pl.sum_horizontal("cache_write_5m_tokens", "cache_write_1h_tokens"),
            write_usd=pl.sum_horizontal("cache_write_5m_cost_usd", "cache_write_1h_cost_usd"),
        )
        .sort("responded_at", "response_id")
    )


def evidence_rows(frame: pl.LazyFrame, **columns: pl.Expr) -> pl.LazyFrame:
    """The columns of `EVIDENCE` but `kind`; those of a response unless others are given."""
    usual = {
        "session": pl.col("session_id"),
        "project": pl.col("project"),
        "at": pl.col("responded_at"),
        "evidence": pl.col("response_id"),
    }
    chosen = {**usual, **columns}
    return frame.select(
        **{name: chosen[name].cast(kind) for name, kind in EVIDENCE.items() if name != "kind"}
    )
