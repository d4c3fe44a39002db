"""The causes of a difference in cost, in the order in which each takes what it can explain.

Known from the tokens that the other figure states, at our prices:

1. unlisted calls: billed, but in no line of a session file (web searches, titles, …);
2. forks: a session that was forked starts at the total of the session it was forked from;
3. refused: requests refused before any output count there, but are not billed;
4. uncounted passes: attempts that another model answered for, and compactions by the API, are
   billed, but Claude Code does not count them;
5. other runs: responses that are not in the figure, because it covers one run of the session
   or was written before them;
6. lower bounds, in output tokens alone: output that our lines do not hold.

Known from prices:

7. unpriced: we have no price for some of it;
8. guessed price: Claude Code did not know the model and took another one's price;
9. cache write rate: Claude Code before 2.1.173 priced 1-hour writes at the 5-minute rate;
10. price date: at today's prices we come closer to them than at the prices of the day;
11. other prices: every token of theirs is accounted for, so that only a price can differ
    (Claude Code bills batches in full, and Bedrock's regions without their premium).

Where no tokens are stated, a higher figure next to responses without their final output count is
put down to these, and that of a model without responses to unlisted calls. What is left is
unexplained.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD

__all__ = ["CAUSES", "PARTS", "cache_write_shift", "split_difference"]

#: The parts of a difference that stated tokens explain, as columns of an item.
PARTS: Final = (
    "unlisted_calls_usd",
    "forks_usd",
    "refused_usd",
    "uncounted_passes_usd",
    "other_runs_usd",
    "lower_bound_usd",
)
#: The parts of a difference: they add up to it.
CAUSES: Final = (
    *PARTS,
    "unpriced_usd",
    "guessed_price_usd",
    "cache_write_rate_usd",
    "price_date_usd",
    "other_prices_usd",
    "unexplained_usd",
)
_ZERO: Final = pl.lit(0, COST_USD)
#: 5-minute writes cost 1.25 times input, 1-hour writes 2 times.
_FIVE_MINUTE_SHARE: Final = 0.625
_FIRST_RIGHT_WRITES: Final = (2, 1, 173)


def split_difference(items: pl.LazyFrame) -> pl.LazyFrame:
    """Add each item's `difference_usd` (theirs less ours) and its parts, `CAUSES`.

    An item has `ours`, `latest` (at today's prices), `theirs`, `write_shift`
    (`cache_write_shift`), `responses`, `lower_bounds` and `unpriced` (how many of them),
    `is_guessed`, `is_stated` (whether tokens are stated), `is_complete` (whether `PARTS` account
    for all of these), `beyond` (what the total has beyond its models) and `PARTS`.
    """
    stated = pl.sum_horizontal(PARTS)
    is_bound = ~pl.col("is_stated") & (pl.col("lower_bounds") > 0)
    is_unlisted = ~pl.col("is_stated") & (pl.col("responses") == 0) & pl.col("model").is_not_null()
    shift = (pl.col("latest") - pl.col("ours")).cast(COST_USD)
    difference = pl.col("difference_usd")
    return (
        items.with_columns(
            difference_usd=(pl.col("theirs") - pl.col("ours")).cast(COST_USD),
            is_unpriced=pl.col("unpriced") > 0,
        )
        .with_columns(unlisted_calls_usd=_either(is_unlisted, difference, "unlisted_calls_usd"))
        .with_columns(left_usd=(difference - stated).cast(COST_USD))
        .pipe(_take_all, "unpriced_usd", pl.col("is_unpriced"))
        .pipe(_take_all, "guessed_price_usd", pl.col("is_guessed"))
        .pipe(_take_if_nearer, "cache_write_rate_usd", pl.col("write_shift"))
        .pipe(_take_if_nearer, "price_date_usd", shift)
        .with_columns(left_usd=(pl.col("left_usd") - pl.col("beyond")).cast(COST_USD))
        .pipe(_take_all, "other_prices_usd", pl.col("is_complete"))
        .with_columns(left_usd=(pl.col("left_usd") + pl.col("beyond")).cast(COST_USD))
        .with_columns(
            lower_bound_usd=_either(
                is_bound & (pl.col("left_usd") > 0), pl.col("left_usd"), "lower_bound_usd"
            ),
            unexplained_usd=pl.when(is_bound & (pl.col("left_usd") > 0))
            .then(_ZERO)
            .otherwise("left_usd"),
        )
    )


def cache_write_shift() -> pl.Expr:
    """The change in cost if the 1-hour writes of a response were billed as 5-minute writes.

    0 from the version of Claude Code that prices them right.
    """
    numbers = pl.col("version").str.extract_groups(r"^(\d{1,4})\.(\d{1,4})\.(\d{1,4})")
    number = pl.lit(0)
    for part in ("1", "2", "3"):
        number = number * 10_000 + numbers.struct.field(part).cast(pl.Int64)
    first = 0
    for each in _FIRST_RIGHT_WRITES:
        first = first * 10_000 + each
    lower = pl.col("cache_write_1h_cost_usd").cast(pl.Float64) * (_FIVE_MINUTE_SHARE - 1)
    return pl.when(number < first).then(lower).otherwise(0.0).fill_null(0.0).round(9).cast(COST_USD)


def _take_all(items: pl.LazyFrame, cause: str, condition: pl.Expr) -> pl.LazyFrame:
    taken = pl.when(condition).then("left_usd").otherwise(_ZERO).cast(COST_USD)
    return items.with_columns(taken.alias(cause)).pipe(_without, cause)


def _take_if_nearer(items: pl.LazyFrame, cause: str, shift: pl.Expr) -> pl.LazyFrame:
    rest = (pl.col("left_usd") - shift).cast(COST_USD)
    is_nearer = rest.abs() < pl.col("left_usd").abs()
    taken = pl.when(is_nearer).then(shift).otherwise(_ZERO).cast(COST_USD)
    return items.with_columns(taken.alias(cause)).pipe(_without, cause)


def _without(items: pl.LazyFrame, cause: str) -> pl.LazyFrame:
    return items.with_columns((pl.col("left_usd") - pl.col(cause)).cast(COST_USD).alias("left_usd"))


def _either(condition: pl.Expr, amount: pl.Expr, column: str) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(column).cast(COST_USD)
