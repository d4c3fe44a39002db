"""The cost of one response or session, taken apart: each token class, its price, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pricing import Pricing
from pocketdev_analytics.pricing.explain import explain
from pocketdev_analytics.reports.source import ReportSource

__all__ = ["CostBreakdown", "explain_cost"]

_SHORTEST_PREFIX: Final = 6
_RESPONSE: Final = (
    *("response_id", "kind", "responded_at", "model", "cost_usd"),
    *("is_lower_bound", "lower_bound_reason", "file", "line"),
)


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """What a response, call or session costs.

    Attributes:
        id: Its full id.
        kind: `response`, `call` or `session`.
        responses: A row per response, in order: `response_id, kind, responded_at, model,
            cost_usd, is_lower_bound, lower_bound_reason, file, line`.
        parts: A row per billed unit of each group of equal prices: `pricing.explain.EXPLAINED`.
        why: The rules behind the prices, by number of the group.
    """

    id: str
    kind: str
    responses: pl.DataFrame
    parts: pl.DataFrame
    why: Mapping[int, tuple[str, ...]]

    @property
    def cost_usd(self) -> Decimal | None:
        """The sum of the responses that have a price; None if none has."""
        costs = self.responses["cost_usd"].drop_nulls()
        total: Any = costs.sum()
        return total if len(costs) or self.responses.is_empty() else None

    @property
    def is_at_least(self) -> bool:
        """Whether `cost_usd` is a lower bound: a response has no price or no final count."""
        has_gap = self.responses["cost_usd"].has_nulls() or self.responses["is_lower_bound"].any()
        return self.cost_usd is not None and has_gap

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `explain --format json` prints, with exact decimals."""
        return {
            "id": self.id,
            "kind": self.kind,
            "cost_usd": self.cost_usd,
            "parts": self.parts.to_dicts(),
            "why": {str(group): list(rules) for group, rules in self.why.items()},
            "responses": self.responses.to_dicts(),
        }


def explain_cost(source: ReportSource, id_: str, pricing: Pricing | None = None) -> CostBreakdown:
    """Explain the cost of a response or session.

    Args:
        source: An open store.
        id_: The id of a response, of a call in it (an advisor's), or of a session; or the
            beginning of one, of at least 6 characters.
        pricing: Which prices to use; default is what was billed on the day.

    Raises:
        ReportError: no id or several ids begin with `id_`.
    """
    options = pricing or Pricing()
    kind, full_id, lines = _find_lines(source.response_lines(), id_)
    usage_cost = (
        source.usage_cost(**options.to_arguments())
        .join(lines.lazy().select("response_id"), on="response_id", how="semi")
        .collect()
    )
    files = lines.select("response_id", file="path", line="line_no")
    responses = usage_cost.join(files, on="response_id").select(_RESPONSE)
    explanation = explain(usage_cost, source.price_book(), options)
    responses = responses.sort("responded_at", "response_id")
    return CostBreakdown(full_id, kind, responses, explanation.parts, explanation.why)


def _find_lines(lines: pl.LazyFrame, id_: str) -> tuple[str, str, pl.DataFrame]:
    """Return the kind of the id, the full id, and the lines of its responses.

    An advisor's calls belong to the response that made them.
    """
    response = pl.col("response_id").str.split("/").list.first()
    columns = {"call": pl.col("response_id"), "response": response, "session": pl.col("session_id")}
    for kind, column in columns.items():
        rows = lines.filter(column == id_).collect()
        is_full_id = kind != "call" or "/" in id_
        if is_full_id and not rows.is_empty():
            return kind, id_, rows
    return _find_lines(lines, _full_id(lines.select(response, "session_id").collect(), id_))


def _full_id(ids: pl.DataFrame, prefix: str) -> str:
    """Return the one id with this prefix.

    Raises:
        ReportError: no id or several ids have it.
    """
    matches = sorted({each for column in ids for each in column if each.startswith(prefix)})
    if not matches or len(prefix) < _SHORTEST_PREFIX:
        raise ReportError(
            f"no response or session has the id {prefix!r};"
            " `pocketdev-analytics report sessions` lists the sessions"
        )
    if len(matches) > 1:
        raise ReportError(
            f"{len(matches)} ids begin with {prefix!r}; give more of it, such as {matches[0]}"
        )
    full_id: str = matches[0]
    return full_id
