"""Our cost compared with what PocketDev computed of its messages, by conversation and cause.

PocketDev keeps a figure per message; of an agent on the command line that is the last request of a
turn. A message and a response of a session file are the same request where their prompts have the
same length, in order of time. Then the difference of each pair is split, in this order:

1. no price: PocketDev has no cost (the model is an alias), so all of ours is missing there;
2. 5-minute price: it prices 1-hour cache writes as 5-minute ones;
3. placeholder output: it keeps the output count of a stream before its end;
4. cache counted twice: `input_tokens` of claude_code holds both cache classes, which are counted
   again at their own prices; only where its cost shows that;
5. what is left is unexplained.

A response without a message is a request that was not the last of its turn. A message without a
response belongs to a CLI session whose file is not joined: PocketDev names the last one only.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, USAGE
from pocketdev_analytics.pricing import PriceBook, price

__all__ = ["reconcile_pocketdev"]

_CAUSES: Final = {
    "cache_counted_twice_usd": "cache counted twice",
    "last_request_only_usd": "last request of a turn only",
    "no_price_usd": "no price of the model (an alias)",
    "five_minute_price_usd": "5-minute price for 1-hour writes",
    "placeholder_output_usd": "placeholder output counts",
    "other_cli_sessions_usd": "CLI sessions without a joined file",
    "unpriced_usd": "no price here",
    "unexplained_usd": "unexplained",
}
_KEY: Final = ("conversation_id", "prompt_tokens", "place")
_PROMPT: Final = (
    *("input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens"),
)
_ZERO: Final = pl.lit(0, COST_USD)


def reconcile_pocketdev(
    usage: pl.LazyFrame, messages: pl.LazyFrame, book: PriceBook
) -> pl.LazyFrame:
    """Compare the cost of each conversation with PocketDev's figure, by cause.

    Args:
        usage: Columns of `model.USAGE_COST`, of all sessions.
        messages: Columns of `model.CONVERSATION_MESSAGES`, of the conversations to compare.
        book: The prices.

    Returns:
        Columns `conversation, session` (the current one), `title, provider, messages, responses,
        cost_usd` (ours), `other_cost_usd` (PocketDev's), `difference_usd` (theirs less ours), the
        parts of the difference, which add up to it, in US dollars: `cache_counted_twice_usd,
        last_request_only_usd, no_price_usd, five_minute_price_usd, placeholder_output_usd,
        other_cli_sessions_usd, unpriced_usd, unexplained_usd`; and `causes`, those parts that are
        not 0, in words. The largest difference is first.
    """
    sessions = messages.select("session_id", "conversation_id").unique()
    ours = _placed(
        usage.join(sessions, on="session_id").with_columns(
            prompt_tokens=pl.sum_horizontal(_PROMPT), at=pl.col("responded_at")
        )
    )
    theirs = _placed(
        messages.unique("message_id").with_columns(
            prompt_tokens=pl.col("input_tokens").fill_null(0), at=pl.col("created_at")
        )
    )
    kept = theirs.select(
        *("message_id", "conversation_id", "response_id", "prompt_tokens", "place"),
        stated_input=pl.col("input_tokens").fill_null(0),
        stated_output=pl.col("output_tokens").fill_null(0),
        theirs="cost_usd",
    )
    own = ours.drop("conversation_id").join(
        kept.filter(pl.col("response_id").is_not_null()), on="response_id"
    )
    pairs = ours.join(kept.filter(pl.col("response_id").is_null()).drop("response_id"), on=_KEY)
    split = pl.concat([pairs, own.select(pairs.collect_schema().names())]).pipe(_split, book)
    matched = split.select("response_id", "message_id")
    items = pl.concat(
        [
            split.drop("response_id", "message_id"),
            _alone(ours.join(matched, on="response_id", how="anti"), "last_request_only_usd"),
            _unjoined(theirs.join(matched, on="message_id", how="anti")),
        ]
    )
    sums = ["messages", "responses", "cost_usd", "other_cost_usd", "difference_usd", *_CAUSES]
    named = (
        messages.sort("is_current", descending=True)
        .group_by("conversation_id")
        .agg(pl.col("session_id").first().alias("session"), pl.col("title", "provider").first())
    )
    words = [pl.when(pl.col(name) != 0).then(pl.lit(words)) for name, words in _CAUSES.items()]
    return (
        items.group_by("conversation_id")
        .agg(pl.col(name).sum() for name in sums)
        .join(named, on="conversation_id")
        .with_columns(causes=pl.concat_str(words, separator=", ", ignore_nulls=True))
        .select(
            pl.col("conversation_id").alias("conversation"),
            *("session", "title", "provider"),
            *sums,
            "causes",
        )
        .sort(pl.col("difference_usd").abs(), "conversation", descending=[True, False])
    )


def _placed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Number the rows of a conversation with prompts of one length, in order of time."""
    key = ["conversation_id", "prompt_tokens"]
    return rows.sort("at", maintain_order=True, nulls_last=True).with_columns(
        place=pl.int_range(pl.len()).over(key)
    )


def _split(pairs: pl.LazyFrame, book: PriceBook) -> pl.LazyFrame:
    """Each pair of a response and its message, with its difference and the parts of it."""
    written = pl.col("cache_write_5m_tokens") + pl.col("cache_write_1h_tokens")
    as_5m = pairs.with_columns(cache_write_5m_tokens=written, cache_write_1h_tokens=pl.lit(0))
    output = as_5m.with_columns(output_tokens=pl.col("stated_output"))
    twice = output.with_columns(input_tokens=pl.col("stated_input"))
    steps = {"as_5m": as_5m, "with_output": output, "twice": twice}
    for name, frame in steps.items():
        priced = price(frame.select(*USAGE), book).select(
            "response_id", pl.col("cost_usd").alias(name)
        )
        pairs = pairs.join(priced, on="response_id", how="left")
    ours, theirs = pl.col("cost_usd").fill_null(_ZERO), pl.col("theirs")
    is_unpriced = pl.col("cost_usd").is_null()
    is_stated = theirs.is_not_null() & ~is_unpriced
    is_twice = is_stated & (
        (theirs - pl.col("twice")).abs() < (theirs - pl.col("with_output")).abs()
    )
    return (
        pairs.select(
            "response_id",
            "message_id",
            "conversation_id",
            messages=pl.lit(1, pl.Int64),
            responses=pl.col("response_count").cast(pl.Int64),
            other_cost_usd=theirs.fill_null(_ZERO),
            difference_usd=theirs.fill_null(_ZERO) - ours,
            cache_counted_twice_usd=_where(is_twice, pl.col("twice") - pl.col("with_output")),
            last_request_only_usd=_ZERO,
            no_price_usd=_where(theirs.is_null() & ~is_unpriced, -ours),
            five_minute_price_usd=_where(is_stated, pl.col("as_5m") - ours),
            placeholder_output_usd=_where(is_stated, pl.col("with_output") - pl.col("as_5m")),
            other_cli_sessions_usd=_ZERO,
            unpriced_usd=_where(is_unpriced, theirs.fill_null(_ZERO)),
            cost_usd=ours,
        )
        .with_columns(
            unexplained_usd=pl.col("difference_usd")
            - pl.sum_horizontal([name for name in _CAUSES if name != "unexplained_usd"])
        )
        .pipe(_as_items, "response_id", "message_id")
    )


def _alone(responses: pl.LazyFrame, cause: str) -> pl.LazyFrame:
    """Responses that PocketDev has no message of."""
    ours = pl.col("cost_usd").fill_null(_ZERO)
    return responses.select(
        "conversation_id",
        messages=pl.lit(0, pl.Int64),
        responses=pl.col("response_count").cast(pl.Int64),
        cost_usd=ours,
        other_cost_usd=_ZERO,
        difference_usd=-ours,
        **{name: -ours if name == cause else _ZERO for name in _CAUSES},
    ).pipe(_as_items)


def _unjoined(messages: pl.LazyFrame) -> pl.LazyFrame:
    """Messages whose request no joined session file holds."""
    theirs = pl.col("cost_usd").fill_null(_ZERO)
    return messages.select(
        "conversation_id",
        messages=pl.lit(1, pl.Int64),
        responses=pl.lit(0, pl.Int64),
        cost_usd=_ZERO,
        other_cost_usd=theirs,
        difference_usd=theirs,
        **{name: theirs if name == "other_cli_sessions_usd" else _ZERO for name in _CAUSES},
    ).pipe(_as_items)


def _as_items(rows: pl.LazyFrame, *keys: str) -> pl.LazyFrame:
    money = ("cost_usd", "other_cost_usd", "difference_usd", *_CAUSES)
    return rows.select(
        *keys,
        *("conversation_id", "messages", "responses"),
        *(pl.col(name).cast(COST_USD) for name in money),
    )


def _where(condition: pl.Expr, amount: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(amount).otherwise(_ZERO).cast(COST_USD)
