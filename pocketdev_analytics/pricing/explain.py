"""A cost as a table: each class of tokens, its price, and why that price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model import COST_USD, TOKEN_COLUMNS, Schema
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.formula import KINDS, Segments, quotes
from pocketdev_analytics.pricing.options import Pricing
from pocketdev_analytics.pricing.prices import Prices
from pocketdev_analytics.pricing.quote import Quote

__all__ = ["EXPLAINED", "Explanation", "explain", "unpriced"]

#: One row a class of tokens (or web searches) of requests with one price.
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

_SEARCHES: Final = "web_search_requests"
_CLASSES: Final = (*TOKEN_COLUMNS, _SEARCHES)
_PER: Final = {_SEARCHES: 1_000}
_MULTIPLIER_PLACES: Final = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`parts` has the columns of `EXPLAINED`; `why` has the rules of each group, in order."""

    parts: pl.DataFrame
    why: dict[int, tuple[str, ...]]


def explain(usage_cost: pl.DataFrame, book: PriceBook, options: Pricing) -> Explanation:
    """What these responses cost, those that have the same prices together.

    `base_price_usd` is the model's price of input, of output or of searches before cache,
    tier and region; times `multiplier` it is `price_usd`, per `per` tokens or searches.
    """
    segments = Segments(book, options.prices_at)
    rows = usage_cost.with_columns(segments.number())
    kinds = rows.select(*KINDS).unique(maintain_order=True)
    found = {
        (kind.model, kind.speed, kind.service_tier, kind.inference_geo, number): quoted
        for kind, number, quoted in quotes(kinds, book, segments, options)
    }
    numbers, quoted_of = _numbered(rows, found)
    parts: list[dict[str, Any]] = []
    why: dict[int, tuple[str, ...]] = {}
    for group in _grouped(rows.with_columns(numbers)).iter_rows(named=True):
        quoted = quoted_of[group["group"]]
        parts += _parts(group, quoted)
        why[group["group"]] = _why(quoted, group["recorded"])
    return Explanation(pl.DataFrame(parts, schema=EXPLAINED, orient="row"), why)


def _numbered(
    rows: pl.DataFrame, found: dict[tuple[Any, ...], Quote]
) -> tuple[pl.Series, dict[int, Quote]]:
    """The group of each row: those of one model with the same prices, for the same reasons."""
    groups: dict[tuple[str, Quote], int] = {}
    for key in rows.sort("responded_at", "response_id").select(*KINDS, "segment").iter_rows():
        groups.setdefault((key[0], found[key]), len(groups) + 1)
    keys = rows.select(*KINDS, "segment").iter_rows()
    numbers = [groups[key[0], found[key]] for key in keys]
    quoted = {number: each for (_, each), number in groups.items()}
    return pl.Series("group", numbers, pl.Int64), quoted


def _why(quoted: Quote, recorded: int) -> tuple[str, ...]:
    reason = (f"no price: {quoted.reason}",) if quoted.reason else ()
    told = (f"{recorded} as Claude Code recorded it",) if recorded else ()
    return (*quoted.why, *reason, *told)


def unpriced(usage_cost: pl.LazyFrame, book: PriceBook) -> pl.DataFrame:
    """What has no price at full list prices, and why.

    Columns: `model, speed, service_tier, inference_geo, responses, tokens, reason`, the most
    tokens first.
    """
    segments = Segments(book)
    rows = (
        usage_cost.filter(pl.col("cost_usd").is_null())
        .with_columns(segments.number())
        .group_by(*KINDS, "segment")
        .agg(
            pl.len().cast(pl.Int64).alias("responses"),
            pl.sum_horizontal(TOKEN_COLUMNS).sum().cast(pl.Int64).alias("tokens"),
        )
        .collect()
    )
    reasons = [
        (kind.model, kind.speed, kind.service_tier, kind.inference_geo, number, quoted.reason)
        for kind, number, quoted in quotes(rows.select(*KINDS).unique(), book, segments, Pricing())
    ]
    schema = {**KINDS, "segment": pl.Int32, "reason": pl.String}
    why = pl.DataFrame(reasons, schema=schema, orient="row")
    joined = rows.join(why, on=[*KINDS, "segment"], how="left", nulls_equal=True)
    is_searched = pl.when(pl.col("reason") == "").then(
        pl.lit("nobody lists a price of its web searches")
    )
    return (
        joined.with_columns(is_searched.otherwise("reason").alias("reason"))
        .group_by(*KINDS, "reason")
        .agg(pl.col("responses", "tokens").sum())
        .select(*KINDS, "responses", "tokens", "reason")
        .sort(["tokens", *KINDS], descending=[True, *[False] * len(KINDS)], nulls_last=True)
    )


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    is_recorded = pl.col("cost_usd").is_not_null() & pl.col("input_cost_usd").is_null()
    sums = [pl.col(name).sum() for name in (*_CLASSES, *map(_cost, _CLASSES))]
    known = pl.col("cost_usd").count() > 0
    return (
        rows.with_columns(recorded=is_recorded.cast(pl.Int64))
        .group_by("group", "model")
        .agg(
            pl.len().cast(pl.Int64).alias("responses"),
            *sums,
            pl.when(known).then(pl.col("cost_usd").sum()),
            pl.col("recorded").sum(),
        )
        .sort("group")
    )


def _parts(group: dict[str, Any], quoted: Quote) -> list[dict[str, Any]]:
    head = {name: group[name] for name in ("group", "model", "responses")}
    rows = [_part(name, group, quoted) | head for name in _CLASSES if group[name]]
    if group["recorded"]:
        costs = [row["cost_usd"] or Decimal(0) for row in rows]
        rest = group["cost_usd"] - sum(costs, Decimal(0))
        recorded = {"count": group["recorded"], "cost_usd": rest}
        rows.append(_blank("recorded") | head | recorded)
    return rows


def _part(name: str, group: dict[str, Any], quoted: Quote) -> dict[str, Any]:
    part = _blank(name) | {"count": group[name], "per": _PER.get(name, 1_000_000)}
    if quoted.prices is None or quoted.base is None:
        return part
    price, base = _price(quoted.prices, name), _base(quoted.base, name)
    multiplier = (price / base).quantize(_MULTIPLIER_PLACES) if price is not None and base else None
    cost = group[_cost(name)] if price is not None else None
    return part | {
        "base_price_usd": base,
        "multiplier": multiplier,
        "price_usd": price,
        "cost_usd": cost,
    }


def _blank(name: str) -> dict[str, Any]:
    return {**dict.fromkeys(EXPLAINED), "class": name}


def _price(prices: Prices, name: str) -> Decimal | None:
    if name == _SEARCHES:
        return prices.web_search
    price: Decimal = getattr(prices, name.removesuffix("_tokens"))
    return price


def _base(base: Prices, name: str) -> Decimal | None:
    if name == _SEARCHES:
        return base.web_search
    return base.output if name == "output_tokens" else base.input


def _cost(name: str) -> str:
    return f"{name.removesuffix('_tokens').removesuffix('_requests')}_cost_usd"
