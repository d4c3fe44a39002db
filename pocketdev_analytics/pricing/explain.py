"""Explain a cost as a table: each billed unit, its price, and the reasons for the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.formatting import format_usd
from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS, Schema
from pocketdev_analytics.model.units import UNITS, UNITS_BY_NAME, Unit
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.formula import KINDS, PriceIntervals, Quotes, quotes
from pocketdev_analytics.pricing.options import Pricing
from pocketdev_analytics.pricing.quote import Quote, RequestKey

__all__ = ["EXPLAINED", "Explanation", "explain", "unpriced"]

#: One row per billed unit of requests that have the same prices.
EXPLAINED: Final[Schema] = {
    "group": pl.Int64,
    "model": pl.String,
    "responses": pl.Int64,
    "class": pl.String,
    "count": pl.Int64,
    "base_price_usd": COST_USD,
    "multiplier": pl.Decimal(38, 9),
    "price_usd": COST_USD,
    "per": pl.Int64,
    "cost_usd": COST_USD,
}

_COUNTS: Final = tuple(unit.count_column for unit in UNITS)
_COSTS: Final = tuple(unit.cost_column for unit in UNITS)
_INTERVAL: Final = "price_interval"
_MULTIPLIER_PLACES: Final = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`parts` has the columns of `EXPLAINED`; `why` has the rules of each group, in order."""

    parts: pl.DataFrame
    why: dict[int, tuple[str, ...]]


def explain(usage_cost: pl.DataFrame, book: PriceBook, options: Pricing) -> Explanation:
    """Explain the cost of responses; responses with the same prices are one group.

    `base_price_usd` is the model's price of input, of output or of searches before cache,
    tier and region; times `multiplier` it is `price_usd`, per `per` units.
    """
    intervals = PriceIntervals(book, options)
    rows = usage_cost.with_columns(intervals.number())
    kinds = rows.select(*KINDS).unique(maintain_order=True)
    found = {each.kind: each for each in quotes(kinds, book, intervals, options)}
    numbers, quoted_of = _number(rows, found)
    parts: list[dict[str, Any]] = []
    why: dict[int, tuple[str, ...]] = {}
    for group in _group(rows.with_columns(numbers)).iter_rows(named=True):
        quoted = quoted_of[group["group"]]
        parts += _parts(group, quoted)
        why[group["group"]] = _why(quoted, group)
    return Explanation(pl.DataFrame(parts, schema=EXPLAINED, orient="row"), why)


def _number(
    rows: pl.DataFrame, found: Mapping[RequestKey, Quotes]
) -> tuple[pl.Series, dict[int, Quote]]:
    """Number the groups: rows of one model with the same prices for the same reasons."""

    def quotes_in(frame: pl.DataFrame) -> Iterator[tuple[str, Quote]]:
        for *kind, interval in frame.select(*KINDS, _INTERVAL).iter_rows():
            yield kind[0], found[RequestKey(*kind)][interval]

    groups: dict[tuple[str, Quote], int] = {}
    for each in quotes_in(rows.sort("responded_at", "response_id")):
        groups.setdefault(each, len(groups) + 1)
    numbers = [groups[each] for each in quotes_in(rows)]
    quoted = {number: each for (_, each), number in groups.items()}
    return pl.Series("group", numbers, pl.Int64), quoted


def _why(quoted: Quote, group: dict[str, Any]) -> tuple[str, ...]:
    reason = (f"no price: {quoted.reason}",) if quoted.reason else ()
    return (*quoted.why, *reason, *_recorded(group))


def _recorded(group: dict[str, Any]) -> tuple[str, ...]:
    """Return the cost that the session file itself records."""
    if group["recorded"]:
        return (f"{group['recorded']} as recorded in the session file",)
    if not group["count_recorded"]:
        return ()
    amount = format_usd(group["recorded_cost_usd"], is_full=True)
    of = f" for {group['count_recorded']} of {group['responses']} responses"
    share = "" if group["count_recorded"] == group["count_rows"] else of
    return (f"the session file records {amount}{share}",)


def unpriced(usage_cost: pl.LazyFrame, book: PriceBook) -> pl.DataFrame:
    """Return the usage without a price at full list prices, and the reasons.

    Columns: `model, speed, service_tier, inference_geo, provider, responses, tokens, reason`; most
    tokens first.
    """
    intervals = PriceIntervals(book)
    rows = (
        usage_cost.filter(pl.col("cost_usd").is_null())
        .with_columns(intervals.number())
        .group_by(*KINDS, _INTERVAL)
        .agg(
            pl.col("response_count").sum().cast(pl.Int64).alias("responses"),
            pl.sum_horizontal(TOKEN_COLUMNS).sum().cast(pl.Int64).alias("tokens"),
        )
        .collect()
    )
    kinds = rows.select(*KINDS).unique()
    found = {each.kind: each for each in quotes(kinds, book, intervals, Pricing())}
    reasons = [
        found[RequestKey(*kind)][interval].reason
        or "no price list has a price for its web searches"
        for *kind, interval in rows.select(*KINDS, _INTERVAL).iter_rows()
    ]
    return (
        rows.with_columns(pl.Series("reason", reasons, pl.String))
        .group_by(*KINDS, "reason")
        .agg(pl.col("responses", "tokens").sum())
        .select(*KINDS, "responses", "tokens", "reason")
        .sort(["tokens", *KINDS], descending=[True, *[False] * len(KINDS)], nulls_last=True)
    )


def _group(rows: pl.DataFrame) -> pl.DataFrame:
    is_recorded = pl.col("cost_usd").is_not_null() & pl.col("input_cost_usd").is_null()
    sums = [pl.col(name).sum() for name in (*_COUNTS, *_COSTS)]
    known = pl.col("cost_usd").count() > 0
    return (
        rows.with_columns(recorded=is_recorded.cast(pl.Int64))
        .group_by("group", "model")
        .agg(
            pl.col("response_count").sum().cast(pl.Int64).alias("responses"),
            *sums,
            pl.when(known).then(pl.col("cost_usd").sum()),
            pl.col("recorded").sum(),
            pl.col("recorded_cost_usd").sum(),
            pl.col("recorded_cost_usd").count().alias("count_recorded"),
            pl.len().alias("count_rows"),
        )
        .sort("group")
    )


def _parts(group: dict[str, Any], quoted: Quote) -> list[dict[str, Any]]:
    head = {name: group[name] for name in ("group", "model", "responses")}
    rows = [_part(unit, group, quoted) | head for unit in UNITS if group[unit.count_column]]
    if group["recorded"]:
        costs = [row["cost_usd"] or Decimal(0) for row in rows]
        rest = group["cost_usd"] - sum(costs, Decimal(0))
        recorded = {"count": group["recorded"], "cost_usd": rest}
        rows.append(_blank("recorded") | head | recorded)
    return rows


def _part(unit: Unit, group: dict[str, Any], quoted: Quote) -> dict[str, Any]:
    name = unit.count_column
    part = _blank(name) | {"count": group[name], "per": unit.per}
    if quoted.prices is None or quoted.base is None:
        return part
    price, base = quoted.prices[unit.name], quoted.base[_root(unit).name]
    multiplier = (price / base).quantize(_MULTIPLIER_PLACES) if price is not None and base else None
    return part | {
        "base_price_usd": base,
        "multiplier": multiplier,
        "price_usd": price,
        "cost_usd": group[unit.cost_column] if price is not None else None,
    }


def _root(unit: Unit) -> Unit:
    """Return the unit whose price is multiplied for this one: input, for cached tokens."""
    return _root(UNITS_BY_NAME[unit.priced_as]) if unit.priced_as else unit


def _blank(name: str) -> dict[str, Any]:
    return {**dict.fromkeys(EXPLAINED), "class": name}
