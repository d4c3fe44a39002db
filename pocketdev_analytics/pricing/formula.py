"""The one cost formula: tokens times prices, in exact decimals.

    cost = (input*I + write_5m*W5 + write_1h*W1 + read*R + output*O) / 1,000,000
         + web_searches*S / 1,000

I, W5, W1, R and O are the prices per million tokens of each class, S the price per thousand
web searches: of the response's model, on its day, at its speed and service tier, for a
prompt of its length. Which prices those are is `quote`'s to say; every mode ends here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, Schema
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.options import Pricing
from pocketdev_analytics.pricing.quote import Kind, Quote, quote

__all__ = ["KINDS", "Segments", "price", "quotes"]

# 21 places hold a price of six places times multipliers and tiers, per token.
_RATE: Final = pl.Decimal(38, 21)
_CLASSES: Final = ("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
_PROMPT: Final = ("input", "cache_write_5m", "cache_write_1h", "cache_read")
_PER_MILLION: Final = Decimal("0.000001")
_PER_THOUSAND: Final = Decimal("0.001")

#: What of a response decides its price, beside its day and the length of its prompt.
KINDS: Final[Schema] = {
    "model": pl.String,
    "speed": pl.String,
    "service_tier": pl.String,
    "inference_geo": pl.String,
}
# The same as one number, which joins faster: whoever gives it says what it stands for.
_KEYS: Final[Schema] = {**KINDS, "kind": pl.UInt64}
_RATES: Final[Schema] = {
    "segment": pl.Int32,
    **{f"{kind}_rate": _RATE for kind in (*_CLASSES, "web_search")},
}


class Segments:
    """The days and prompt lengths between which no price of a book changes, numbered."""

    def __init__(self, book: PriceBook, prices_at: date | None = None) -> None:
        self._days = [] if prices_at else book.catalogue.days()
        self._first = prices_at or date.min
        self._lengths = book.catalogue.lengths()

    def number(self, prompt_tokens: pl.Expr | None = None) -> pl.Expr:
        """The segment that a response is in."""
        starts = [datetime.combine(day, time(), UTC) for day in self._days]
        day = _count([pl.col("responded_at") >= pl.lit(at) for at in starts])
        prompt = prompt_tokens
        if prompt is None:
            prompt = pl.sum_horizontal(f"{kind}_tokens" for kind in _PROMPT)
        length = _count([prompt > tokens for tokens in self._lengths])
        return (day * (len(self._lengths) + 1) + length).alias("segment")

    def all(self) -> list[tuple[int, date, int]]:
        """Each segment's number, first day, and a length of prompt that is in it."""
        prompts = [0, *(tokens + 1 for tokens in self._lengths)]
        cells = [(day, prompt) for day in (self._first, *self._days) for prompt in prompts]
        return [(number, *cell) for number, cell in enumerate(cells)]


def price(
    usage: pl.LazyFrame,
    book: PriceBook,
    options: Pricing | None = None,
    *,
    kinds: pl.LazyFrame | None = None,
    prompt_tokens: pl.Expr | None = None,
) -> pl.LazyFrame:
    """Usage with what it cost: the columns of `model.USAGE_COST`.

    `usage` has the columns of `model.USAGE`. `cost_usd` is the exact sum of the costs of
    the five token classes and of web searches in US dollars; all are NULL where there is
    no price. Where `kinds` is given it has one row for each distinct row of usage in
    `KINDS`, with a number `kind` that usage has too. `prompt_tokens` is the length of the
    prompt, where a row adds up several requests.

    Raises:
        PricingError: there is no such mode, it knows no prices of a day, or the model of a
            what-if has no price.
    """
    options = (options or Pricing()).checked()
    if options.as_model:
        book.check_model(options.as_model)
    segments = Segments(book, options.prices_at)
    known = usage.select(*KINDS).unique() if kinds is None else kinds
    key = list(KINDS) if kinds is None else ["kind"]
    rates = known.map_batches(
        lambda rows: _rates(rows, book, segments, options, key),
        schema=pl.Schema({**{name: _KEYS[name] for name in key}, **_RATES}),
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
    classes = [*_token_costs(is_uncached=options.is_uncached), _web_search_cost()]
    total = pl.sum_horizontal(
        [_cost(name) for name in (*_CLASSES, "web_search")], ignore_nulls=False
    )
    priced = (
        usage.with_columns(segments.number(prompt_tokens))
        .join(rates, on=[*key, "segment"], how="left", nulls_equal=True)
        .with_columns(classes)
        .with_columns(total.cast(COST_USD).alias("cost_usd"))
        .drop("kind", *_RATES, strict=False)
    )
    is_what_if = options.as_model or options.is_uncached
    return _with_recorded(priced) if options.mode == "recorded" and not is_what_if else priced


def quotes(
    kinds: pl.DataFrame, book: PriceBook, segments: Segments, options: Pricing
) -> list[tuple[Kind, int, Quote]]:
    """The quote of each kind of request in each segment."""
    return [
        (kind, number, quote(book, kind, prompt_tokens=prompt, day=day, options=options))
        for kind in (Kind(*row) for row in kinds.iter_rows())
        for number, day, prompt in segments.all()
    ]


def _rates(
    kinds: pl.DataFrame, book: PriceBook, segments: Segments, options: Pricing, key: list[str]
) -> pl.DataFrame:
    found = quotes(kinds.select(*KINDS), book, segments, options)
    keys = [row for row in kinds.select(key).iter_rows() for _ in segments.all()]
    rows = [
        (*row, number, *_per_unit(quoted))
        for row, (_, number, quoted) in zip(keys, found, strict=True)
    ]
    schema = {**{name: _KEYS[name] for name in key}, **_RATES}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _per_unit(found: Quote) -> tuple[Decimal | None, ...]:
    """US dollars per token of each class, and per web search."""
    prices = found.prices
    if prices is None:
        return (None,) * (len(_CLASSES) + 1)
    searches = None if prices.web_search is None else prices.web_search * _PER_THOUSAND
    return (*(price * _PER_MILLION for _, price in prices.tokens()), searches)


def _token_costs(*, is_uncached: bool) -> list[pl.Expr]:
    tokens = {kind: pl.col(f"{kind}_tokens") for kind in _CLASSES}
    if is_uncached:
        prompt = pl.sum_horizontal(tokens[kind] for kind in _PROMPT)
        tokens |= dict.fromkeys(_PROMPT, pl.lit(0)) | {"input": prompt}
    return [_product(tokens[kind], kind) for kind in _CLASSES]


def _web_search_cost() -> pl.Expr:
    # Nobody's price is needed for what nobody searched.
    is_none = (pl.col("web_search_requests") == 0) & pl.col("input_rate").is_not_null()
    cost = _product(pl.col("web_search_requests"), "web_search")
    return pl.when(is_none).then(pl.lit(0, COST_USD)).otherwise(cost).alias(_cost("web_search"))


def _product(count: pl.Expr, name: str) -> pl.Expr:
    # A whole number times a decimal of 21 places is exact; a decimal of fewer would round.
    return (count * pl.col(f"{name}_rate")).cast(COST_USD).alias(_cost(name))


def _with_recorded(priced: pl.LazyFrame) -> pl.LazyFrame:
    """With Claude Code's own figure where it wrote one, which nobody can split into classes."""
    recorded = pl.col("recorded_cost_usd")
    parts = [_cost(name) for name in (*_CLASSES, "web_search")]
    return priced.with_columns(
        *(pl.when(recorded.is_null()).then(pl.col(part)).alias(part) for part in parts),
        pl.coalesce(recorded, "cost_usd").cast(COST_USD).alias("cost_usd"),
    )


def _count(conditions: list[pl.Expr]) -> pl.Expr:
    """How many of the conditions hold."""
    if not conditions:
        return pl.lit(0, pl.Int32)
    return pl.sum_horizontal(each.cast(pl.Int32) for each in conditions)


def _cost(name: str) -> str:
    return f"{name}_cost_usd"
