"""Our figures next to others': Claude Code's own, and a vendor's.

Differences are split by cause. Of what is compared (a response, a session's or day's usage
of a model) the causes are asked for in this order, and each takes what it can explain:

1. helper calls: they say that something was billed that no line of a session file tells of;
2. unpriced: we have no price for some of it;
3. price date: at today's prices we come closer to them than at the prices of the day;
4. lower bound: they say more, and some of our responses lack their final output count;
5. what is left is unexplained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, Schema

__all__ = ["BILLED", "COST_STATES", "reconcile"]

#: Claude Code's own sums: one row a session and model, with the session's total.
COST_STATES: Final[Schema] = {
    "session_id": pl.String,
    "model": pl.String,
    "cost_usd": COST_USD,
    "total_cost_usd": COST_USD,
}
#: A vendor's figures: one row a UTC day and model.
BILLED: Final[Schema] = {"day": pl.Date, "model": pl.String, "cost_usd": COST_USD}

_KEYS: Final = ("source", "session", "day", "model")
_CAUSES: Final = (
    "helper_calls_usd",
    "unpriced_usd",
    "price_date_usd",
    "lower_bound_usd",
    "unexplained_usd",
)
_ZERO: Final = pl.lit(0, COST_USD)


def reconcile(
    usage: pl.LazyFrame,
    latest: pl.LazyFrame,
    cost_states: pl.LazyFrame,
    billed: pl.LazyFrame | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> pl.LazyFrame:
    """Compare our cost with each other figure, and split the difference by cause.

    `latest` is the same usage at today's prices, `cost_states` and `billed` have the columns
    of `COST_STATES` and `BILLED`. `names` gives spellings of a model one name.

    Columns: `source` ('costUSD': of single responses, 'cost-state': of sessions, 'console':
    of days), `session, day, model` (as far as the source has them), `responses, cost_usd,
    other_cost_usd, difference_usd` (theirs less ours), then the parts of the difference,
    which add up to it: `helper_calls_usd, unpriced_usd, price_date_usd, lower_bound_usd,
    unexplained_usd`. Sorted by source, session, day and model.
    """
    responses = _responses(usage, latest, names or {})
    frames = [_of_responses(responses), _of_sessions(responses, cost_states, names or {})]
    if billed is not None:
        frames.append(_of_days(responses, billed, names or {}))
    return pl.concat(frames).sort(_KEYS, nulls_last=True)


def _responses(usage: pl.LazyFrame, latest: pl.LazyFrame, names: Mapping[str, str]) -> pl.LazyFrame:
    today = latest.select("response_id", latest_usd=pl.col("cost_usd"))
    return usage.join(today, on="response_id", how="left").select(
        pl.lit(1, pl.Int64).alias("responses"),
        session=pl.col("session_id"),
        day=pl.col("responded_at").dt.date(),
        model=_named(names),
        ours=pl.col("cost_usd").fill_null(_ZERO),
        latest=pl.coalesce("latest_usd", "cost_usd").fill_null(_ZERO),
        recorded=pl.col("recorded_cost_usd"),
        lower_bounds=pl.col("is_lower_bound").cast(pl.Int64),
        unpriced=pl.col("cost_usd").is_null().cast(pl.Int64),
    )


def _named(names: Mapping[str, str]) -> pl.Expr:
    plain = pl.col("model").str.strip_suffix("[1m]")
    return plain.replace(list(names), list(names.values())) if names else plain


def _of_responses(responses: pl.LazyFrame) -> pl.LazyFrame:
    items = responses.filter(pl.col("recorded").is_not_null()).with_columns(
        theirs=pl.col("recorded"), day=pl.lit(None, pl.Date), model=pl.lit(None, pl.String)
    )
    return _summed(items, "costUSD", by=("session",))


def _of_sessions(
    responses: pl.LazyFrame, cost_states: pl.LazyFrame, names: Mapping[str, str]
) -> pl.LazyFrame:
    states = cost_states.with_columns(_named(names).alias("model"), session=pl.col("session_id"))
    theirs = states.group_by("session", "model").agg(theirs=pl.col("cost_usd").sum())
    # What their total has beyond its models belongs to none of them.
    rest = (
        states.group_by("session")
        .agg(theirs=pl.col("total_cost_usd").max() - pl.col("cost_usd").sum())
        .filter(pl.col("theirs") != 0)
        .select("session", pl.lit(None, pl.String).alias("model"), "theirs")
    )
    others = pl.concat([theirs, rest])
    ours = responses.join(states.select("session").unique(), on="session", how="semi")
    items = _joined(_grouped(ours, ("session", "model")), others, ("session", "model"))
    return _summed(
        items.with_columns(pl.lit(None, pl.Date).alias("day")), "cost-state", by=("session",)
    )


def _of_days(
    responses: pl.LazyFrame, billed: pl.LazyFrame, names: Mapping[str, str]
) -> pl.LazyFrame:
    by = ("day", "model")
    others = (
        billed.with_columns(_named(names).alias("model"))
        .group_by(by)
        .agg(theirs=pl.col("cost_usd").sum())
    )
    days = others.select(first=pl.col("day").min(), last=pl.col("day").max())
    is_told = pl.col("day").is_between(pl.col("first"), pl.col("last"))
    ours = responses.join(days, how="cross").filter(is_told)
    items = _joined(_grouped(ours, by), others, by)
    return _summed(items.with_columns(pl.lit(None, pl.String).alias("session")), "console", by=by)


def _grouped(responses: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    sums = ("responses", "ours", "latest", "lower_bounds", "unpriced")
    return responses.group_by(by).agg(pl.col(name).sum() for name in sums)


def _joined(ours: pl.LazyFrame, theirs: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    counts = ("responses", "lower_bounds", "unpriced")
    return ours.join(theirs, on=list(by), how="full", coalesce=True, nulls_equal=True).with_columns(
        pl.col(counts).fill_null(0), pl.col("ours", "latest", "theirs").fill_null(_ZERO)
    )


def _summed(items: pl.LazyFrame, source: str, *, by: tuple[str, ...]) -> pl.LazyFrame:
    """The items' causes, added up by `by`; what they are not summed by is NULL."""
    sums = ("responses", "ours", "theirs", "difference_usd", *_CAUSES)
    names = {"ours": "cost_usd", "theirs": "other_cost_usd"}
    blank = {"session": pl.String, "day": pl.Date, "model": pl.String}
    keys = [
        pl.col(name) if name in by else pl.lit(None, kind).alias(name)
        for name, kind in blank.items()
    ]
    return (
        items.with_columns(pl.col("ours", "latest", "theirs").cast(COST_USD))
        .pipe(_split)
        .group_by(by)
        .agg(pl.col(name).sum() for name in sums)
        .select(pl.lit(source).alias("source"), *keys, *sums)
        .rename(names)
    )


def _split(items: pl.LazyFrame) -> pl.LazyFrame:
    """Each item's difference, and its parts by the order at the top of this module."""
    difference = (pl.col("theirs") - pl.col("ours")).cast(COST_USD)
    is_helper = (pl.col("responses") == 0) & pl.col("model").is_not_null()
    is_unpriced = pl.col("unpriced") > 0
    shift = (pl.col("latest") - pl.col("ours")).cast(COST_USD)
    rest = (pl.col("difference_usd") - shift).cast(COST_USD)
    is_shifted = ~is_helper & ~is_unpriced & (rest.abs() < pl.col("difference_usd").abs())
    left = pl.col("left_usd")
    is_bound = (pl.col("lower_bounds") > 0) & (left > 0)
    return (
        items.with_columns(difference_usd=difference)
        .with_columns(
            helper_calls_usd=_where(is_helper, pl.col("difference_usd")),
            unpriced_usd=_where(is_unpriced & ~is_helper, pl.col("difference_usd")),
            price_date_usd=_where(is_shifted, shift),
        )
        .with_columns(left_usd=pl.col("difference_usd") - pl.sum_horizontal(_CAUSES[:3]))
        .with_columns(
            lower_bound_usd=_where(is_bound, left), unexplained_usd=_where(~is_bound, left)
        )
    )


def _where(condition: pl.Expr, amount: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(_ZERO).cast(COST_USD)
