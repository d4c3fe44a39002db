"""Our figures next to others': Claude Code's own, and a vendor's, each difference by its causes.

`difference_causes` says which causes there are, and in which order they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, INSTANT, TOKEN_COLUMNS, Schema
from pocketdev_analytics.reports.difference_causes import (
    CAUSES,
    PARTS,
    cache_write_shift,
    split_difference,
)
from pocketdev_analytics.reports.output_estimate import estimate_output

__all__ = [
    "BILLED",
    "COST_STATES",
    "RECONCILED",
    "reconcile",
    "reconcile_runs",
    "reconcile_token_days",
]

#: Claude Code's own sums: one row a session and model, with the session's total, whether
#: Claude Code did not know a model's price, and the time of the last line before it.
COST_STATES: Final[Schema] = {
    "session_id": pl.String,
    "model": pl.String,
    "cost_usd": COST_USD,
    "total_cost_usd": COST_USD,
    "has_unknown_model_cost": pl.Boolean,
    "stated_at": INSTANT,
}
#: A vendor's figures: one row a UTC day and model.
BILLED: Final[Schema] = {"day": pl.Date, "model": pl.String, "cost_usd": COST_USD}
_TOKENS: Final = ("tokens", "other_tokens", "repeated_line_tokens", "unexplained_tokens")
#: The columns of `reconcile`.
RECONCILED: Final[Schema] = {
    "source": pl.String,
    "session": pl.String,
    "day": pl.Date,
    "model": pl.String,
    "responses": pl.Int64,
    "cost_usd": COST_USD,
    "other_cost_usd": COST_USD,
    "difference_usd": COST_USD,
    **dict.fromkeys(CAUSES, COST_USD),
    "has_unknown_model_cost": pl.Boolean,
    **dict.fromkeys(_TOKENS, pl.Int64),
}
_KEYS: Final = ("source", "session", "day", "model")
_SUMS: Final = ("responses", "ours", "latest", "write_shift", "lower_bounds", "unpriced")
_MONEY: Final = ("ours", "latest", "write_shift", "theirs", "beyond", *PARTS)
_FLAGS: Final = ("is_guessed", "is_stated", "is_complete")
_ZERO: Final = pl.lit(0, COST_USD)
_PROMPT: Final = ("input_tokens", "written_tokens", "cache_read_tokens")


def reconcile(
    usage: pl.LazyFrame,
    latest: pl.LazyFrame,
    cost_states: pl.LazyFrame,
    billed: pl.LazyFrame | None = None,
    *,
    names: Mapping[str, str] | None = None,
    bills: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Compare our cost with each other figure, and split the difference by cause.

    `latest` is the same usage at today's prices, `cost_states` and `billed` have the columns
    of `COST_STATES` and `BILLED`. `names` gives spellings of a model one name. `bills` says
    what is in a session's cost-state beyond its lines (`Store.session_bills`).

    Columns: `RECONCILED`. `source` is 'costUSD' (of single responses), 'cost-state' (of
    sessions) or 'console' (of days); `session, day, model` as far as the source has them;
    `cost_usd` is ours of the responses that lines hold: with a cost-state it leaves out the
    unlisted calls that `cost` adds from there; `difference_usd` is theirs less ours, then come
    the parts of it, which add up to it (`difference_causes`). Sorted by source, session, day
    and model.
    """
    responses = _responses(usage, latest, names or {})
    frames = [_of_responses(responses), _of_sessions(usage, responses, cost_states, names, bills)]
    if billed is not None:
        frames.append(_of_days(responses, billed, names or {}))
    return pl.concat(frames).sort(_KEYS, nulls_last=True)


def reconcile_runs(
    usage: pl.LazyFrame,
    latest: pl.LazyFrame,
    runs: pl.LazyFrame,
    price: Callable[[pl.LazyFrame], pl.LazyFrame],
    *,
    names: Mapping[str, str] | None = None,
) -> pl.LazyFrame:
    """Our cost next to what Claude Code keeps of the last run of a session (`lastCost`).

    `runs` has `pricing.CLIENT_RUNS`, `price` prices rows of tokens. The last run's responses
    are the session's last ones, as far as they fit into what it states of a model; those
    before are of earlier runs.

    Columns: `RECONCILED`; `source` is 'last run'.
    """
    listed = names or {}
    stated = _stated_runs(runs, listed)
    lines = _responses(usage.filter(pl.col("kind") != "unlisted"), latest, listed)
    ours = lines.join(runs.select(session="session_id").unique(), on="session", how="semi")
    marked = _within_run(ours, stated)
    missing = _missing_of_runs(marked, stated).pipe(price).pipe(_parts_of_calls)
    within = pl.col("is_of_run")
    of_run = marked.with_columns(
        write_shift=pl.when(within).then("write_shift").otherwise(_ZERO),
        latest=pl.when(within).then("latest").otherwise("ours"),
    )
    sums = of_run.group_by("session").agg(
        *(pl.col(name).sum() for name in _SUMS),
        uncounted_passes_usd=-pl.col("ours").filter("is_of_run", _is_uncounted()).sum(),
        other_runs_usd=-pl.col("ours").filter(~pl.col("is_of_run")).sum(),
    )
    theirs = runs.group_by(session="session_id").agg(
        theirs=pl.col("total_cost_usd").max(), is_guessed=pl.col("has_unknown_model_cost").any()
    )
    items = (
        theirs.join(sums, on="session", how="left")
        .join(missing, on="session", how="left")
        .pipe(_with_bounds, _missing_output(usage))
        .with_columns(is_stated=pl.lit(value=True), model=pl.lit(None, pl.String))
    )
    return _summed(_filled(items), "last run", by=("session",))


def reconcile_token_days(
    usage: pl.LazyFrame,
    lines: pl.LazyFrame,
    token_days: pl.LazyFrame,
    *,
    names: Mapping[str, str] | None = None,
) -> pl.LazyFrame:
    """Our tokens next to those of Claude Code's statistics (`stats-cache.json`), which has no cost.

    `lines` has `day, model, tokens` of every line with usage, `token_days` has
    `pricing.TOKEN_DAYS`. Up to version 4 those statistics count every line of a response,
    from 5 on they add cache tokens: our `tokens` are then of the same classes.

    Columns: `RECONCILED`; `source` is 'statistics', money is NULL, `repeated_line_tokens` is
    what counting every line adds, `unexplained_tokens` what is left.
    """
    listed, by = names or {}, ["day", "model"]
    theirs = (
        token_days.with_columns(_named(listed))
        .group_by(by)
        .agg(
            other_tokens=pl.col("tokens").sum(),
            has_cache=pl.col("has_cache_tokens").any(),
            has_every_line=pl.col("has_every_line").any(),
        )
    )
    plain, cached = (
        pl.col("input_tokens") + pl.col("output_tokens"),
        pl.sum_horizontal(TOKEN_COLUMNS),
    )
    ours = (
        usage.filter(pl.col("kind") != "unlisted")
        .group_by(day=pl.col("responded_at").dt.date(), model=_named(listed))
        .agg(
            responses=pl.col("response_count").sum().cast(pl.Int64),
            plain=plain.sum(),
            cached=cached.sum(),
        )
    )
    counted = lines.group_by("day", model=_named(listed)).agg(counted=pl.col("tokens").sum())
    tokens = pl.when("has_cache").then("cached").otherwise("plain").fill_null(0)
    repeated = pl.when("has_every_line").then(pl.col("counted").fill_null(0) - pl.col("tokens"))
    rest = pl.col("other_tokens") - pl.col("tokens") - pl.col("repeated_line_tokens")
    return (
        theirs.join(ours, on=by, how="left")
        .join(counted, on=by, how="left")
        .with_columns(tokens=tokens, source=pl.lit("statistics"), session=None)
        .with_columns(repeated_line_tokens=repeated.fill_null(0))
        .with_columns(unexplained_tokens=rest)
        .pipe(_as_reconciled)
        .sort(_KEYS, nulls_last=True)
    )


def _responses(usage: pl.LazyFrame, latest: pl.LazyFrame, names: Mapping[str, str]) -> pl.LazyFrame:
    today = latest.select("response_id", latest_usd=pl.col("cost_usd"))
    return usage.join(today, on="response_id", how="left").select(
        "kind",
        "responded_at",
        "response_id",
        *TOKEN_COLUMNS,
        "web_search_requests",
        pl.lit(1, pl.Int64).alias("responses"),
        listed_model=pl.col("model"),
        session=pl.col("session_id"),
        day=pl.col("responded_at").dt.date(),
        model=_named(names),
        ours=pl.col("cost_usd").fill_null(_ZERO),
        latest=pl.coalesce("latest_usd", "cost_usd").fill_null(_ZERO),
        write_shift=cache_write_shift(),
        recorded=pl.col("recorded_cost_usd"),
        lower_bounds=pl.col("is_lower_bound").cast(pl.Int64),
        unpriced=pl.col("cost_usd").is_null().cast(pl.Int64),
    )


def _named(names: Mapping[str, str]) -> pl.Expr:
    plain = pl.col("model").str.strip_suffix("[1m]")
    return plain.replace(list(names), list(names.values())) if names else plain


def _of_responses(responses: pl.LazyFrame) -> pl.LazyFrame:
    items = responses.filter(pl.col("recorded").is_not_null()).select(
        *_SUMS, "session", theirs="recorded", model=pl.lit(None, pl.String)
    )
    return _summed(_filled(items), "costUSD", by=("session",))


def _of_sessions(
    usage: pl.LazyFrame,
    responses: pl.LazyFrame,
    cost_states: pl.LazyFrame,
    names: Mapping[str, str] | None,
    bills: pl.LazyFrame | None,
) -> pl.LazyFrame:
    of_states = cost_states.select(session="session_id").unique()
    lines = responses.filter(pl.col("kind") != "unlisted").join(of_states, on="session", how="semi")
    guessed = cost_states.group_by(session="session_id").agg(
        is_guessed=pl.col("has_unknown_model_cost").any().fill_null(value=False)
    )
    if bills is None:
        items = _by_model(lines, cost_states, names or {})
        return _summed(_filled(items.join(guessed, on="session")), "cost-state", by=("session",))
    stated = bills.select(session="session_id").unique()
    by_model = _by_model(
        lines.join(stated, on="session", how="anti"),
        cost_states.join(stated, left_on="session_id", right_on="session", how="anti"),
        names or {},
    )
    by_tokens = _by_tokens(usage, lines, cost_states, bills)
    items = pl.concat([_filled(by_model), _filled(by_tokens)]).drop("is_guessed")
    return _summed(items.join(guessed, on="session"), "cost-state", by=("session",))


def _by_model(
    lines: pl.LazyFrame, cost_states: pl.LazyFrame, names: Mapping[str, str]
) -> pl.LazyFrame:
    """Sessions whose cost-state has no tokens: an item a session and model."""
    states = cost_states.with_columns(_named(names).alias("model"), session=pl.col("session_id"))
    theirs = states.group_by("session", "model").agg(theirs=pl.col("cost_usd").sum())
    # What their total has beyond its models belongs to none of them.
    rest = (
        states.group_by("session")
        .agg(theirs=pl.col("total_cost_usd").max() - pl.col("cost_usd").sum())
        .filter(pl.col("theirs") != 0)
        .select("session", pl.lit(None, pl.String).alias("model"), "theirs")
    )
    theirs = pl.concat([theirs, rest])
    ours = lines.join(states.select("session").unique(), on="session", how="semi")
    return _joined(_grouped(ours, ("session", "model")), theirs, ("session", "model"))


def _by_tokens(
    usage: pl.LazyFrame, lines: pl.LazyFrame, cost_states: pl.LazyFrame, bills: pl.LazyFrame
) -> pl.LazyFrame:
    """Sessions whose cost-state has tokens: an item a session, with what these explain."""
    stated = cost_states.group_by(session="session_id").agg(
        theirs=pl.col("total_cost_usd").max(),
        beyond=pl.col("total_cost_usd").max() - pl.col("cost_usd").sum(),
        stated_at=pl.col("stated_at").max(),
    )
    is_later = pl.col("responded_at") > pl.col("stated_at")
    sums = (
        lines.join(stated.select("session", "stated_at"), on="session")
        .group_by("session")
        .agg(
            *(pl.col(name).sum() for name in _SUMS),
            uncounted_passes_usd=-pl.col("ours").filter(~is_later & _is_uncounted()).sum(),
            other_runs_usd=-pl.col("ours").filter(is_later).sum(),
        )
    )
    parts = _parts_of_calls(bills.filter(part="unlisted"))
    others = bills.group_by(session="session_id").agg(
        forks_usd=pl.col("cost_usd").filter(pl.col("part") == "inherited").sum(),
        refused_usd=pl.col("cost_usd").filter(pl.col("part") == "refused").sum(),
        is_complete=pl.min_horizontal(*TOKEN_COLUMNS, "web_search_requests").min() >= 0,
    )
    return (
        stated.join(bills.select(session="session_id").unique(), on="session", how="semi")
        .join(sums, on="session", how="left")
        .join(parts, on="session", how="left")
        .join(others, on="session", how="left")
        .pipe(_with_bounds, _missing_output(usage))
        .with_columns(is_stated=pl.lit(value=True), model=pl.lit(None, pl.String))
    )


def _is_uncounted() -> pl.Expr:
    return pl.col("kind").is_in(["fallback", "compaction"])


def _parts_of_calls(calls: pl.LazyFrame) -> pl.LazyFrame:
    """Sum the cost of calls in no line by session: `unlisted_calls_usd`, and of it output.

    `lone_output_usd` is the output of models without anything else: streams that were cut.
    Where lines hold more than the figure, that explains nothing.
    """
    prompt = [f"{name.removesuffix('_tokens')}_cost_usd" for name in TOKEN_COLUMNS[:-1]]
    costs = [pl.col(name).clip(lower_bound=0) for name in (*prompt, "web_search_cost_usd")]
    rest = pl.sum_horizontal(costs).cast(COST_USD)
    output = pl.col("output_cost_usd").clip(lower_bound=0)
    return calls.group_by(session="session_id").agg(
        unlisted_calls_usd=(rest + output).sum(),
        output_usd=output.filter(rest != 0).sum(),
        lone_output_usd=output.filter(rest == 0).sum(),
        unpriced_calls=pl.col("cost_usd").is_null().sum().cast(pl.Int64),
    )


def _missing_output(usage: pl.LazyFrame) -> pl.LazyFrame:
    """The output that a session's lines are estimated to leave out, in US dollars."""
    missing = pl.col("missing_output_cost_usd").fill_null(0).sum().round(9).cast(COST_USD)
    return estimate_output(usage).group_by(session="session_id").agg(missing_usd=missing)


def _with_bounds(items: pl.LazyFrame, missing: pl.LazyFrame) -> pl.LazyFrame:
    """Take what is missing of the output of responses out of what unlisted calls hold."""
    is_bound = pl.col("lower_bounds") > 0
    mixed = pl.min_horizontal("output_usd", pl.col("missing_usd").fill_null(_ZERO))
    bound = pl.when(is_bound).then(pl.col("lone_output_usd") + mixed).otherwise(_ZERO)
    return (
        items.join(missing, on="session", how="left")
        .with_columns(lower_bound_usd=bound.fill_null(_ZERO).cast(COST_USD))
        .with_columns(
            unlisted_calls_usd=pl.col("unlisted_calls_usd").fill_null(_ZERO)
            - pl.col("lower_bound_usd"),
            unpriced=pl.col("unpriced").fill_null(0) + pl.col("unpriced_calls").fill_null(0),
        )
        .drop("output_usd", "lone_output_usd", "missing_usd", "unpriced_calls")
    )


def _stated_runs(runs: pl.LazyFrame, names: Mapping[str, str]) -> pl.LazyFrame:
    return runs.group_by(session="session_id", model=_named(names)).agg(
        pl.col("model").first().alias("stated_model"),
        *(pl.col(name).sum() for name in (*_PROMPT, "output_tokens", "web_search_requests")),
    )


def _within_run(lines: pl.LazyFrame, stated: pl.LazyFrame) -> pl.LazyFrame:
    """The lines with `is_of_run`: whether the last run states enough tokens to hold them."""
    limits = stated.select("session", "model", *(pl.col(n).alias(f"{n}_stated") for n in _PROMPT))
    key = ["session", "model"]
    fits = pl.all_horizontal(
        pl.col(name).cum_sum().over(key) <= pl.col(f"{name}_stated").fill_null(-1)
        for name in _PROMPT
    )
    counted = (*TOKEN_COLUMNS, "web_search_requests")
    return (
        lines.with_columns(pl.when(~_is_uncounted()).then(name).otherwise(0) for name in counted)
        .with_columns(
            written_tokens=pl.col("cache_write_5m_tokens") + pl.col("cache_write_1h_tokens")
        )
        .join(limits, on=key, how="left")
        .sort("responded_at", "response_id", descending=True)
        .with_columns(is_of_run=fits)
    )


def _missing_of_runs(lines: pl.LazyFrame, stated: pl.LazyFrame) -> pl.LazyFrame:
    """Rows to price: the tokens that a last run states beyond its lines."""
    five = pl.col("cache_write_5m_tokens")
    share = pl.when(pl.col("written_tokens").sum() > 0).then(
        five.sum() / pl.col("written_tokens").sum()
    )
    names = (*_PROMPT, "output_tokens", "web_search_requests")
    held = (
        lines.filter("is_of_run")
        .group_by("session", "model")
        .agg(
            *(pl.col(name).sum().alias(f"{name}_held") for name in names),
            share_5m=share,
            responded_at=pl.col("responded_at").max(),
        )
    )
    # Which prices hold for a model without lines: those of the session's last response.
    last = lines.group_by("session").agg(last_at=pl.col("responded_at").max())
    left = {name: pl.col(name) - pl.col(f"{name}_held").fill_null(0) for name in names}
    return (
        stated.join(held, on=["session", "model"], how="left")
        .join(last, on="session")
        .with_columns(**left)
        .with_columns(
            cache_write_5m_tokens=(pl.col("written_tokens") * pl.col("share_5m").fill_null(0))
            .round()
            .cast(pl.Int64)
        )
        .select(
            *("input_tokens", "cache_write_5m_tokens", "cache_read_tokens", "output_tokens"),
            "web_search_requests",
            cache_write_1h_tokens=pl.col("written_tokens") - five,
            session_id=pl.col("session"),
            model=pl.col("stated_model"),
            responded_at=pl.coalesce("responded_at", "last_at"),
        )
    )


def _of_days(
    responses: pl.LazyFrame, billed: pl.LazyFrame, names: Mapping[str, str]
) -> pl.LazyFrame:
    by = ("day", "model")
    theirs = (
        billed.with_columns(_named(names).alias("model"))
        .group_by(by)
        .agg(theirs=pl.col("cost_usd").sum())
    )
    days = theirs.select(first=pl.col("day").min(), last=pl.col("day").max())
    is_told = pl.col("day").is_between(pl.col("first"), pl.col("last"))
    ours = responses.join(days, how="cross").filter(is_told)
    return _summed(_filled(_joined(_grouped(ours, by), theirs, by)), "console", by=by)


def _grouped(responses: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return responses.group_by(by).agg(pl.col(name).sum() for name in _SUMS)


def _joined(ours: pl.LazyFrame, theirs: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return ours.join(theirs, on=list(by), how="full", coalesce=True, nulls_equal=True)


def _filled(items: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of an item, also those a source lacks: nothing counts as 0."""
    there = items.collect_schema().names()
    blank = {
        "session": pl.lit(None, pl.String),
        "day": pl.lit(None, pl.Date),
        "model": pl.lit(None, pl.String),
        **dict.fromkeys(_SUMS, pl.lit(0, pl.Int64)),
        **dict.fromkeys(_MONEY, _ZERO),
        **dict.fromkeys(_FLAGS, pl.lit(value=False)),
    }
    added = items.with_columns(
        value.alias(name) for name, value in blank.items() if name not in there
    )
    counts = ("responses", "lower_bounds", "unpriced")
    return added.select(
        *("session", "day", "model"),
        *(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts),
        *(pl.col(name).fill_null(_ZERO).cast(COST_USD) for name in _MONEY),
        *(pl.col(name).fill_null(value=False) for name in _FLAGS),
    )


def _summed(items: pl.LazyFrame, source: str, *, by: tuple[str, ...]) -> pl.LazyFrame:
    """The items' causes, added up by `by`; what they are not summed by is NULL."""
    sums = ("responses", "ours", "theirs", "difference_usd", *CAUSES)
    has_flag = source in ("cost-state", "last run")
    flag = pl.col("is_guessed").any()
    return (
        split_difference(items)
        .group_by(by)
        .agg(*(pl.col(name).sum() for name in sums), has_unknown_model_cost=flag)
        .with_columns(source=pl.lit(source))
        .with_columns(pl.when(has_flag).then("has_unknown_model_cost"))
        .rename({"ours": "cost_usd", "theirs": "other_cost_usd"})
        .pipe(_as_reconciled)
    )


def _as_reconciled(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of `RECONCILED`, NULL where the source has none."""
    there = rows.collect_schema().names()
    return rows.select(
        (pl.col(name) if name in there else pl.lit(None)).cast(kind).alias(name)
        for name, kind in RECONCILED.items()
    )
