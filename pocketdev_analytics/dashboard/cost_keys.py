"""The cost page's key figures, each with its change against the equal period before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.text import (
    change,
    compact,
    count,
    day_name,
    exact_usd,
    percent,
    usd,
)
from pocketdev_analytics.dashboard.parts import KeyFigure
from pocketdev_analytics.dashboard.period import LAST_DAYS, last_and_before, span_of, sparkline
from pocketdev_analytics.formatting import count_of, round_half_up
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports import Period

__all__ = ["Before", "key_figures"]

_PROMPT_TOKENS: Final = tuple(name for name in TOKEN_COLUMNS if name != "output_tokens")
_MONEY_PLACES: Final = Decimal("1e-18")
_DIGITS: Final = 60
_MARKS: Final = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")


@dataclass(frozen=True, slots=True)
class Before:
    """The equal period before the one in view, and the frames of it."""

    period: Period
    frames: dict[str, pl.DataFrame]


def key_figures(frames: dict[str, pl.DataFrame], before: Before | None) -> tuple[KeyFigure, ...]:
    """What is told in large type, of what is in view."""
    total = frames["totals"].row(0, named=True)
    then = before.frames["totals"].row(0, named=True) if before else None
    second = _before(before) if before else _last_days(frames["day"])
    return (
        _total(frames, total, then),
        second,
        _per("Per day with usage", "day", frames, before),
        _per("Per session", "session", frames, before),
        _tokens(frames["day"], total, then),
        _from_cache(frames["day"], total, then),
    )


def _total(
    frames: dict[str, pl.DataFrame], total: dict[str, Any], then: dict[str, Any] | None
) -> KeyFigure:
    daily = frames["day"]
    spark = sparkline(daily["day"], daily["cost_usd"].to_list())
    return _money_figure(
        "Total cost", total, _why_at_least(total, frames["model"]), spark, _changed(total, then)
    )


def _money_figure(
    name: str, row: dict[str, Any], note: str, spark: tuple[float, ...] = (), changed: str = ""
) -> KeyFigure:
    cost = row["cost_usd"]
    prefix = "at least" if cost is not None and any(row[mark] for mark in _MARKS) else ""
    exact = f"{prefix} {exact_usd(cost)}".strip()
    return KeyFigure(name, usd(cost), exact, note, prefix, spark, changed)


def _changed(now: dict[str, Any], then: dict[str, Any] | None, name: str = "cost_usd") -> str:
    if then is None or now[name] is None or then[name] is None:
        return ""
    return change(Decimal(now[name]), Decimal(then[name])) or ""


def _why_at_least(total: dict[str, Any], models: pl.DataFrame) -> str:
    parts = []
    if total["lower_bound_responses"]:
        bounded = percent(total["lower_bound_responses"], total["responses"])
        parts.append(f"{bounded} of responses without a final count")
    if total["unpriced_tokens"]:
        unpriced = models.filter(pl.col("unpriced_tokens") > 0).height
        parts.append(f"{count_of(unpriced, 'model')} without a price")
    return "; ".join(parts)


def _before(before: Before) -> KeyFigure:
    daily = before.frames["day"]
    total = before.frames["totals"].row(0, named=True)
    spark = sparkline(daily["day"], daily["cost_usd"].to_list())
    return _money_figure("Period before", total, _days(before.period), spark)


def _days(period: Period) -> str:
    first, last = period.first, period.last
    return day_name(first) if first == last else f"{day_name(first)} \u2013 {day_name(last)}"


def _last_days(daily: pl.DataFrame) -> KeyFigure:
    now, before = last_and_before(daily)
    row = _sum(now)
    changed = _changed(row, _sum(before)) if before is not None else ""
    # Counted from the last day with usage, which may be long ago when the page is made.
    _, last = span_of(daily["day"])
    note = f"up to {day_name(last)}" if last else ""
    note += f", against the {LAST_DAYS} days before" if changed else ""
    spark = sparkline(now["day"], now["cost_usd"].to_list())
    return _money_figure(f"Last {LAST_DAYS} days", row, note, spark, changed)


def _sum(daily: pl.DataFrame) -> dict[str, Any]:
    known = daily["cost_usd"].drop_nulls()
    cost = sum(known, Decimal(0)) if len(known) or daily.is_empty() else None
    return {"cost_usd": cost, **{mark: daily[mark].sum() for mark in _MARKS}}


def _per(name: str, noun: str, frames: dict[str, pl.DataFrame], before: Before | None) -> KeyFigure:
    number = frames[noun].height
    row = _mean(frames, noun)
    changed = _changed(row, _mean(before.frames, noun)) if before else ""
    note = f"over {count_of(number, noun)}"
    return _money_figure(name, row, note, changed=changed)


def _mean(frames: dict[str, pl.DataFrame], noun: str) -> dict[str, Any]:
    total, number = frames["totals"].row(0, named=True), frames[noun].height
    cost = total["cost_usd"]
    with localcontext(prec=_DIGITS):
        mean = (
            None
            if cost is None or not number
            else (cost / number).quantize(_MONEY_PLACES, ROUND_HALF_UP)
        )
    return {**total, "cost_usd": mean}


def _tokens(daily: pl.DataFrame, total: dict[str, Any], then: dict[str, Any] | None) -> KeyFigure:
    number = _all_tokens(total)
    changed = change(Decimal(number), Decimal(_all_tokens(then))) if then else None
    each = daily.select(pl.sum_horizontal(TOKEN_COLUMNS)).to_series().to_list()
    return KeyFigure(
        "Tokens",
        compact(number),
        f"{count(number)} tokens in {count(total['responses'])} responses",
        f"{compact(total['output_tokens'])} of them output",
        spark=sparkline(daily["day"], each),
        change=changed or "",
    )


def _all_tokens(row: dict[str, Any]) -> int:
    return sum(row[name] for name in TOKEN_COLUMNS)


def _from_cache(
    daily: pl.DataFrame, total: dict[str, Any], then: dict[str, Any] | None
) -> KeyFigure:
    sent, read = _sent(total), total["cache_read_tokens"]
    shares = [
        100 * row["cache_read_tokens"] / _sent(row) if _sent(row) else 0
        for row in daily.iter_rows(named=True)
    ]
    return KeyFigure(
        "Read from cache",
        percent(read, sent),
        f"{count(read)} of {count(sent)} prompt tokens",
        "of all prompt tokens",
        spark=sparkline(daily["day"], shares),
        change=_points(total, then) if then else "",
    )


def _points(now: dict[str, Any], then: dict[str, Any]) -> str:
    """How many points of a hundred more or less than before."""
    if not (_sent(now) and _sent(then)):
        return ""
    points = [100 * row["cache_read_tokens"] / _sent(row) for row in (now, then)]
    difference = round_half_up(abs(points[0] - points[1]), 1)
    sign = "\u00b1" if not difference else "+" if points[0] > points[1] else "-"
    return f"{sign}{difference} points"


def _sent(row: dict[str, Any]) -> int:
    return sum(row[name] for name in _PROMPT_TOKENS)
