"""Live figures from the responses of a store, for the summary and for `watch --view`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.live.summary import Amount, Block, Summary
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import blocks, cost
from pocketdev_analytics.reports.blocks import WINDOW
from pocketdev_analytics.reports.clock import is_future
from pocketdev_analytics.reports.measures import BOUNDS
from pocketdev_analytics.store import Store

__all__ = ["LiveFigures", "PeriodUsage", "amount_of", "live_figures", "summarize"]

_RECENT: Final = timedelta(days=7)
_MOST_SESSIONS: Final = 500
#: What amounts are made of, and what tells days and sessions apart; the rest takes as long again.
_COUNTED: Final = (
    *("session_id", "responded_at", *TOKEN_COLUMNS),
    *("web_search_requests", "kind", "response_count", "is_lower_bound", "cost_usd"),
)
_LAST: Final = ("response_id", "session_title", "project", "model")
_PROMPT_TOKENS: Final = [name for name in TOKEN_COLUMNS if name != "output_tokens"]


@dataclass(frozen=True, slots=True)
class PeriodUsage:
    """The columns of `reports.cost` over a period that ends at `ends_at`."""

    row: dict[str, Any]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The live figures of a moment: the five-hour window, the day, the month and a session.

    `window` is None where nothing runs; its rates are NULL as in `reports.blocks`. `session`
    is the one that last had a response, None where there is none: its id, title, project,
    the model and prompt tokens of that response, and the columns of `reports.cost`.
    """

    timezone: str
    today: PeriodUsage
    month: PeriodUsage
    window: PeriodUsage | None
    block: Block | None
    session: dict[str, Any] | None


def summarize(store: Store, *, now: datetime, timezone: str, made_from: str) -> Summary:
    """Compute the summary of the store at this moment."""
    month = _midnight(now, timezone).replace(day=1)
    usage = _recent(store, min(month, now - _RECENT), _COUNTED)
    times = _since_a_pause(_times(store, now))
    days, sessions, last = pl.collect_all(
        [
            cost(usage, by=["day"], timezone=timezone).filter(pl.col("day") >= month.date()),
            _recent_sessions(usage, now - _RECENT),
            blocks(usage, now=now, account_usage=times.lazy()).tail(1),
        ]
    )
    return Summary(
        made_at=now,
        checked_at=now,
        made_from=made_from,
        timezone=timezone,
        days={row["day"]: amount_of(row) for row in days.iter_rows(named=True)},
        block=next(map(_block, last.iter_rows(named=True)), None),
        sessions={row["session"]: amount_of(row) for row in sessions.iter_rows(named=True)},
    )


def live_figures(store: Store, *, now: datetime, timezone: str) -> LiveFigures:
    """Compute the figures of this moment."""
    day = _midnight(now, timezone)
    tomorrow, month, next_month = day + timedelta(days=1), day.replace(day=1), _next_month(day)
    times = _times(store, now)
    last_at = times["responded_at"].max()
    since = min(month, last_at) if isinstance(last_at, datetime) else month
    usage = _recent(store, since, (*_COUNTED, *_LAST))
    today, this_month, window, session = (
        next(frame.iter_rows(named=True), None)
        for frame in pl.collect_all(
            [
                cost(_between(usage, day, tomorrow), by=()),
                cost(_between(usage, month, next_month), by=()),
                blocks(usage, now=now, account_usage=times.lazy()).filter("is_running"),
                _last_session(usage.filter(~is_future(now))),
            ]
        )
    )
    return LiveFigures(
        timezone=timezone,
        today=PeriodUsage(today or {}, tomorrow),
        month=PeriodUsage(this_month or {}, next_month),
        window=PeriodUsage(window, window["ends_at"]) if window else None,
        block=_block(window) if window else None,
        session=session,
    )


def amount_of(row: dict[str, Any]) -> Amount:
    """Return the amount of a row of `reports.cost`."""
    return Amount(row["cost_usd"], any(row[name] for name in BOUNDS))


def _times(store: Store, now: datetime) -> pl.DataFrame:
    """The times of all responses; windows of a clock that is ahead have not begun."""
    return store.usage().select("responded_at").filter(~is_future(now)).collect()


def _midnight(now: datetime, timezone: str) -> datetime:
    local = now.astimezone(ZoneInfo(timezone))
    # The first of two midnights, where clocks are set back at one.
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _next_month(day: datetime) -> datetime:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _recent(store: Store, since: datetime, columns: tuple[str, ...]) -> pl.LazyFrame:
    """The responses of sessions since then, and of a day before: a window may begin there."""
    at = (since - timedelta(days=1)).astimezone(UTC)
    return store.usage_cost(since=at).select(columns).collect().lazy()


def _since_a_pause(times: pl.DataFrame) -> pl.DataFrame:
    """The times after the last pause that no window outlasts: those before say nothing of later."""
    pause = pl.col("responded_at").diff() >= WINDOW + timedelta(hours=1)  # begun at a full hour
    number = pause.fill_null(value=False).cum_sum()
    return times.sort("responded_at").filter(number == number.max())


def _between(usage: pl.LazyFrame, start: datetime, end: datetime) -> pl.LazyFrame:
    first, last = (pl.lit(each.astimezone(UTC)) for each in (start, end))
    return usage.filter(pl.col("responded_at").is_between(first, last, closed="left"))


def _last_session(usage: pl.LazyFrame) -> pl.LazyFrame:
    last = usage.sort("responded_at", "response_id").tail(1)
    prompt_tokens = pl.sum_horizontal(_PROMPT_TOKENS).alias("prompt_tokens")
    of_it = usage.join(last, on="session_id", how="semi")
    named = last.select("session_id", "session_title", "project", "model", prompt_tokens)
    return named.join(cost(of_it, by=()), how="cross")


def _recent_sessions(usage: pl.LazyFrame, since: datetime) -> pl.LazyFrame:
    recent = (
        usage.group_by(session="session_id")
        .agg(pl.col("responded_at").max())
        .filter(pl.col("responded_at") >= since)
        .sort("responded_at", "session", descending=True)
        .head(_MOST_SESSIONS)
    )
    return cost(usage, by=["session"]).join(recent, on="session", how="semi")


def _block(row: dict[str, Any]) -> Block:
    return Block(
        started_at=row["started_at"],
        ends_at=row["ends_at"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        total_tokens=row["total_tokens"],
        amount=amount_of(row),
    )
