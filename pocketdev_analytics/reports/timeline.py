"""The events of one session in order, with their cost."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import COST_USD, INSTANT, TOKEN_COLUMNS, Schema
from pocketdev_analytics.model.history import History
from pocketdev_analytics.reports.cost import cost
from pocketdev_analytics.reports.dimensions import FACTS, check_timezone
from pocketdev_analytics.reports.measures import half_up

__all__ = [
    "IDLE_MINUTES",
    "TIMELINE",
    "find_session",
    "lanes",
    "only_session",
    "timeline",
    "turns",
]

#: A pause of more minutes than this between two events does not count as active time.
IDLE_MINUTES: Final = 15

#: One row per event; `active_minutes` is the active time up to it, `pause_minutes` the pause that
#: ended with it. Columns that do not apply to a kind are NULL.
TIMELINE: Final[Schema] = {
    "at": INSTANT,
    "active_minutes": pl.Float64,
    "pause_minutes": pl.Float64,
    "kind": pl.String,
    "lane": pl.String,
    "name": pl.String,
    "is_error": pl.Boolean,
    "id": pl.String,
    "context_tokens": pl.Int64,
    **dict.fromkeys(TOKEN_COLUMNS, pl.Int64),
    "response_count": pl.Int8,
    "is_lower_bound": pl.Boolean,
    "cost_usd": COST_USD,
    "cumulative_cost_usd": COST_USD,
}

_CONTEXT: Final = [name for name in TOKEN_COLUMNS if name != "output_tokens"]
_NO_COST: Final = pl.lit(0, COST_USD)
# The order of events with the same time: a request comes before its response.
_KINDS: Final = (
    "prompt",
    "compaction",
    "retry",
    "error",
    "response",
    "unlisted",
    "tool_call",
    "event",
)


def find_session(history: History, prefix: str) -> str:
    """Return the id of the session with this id, or with this unique beginning of one.

    Raises:
        ReportError: no session or several sessions match.
    """
    named = [
        frame.select("session_id")
        for name, frame in history.frames().items()
        if name in {"usage", "prompts", "tool_calls"}
    ]
    ids: list[str] = sorted(pl.concat(named).unique().collect()["session_id"].drop_nulls())
    wanted = prefix.strip().lower()
    matches = [each for each in ids if wanted and each.lower().startswith(wanted)]
    exact = [each for each in matches if each.lower() == wanted]
    if len(matches) == 1 or exact:
        return (exact or matches)[0]
    if matches:
        raise ReportError(
            f"{len(matches)} sessions begin with {prefix!r}, such as {', '.join(matches[:3])};"
            " give more of the id"
        )
    raise ReportError(f"there is no session {prefix!r}{_hint(wanted, ids)}")


def _hint(wanted: str, ids: list[str]) -> str:
    begins = {each[: len(wanted)].lower() for each in ids}
    alike = get_close_matches(wanted, sorted(begins), n=3)
    near = [each for each in ids if each[: len(wanted)].lower() in alike][:3]
    if near:
        return f"; did you mean {' or '.join(near)}?"
    return "; `pocketdev-analytics report sessions` lists them" if ids else "; the store is empty"


def most_expensive_session(history: History) -> str:
    """Return the id of the session that cost the most; "" if there are no sessions."""
    costs = cost(history.usage.drop_nulls("session_id"), by=["session"])
    order = ["cost_usd", "responses", "session"]
    first = costs.sort(order, descending=[True, True, False], nulls_last=True).head(1)
    ids: list[str] = first.collect()["session"].to_list()
    return ids[0] if ids else ""


def only_session(history: History, session_id: str) -> History:
    """Filter a history to one session, with its subagents."""
    is_wanted = pl.col("session_id") == session_id
    return History(**{name: frame.filter(is_wanted) for name, frame in history.frames().items()})


def timeline(
    history: History, *, timezone: str = "UTC", idle_minutes: float = IDLE_MINUTES
) -> pl.LazyFrame:
    """Return the events of one session in order, with the columns of `TIMELINE`.

    `kind` is `prompt`, `response`, `unlisted` (calls that no line reports), `tool_call`,
    `compaction`, `error`, `retry` or `event` (any other measured event). `lane` is `main` or the
    id of a subagent. `name` is the model, the tool, the trigger of the compaction, the error, or
    the kind of event. `context_tokens` is the length of a response's prompt, or of the context
    before a compaction. `cumulative_cost_usd` is the cost of all responses so far, NULL until one
    has a price.

    Args:
        history: one session, see `only_session`.
        timezone: the time zone of `at`.
        idle_minutes: a longer time without events is a pause.
    """
    check_timezone(timezone)
    parts = [_responses(history), _prompts(history), _tool_calls(history)]
    parts += [_events(history), _errors(history)]
    together = pl.concat(parts, how="diagonal").filter(pl.col("at").is_not_null())
    order = pl.col("kind").replace_strict(list(_KINDS), list(range(len(_KINDS))))
    gap = pl.col("at").diff().dt.total_milliseconds().fill_null(0) / 60_000
    is_pause = gap > idle_minutes
    cumulative = pl.col("cost_usd").fill_null(_NO_COST).cum_sum()
    return (
        together.sort("at", order, "lane", "id")
        .with_columns(
            active_minutes=pl.when(is_pause).then(0).otherwise(gap).cum_sum(),
            pause_minutes=pl.when(is_pause).then(gap),
            cumulative_cost_usd=pl.when(pl.col("cost_usd").cum_count() > 0)
            .then(cumulative)
            .cast(COST_USD),
            at=pl.col("at").dt.convert_time_zone(timezone),
        )
        .select(list(TIMELINE))
    )


def lanes(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per lane of a `timeline`: the main thread, then subagents by their start.

    Columns: `lane, started_at, ended_at, duration_minutes, prompts, responses, tool_calls,
    tool_errors, api_errors, compactions, peak_context_tokens, cost_usd,
    lower_bound_responses, unseen_calls, unpriced_tokens`; the money columns are those of `cost`.
    """
    rows = events.group_by("lane").agg(**_measures())
    return rows.sort(pl.col("lane") != "main", "started_at", "lane")


def turns(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per turn of a `timeline`: from a prompt of the main thread to the next.

    Columns: `turn` (from 1; 0 is the time before the first prompt), then those of `lanes` from
    `started_at` on. Events of subagents belong to the turn in which they happened.
    """
    is_prompt = (pl.col("kind") == "prompt") & (pl.col("lane") == "main")
    numbered = events.with_columns(turn=is_prompt.cum_sum().cast(pl.Int64))
    return numbered.group_by("turn").agg(**_measures()).sort("turn")


def _measures() -> dict[str, pl.Expr]:
    """Return the aggregated columns of a lane or turn."""
    is_usage = pl.col("kind").is_in(["response", "unlisted"])
    is_bound, is_response = pl.col("is_lower_bound"), pl.col("response_count") > 0
    is_failed = (pl.col("kind") == "tool_call") & pl.col("is_error")
    minutes = (pl.col("at").max() - pl.col("at").min()).dt.total_seconds() / 60
    cost_usd = pl.col("cost_usd")
    unpriced = pl.sum_horizontal(TOKEN_COLUMNS).filter(is_usage & cost_usd.is_null())
    return {
        "started_at": pl.col("at").min(),
        "ended_at": pl.col("at").max(),
        "duration_minutes": half_up(minutes),
        "prompts": _count("prompt"),
        "responses": pl.col("response_count").sum().cast(pl.Int64),
        "tool_calls": _count("tool_call"),
        "tool_errors": is_failed.sum().cast(pl.Int64),
        "api_errors": _count("error"),
        "compactions": _count("compaction"),
        "peak_context_tokens": pl.col("context_tokens").filter(is_usage).max(),
        # Without usage the cost is 0; without any price it is unknown.
        "cost_usd": pl.when((cost_usd.count() > 0) | ~is_usage.any()).then(cost_usd.sum()),
        "lower_bound_responses": (is_bound & is_response).sum().cast(pl.Int64),
        "unseen_calls": (is_bound & (pl.col("kind") == "unlisted")).sum().cast(pl.Int64),
        "unpriced_tokens": unpriced.sum().cast(pl.Int64),
    }


def _count(kind: str) -> pl.Expr:
    return (pl.col("kind") == kind).sum().cast(pl.Int64)


def _lane() -> pl.Expr:
    subagent = pl.coalesce("agent_id", pl.lit("subagent"))
    return pl.when(pl.col("agent") == "subagent").then(subagent).otherwise(pl.lit("main"))


def _part(history: History, frame: str, kind: str | pl.Expr, **columns: pl.Expr) -> pl.LazyFrame:
    named = pl.lit(kind) if isinstance(kind, str) else kind
    at = pl.col(FACTS[frame].at)
    return history.frames()[frame].select(at=at, kind=named, lane=_lane(), **columns)


def _responses(history: History) -> pl.LazyFrame:
    is_unlisted = pl.col("kind") == "unlisted"
    tokens = {name: pl.col(name) for name in TOKEN_COLUMNS}
    return _part(
        history,
        "usage",
        pl.when(is_unlisted).then(pl.lit("unlisted")).otherwise(pl.lit("response")).alias("kind"),
        name=pl.col("model"),
        id=pl.col("response_id"),
        context_tokens=pl.when(pl.col("kind") == "response").then(pl.sum_horizontal(_CONTEXT)),
        **tokens,
        response_count=pl.col("response_count"),
        is_lower_bound=pl.col("is_lower_bound"),
        cost_usd=pl.col("cost_usd"),
    )


def _prompts(history: History) -> pl.LazyFrame:
    return _part(history, "prompts", "prompt", id=pl.col("prompt_id"))


def _tool_calls(history: History) -> pl.LazyFrame:
    is_error, id_ = pl.col("is_error"), pl.col("tool_use_id")
    return _part(history, "tool_calls", "tool_call", name=pl.col("tool"), is_error=is_error, id=id_)


def _events(history: History) -> pl.LazyFrame:
    is_compaction = pl.col("kind") == "compact_boundary"
    return _part(
        history,
        "session_events",
        pl.when(is_compaction).then(pl.lit("compaction")).otherwise(pl.lit("event")).alias("kind"),
        name=pl.when(is_compaction).then("trigger").otherwise("kind"),
        id=pl.col("event_id"),
        context_tokens=pl.col("pre_tokens"),
    )


def _errors(history: History) -> pl.LazyFrame:
    status = pl.col("status").cast(pl.String)
    name = pl.coalesce("error", status)
    is_error, kind = pl.col("kind").is_in(["error", "retry"]), pl.col("kind")
    return _part(
        history,
        "api_errors",
        pl.when(is_error).then(kind).otherwise(pl.lit("event")).alias("kind"),
        name=pl.when(is_error).then(name).otherwise(kind),
        id=pl.col("error_id"),
    )
