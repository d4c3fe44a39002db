"""The one cost formula: counts of billed units times their prices, in exact decimals.

    cost = sum over UNITS of count * price / per
         = (input*I + write_5m*W5 + write_1h*W1 + read*R + output*O) / 1,000,000
         + web_searches*S / 1,000

The prices are those of the response's model, at its time, speed and service tier, for a prompt of
its length, as chosen by `quote`. All modes of pricing use this formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import product
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model import COST_USD, RATE_USD, Schema
from pocketdev_analytics.model.units import UNITS, Unit
from pocketdev_analytics.pricing.book import PriceBook
from pocketdev_analytics.pricing.catalogue import Boundaries
from pocketdev_analytics.pricing.options import Pricing
from pocketdev_analytics.pricing.quote import Quote, RequestKey, quote

__all__ = ["KINDS", "PriceIntervals", "Quotes", "estimated_output_cost", "price", "quotes"]

#: The columns that decide a response's price, besides its time and the length of its prompt.
KINDS: Final[Schema] = {
    "model": pl.String,
    "speed": pl.String,
    "service_tier": pl.String,
    "inference_geo": pl.String,
    "provider": pl.String,
}
# The same with a hash of them that the caller computes, because a number joins faster.
_KEYS: Final[Schema] = {**KINDS, "request_kind": pl.UInt64}
_INTERVAL: Final = "price_interval"
_QUOTE: Final = "price_quote"
_HAS_PRICE: Final = "has_price"
_OUTPUT_RATE: Final = "output_rate_usd"
_RATES: Final[Schema] = {
    _HAS_PRICE: pl.Boolean,
    **{unit.rate_column: RATE_USD for unit in UNITS},
}
_NO_RATES: Final = (None,) * len(UNITS)


class PriceIntervals:
    """The times and prompt lengths between which no price in question changes, numbered.

    Args:
        book: The prices.
        options: Those of a what-if model alone are in question; with `prices_at` the day's
            prices hold for all usage, and the time of day still counts.
    """

    def __init__(self, book: PriceBook, options: Pricing | None = None) -> None:
        options = options or Pricing()
        model = options.as_model and (book.listed_model(options.as_model) or "")
        found = book.boundaries(model)
        days = () if options.prices_at else found.days
        self.boundaries = replace(found, days=days)
        self.cells = _cells(self.boundaries, options.prices_at or date.min)

    def number(self, prompt_tokens: pl.Expr | None = None) -> pl.Expr:
        """Return the interval of a response, by `responded_at` and the length of its prompt."""
        prompt = prompt_tokens
        if prompt is None:
            prompt = pl.sum_horizontal(unit.count_column for unit in UNITS if unit.is_prompt)
        at = pl.col("responded_at")
        days = [datetime.combine(day, time(), UTC) for day in self.boundaries.days]
        number = _position(days, at)
        number = number * (len(self.boundaries.lengths) + 1)
        number += _position([length + 1 for length in self.boundaries.lengths], prompt)
        number *= len(self.boundaries.times) + 1
        number += _position(list(self.boundaries.times), at.dt.time())
        return number.cast(pl.Int32).alias(_INTERVAL)


def _cells(boundaries: Boundaries, first: date) -> list[tuple[datetime, int]]:
    """The start of each interval (UTC) and a prompt length in it, in order of number."""
    return [
        (datetime.combine(day, at), length)
        for day, length, at in product(
            (first, *boundaries.days),
            (0, *(length + 1 for length in boundaries.lengths)),
            (time.min, *boundaries.times),
        )
    ]


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes of one kind of request: few hold for many intervals each.

    Attributes:
        kind: What they are for.
        cells: For each interval, in order of number, the key of its quote.
        by_cell: The quotes.
    """

    kind: RequestKey
    cells: Sequence[int]
    by_cell: Mapping[int, Quote]

    def __getitem__(self, interval: int) -> Quote:
        """The quote that holds in an interval."""
        return self.by_cell[self.cells[interval]]


def price(
    usage: pl.LazyFrame,
    book: PriceBook,
    options: Pricing | None = None,
    *,
    kinds: pl.LazyFrame | None = None,
    prompt_tokens: pl.Expr | None = None,
) -> pl.LazyFrame:
    """Add the cost to usage.

    Args:
        usage: Columns of `model.USAGE`, and `request_kind` if `kinds` is given.
        book: The prices.
        options: Mode and what-ifs; default is full list prices of the day.
        kinds: One row per distinct combination of `KINDS` in usage, with a number `request_kind`.
        prompt_tokens: Length of the prompt, if a row sums up several requests.

    Returns:
        The columns of `model.USAGE_COST`. `cost_usd` is the exact sum of the units' costs
        in US dollars, `output_rate_usd` the price of one output token; all are NULL if there is
        no price.

    Raises:
        PricingError: the mode is unknown or has no prices of a day, or the model of a
            what-if has no price.
    """
    options = (options or Pricing()).check()
    if options.as_model:
        book.check_model(options.as_model)
    intervals = PriceIntervals(book, options)
    known = usage.select(*KINDS).unique() if kinds is None else kinds
    key = list(KINDS) if kinds is None else ["request_kind"]
    rates = known.map_batches(
        lambda rows: _rates(rows, book, intervals, options, key),
        schema=pl.Schema({**{name: _KEYS[name] for name in key}, _INTERVAL: pl.Int32, **_RATES}),
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
    counts = _counts(is_uncached=options.is_uncached)
    total = pl.sum_horizontal([unit.cost_column for unit in UNITS], ignore_nulls=False)
    priced = (
        usage.with_columns(intervals.number(prompt_tokens))
        .join(rates, on=[*key, _INTERVAL], how="left", nulls_equal=True)
        .with_columns(_cost(unit, counts[unit.name]) for unit in UNITS)
        .with_columns(total.cast(COST_USD).alias("cost_usd"))
        .with_columns(pl.col("output_rate").alias(_OUTPUT_RATE))
        .drop("request_kind", _INTERVAL, *_RATES, strict=False)
    )
    is_what_if = options.as_model or options.is_uncached
    return _with_recorded(priced) if options.mode == "recorded" and not is_what_if else priced


def estimated_output_cost(tokens: pl.Expr) -> pl.Expr:
    """Return the cost of an estimated number of output tokens, as inexact as the estimate.

    Args:
        tokens: The estimate, in a frame with the columns of `model.USAGE_COST`.

    Returns:
        US dollars as Float64; NULL if there is no price.
    """
    return tokens * pl.col(_OUTPUT_RATE).cast(pl.Float64)


def quotes(
    kinds: pl.DataFrame, book: PriceBook, intervals: PriceIntervals, options: Pricing
) -> list[Quotes]:
    """The quotes of each kind of request: a row of `kinds`, in its order."""
    return [
        _quotes_of(RequestKey(*row), book, intervals, options)
        for row in kinds.select(*KINDS).iter_rows()
    ]


def _quotes_of(
    kind: RequestKey, book: PriceBook, intervals: PriceIntervals, options: Pricing
) -> Quotes:
    # Few of the boundaries concern the prices of one model: quote once between those.
    model = book.listed_model(*_model_and_provider(kind, options))
    cells = book.boundaries(model or "").cells_of(intervals.boundaries)
    by_cell: dict[int, Quote] = {}
    for cell, (at, prompt_tokens) in zip(cells, intervals.cells, strict=True):
        if cell not in by_cell:
            by_cell[cell] = quote(book, kind, prompt_tokens=prompt_tokens, at=at, options=options)
    return Quotes(kind, cells, by_cell)


def _model_and_provider(kind: RequestKey, options: Pricing) -> tuple[str, str | None]:
    """Return the model to price as, and the provider that the response names."""
    return (options.as_model, None) if options.as_model else (kind.model, kind.provider)


def _rates(
    kinds: pl.DataFrame,
    book: PriceBook,
    intervals: PriceIntervals,
    options: Pricing,
    key: list[str],
) -> pl.DataFrame:
    """Return the price per unit of each kind of request in each interval."""
    numbers: dict[tuple[Decimal | None, ...] | None, int] = {}
    rows: list[list[int]] = []
    for each in quotes(kinds, book, intervals, options):
        of_cell = {
            cell: numbers.setdefault(_per_unit(found), len(numbers))
            for cell, found in each.by_cell.items()
        }
        rows.append([of_cell[cell] for cell in each.cells])
    values = [(each is not None, *(each or _NO_RATES), number) for each, number in numbers.items()]
    rates = pl.DataFrame(values, schema={**_RATES, _QUOTE: pl.Int32}, orient="row")
    return (
        kinds.select(key)
        .with_columns(
            pl.lit([*range(len(intervals.cells))], pl.List(pl.Int32)).alias(_INTERVAL),
            pl.Series(_QUOTE, rows, pl.List(pl.Int32)),
        )
        .explode(_INTERVAL, _QUOTE)
        .join(rates, on=_QUOTE)
        .drop(_QUOTE)
    )


def _per_unit(found: Quote) -> tuple[Decimal | None, ...] | None:
    """Return the price of one of each unit in US dollars; None without prices."""
    if found.prices is None:
        return None
    return tuple(
        None if each is None else each * (Decimal(1) / unit.per)
        for unit, (_, each) in zip(UNITS, found.prices.items(), strict=True)
    )


def _counts(*, is_uncached: bool) -> dict[str, pl.Expr]:
    """Return the count of each unit; uncached, the entire prompt is input."""
    counts = {unit.name: pl.col(unit.count_column) for unit in UNITS}
    if is_uncached:
        prompt = [unit.name for unit in UNITS if unit.is_prompt]
        entire = pl.sum_horizontal(counts[name] for name in prompt)
        counts |= dict.fromkeys(prompt, pl.lit(0)) | {"input": entire}
    return counts


def _cost(unit: Unit, count: pl.Expr) -> pl.Expr:
    # An integer times a decimal of 21 places is exact; with fewer places it would round.
    cost = (count * pl.col(unit.rate_column)).cast(COST_USD)
    if unit.priced_as is None:
        # Units that were not used need no price.
        is_unused = pl.col(_HAS_PRICE) & (count == 0)
        cost = pl.when(is_unused).then(pl.lit(0, COST_USD)).otherwise(cost)
    return cost.alias(unit.cost_column)


def _with_recorded(priced: pl.LazyFrame) -> pl.LazyFrame:
    """Prefer the recorded cost, which cannot be split into units."""
    recorded = pl.col("recorded_cost_usd")
    parts = [unit.cost_column for unit in UNITS]
    return priced.with_columns(
        *(pl.when(recorded.is_null()).then(pl.col(part)).alias(part) for part in parts),
        pl.coalesce(recorded, "cost_usd").cast(COST_USD).alias("cost_usd"),
    )


def _position(boundaries: list[Any], value: pl.Expr) -> pl.Expr:
    """Count the sorted boundaries at or below the value."""
    if not boundaries:
        return pl.lit(0, pl.Int32)
    return pl.sum_horizontal((value >= pl.lit(each)).cast(pl.Int32) for each in boundaries)
