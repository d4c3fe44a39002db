"""The key figures of one session."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.tables import cell_of
from pocketdev_analytics.charts.text import compact, count, exact_usd, percent, shortened, usd
from pocketdev_analytics.formatting import count_of, format_moment, round_half_up
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.pages.page import KeyFigure
from pocketdev_analytics.reports.measures import BOUNDS

__all__ = ["session_keys"]

_PROMPT_TOKENS: Final = [name for name in TOKEN_COLUMNS if name != "output_tokens"]
_POINTS: Final = 40


def session_keys(
    frames: dict[str, pl.DataFrame], row: dict[str, Any], idle_minutes: float
) -> tuple[KeyFigure, ...]:
    """Return the twelve key figures of a session; `row` is its row of `reports.sessions`."""
    events, lanes = frames["events"], frames["lanes"]
    totals = frames["totals"].row(0, named=True)
    done = frames["activity"].row(0, named=True)
    errors = frames["errors"].row(0, named=True)
    subagents = lanes.filter(pl.col("lane") != "main")
    return (
        _cost(totals, _spark(events, pl.col("cost_usd").sum().cast(pl.Float64))),
        _duration(row),
        _active(events, idle_minutes),
        _count("Prompts", events, "prompt", _of(int(subagents["prompts"].sum()), "to subagents")),
        _count("Responses", events, "response", _of(row["subagent_responses"], "of subagents")),
        _count("Tool calls", events, "tool_call", _failed(done)),
        _context(events, row["peak_context_tokens"], int(lanes["compactions"].sum())),
        _tokens(totals),
        _cache(totals),
        _models(row["models"], row["subagents"]),
        _lines(done),
        _errors(errors),
    )


def _cost(totals: dict[str, Any], spark: tuple[float, ...]) -> KeyFigure:
    bounded, unseen, unpriced = (totals[name] for name in BOUNDS)
    cost, estimate = totals["cost_usd"], totals["estimated_cost_usd"]
    prefix = "at least" if cost is not None and (bounded or unseen or unpriced) else ""
    why = []
    if totals["missing_output_tokens"] and estimate is not None:
        why.append(f"about {usd(estimate)} with the missing output")
    if bounded:
        why.append(f"{percent(bounded, totals['responses'])} of responses without a final count")
    if unseen:
        why.append(f"{count_of(unseen, 'call')} in no line")
    if unpriced:
        why.append(f"{compact(unpriced)} tokens without a price")
    exact = f"{prefix} {exact_usd(cost)}".strip()
    return KeyFigure("Cost", usd(cost), exact, "; ".join(why), prefix, spark)


def _duration(row: dict[str, Any]) -> KeyFigure:
    shown = cell_of("minutes", row["duration_minutes"])
    start, end = row["started_at"], row["ended_at"]
    until = f"{end:%H:%M}" if start.date() == end.date() else format_moment(end)
    return KeyFigure(
        "Duration", shown.text, f"{shown.exact} minutes", f"{start:%H:%M} \u2013 {until}"
    )


def _active(events: pl.DataFrame, idle_minutes: float) -> KeyFigure:
    worked = float(events["active_minutes"].max() or 0.0)  # type: ignore[arg-type]
    shown = cell_of("minutes", worked)
    pauses = events["pause_minutes"].count()
    each = "a pause" if pauses == 1 else f"{count(pauses)} pauses"
    note = f"without {each} of over {idle_minutes:g} min"
    return KeyFigure(
        "Active time", shown.text, f"{round_half_up(worked, 1)} minutes", note if pauses else ""
    )


def _count(name: str, events: pl.DataFrame, kind: str, note: str) -> KeyFigure:
    number = events.filter(pl.col("kind") == kind).height
    spark = _spark(events, (pl.col("kind") == kind).sum().cast(pl.Float64))
    return KeyFigure(name, compact(number), count(number), note, spark=spark)


def _context(events: pl.DataFrame, peak: int | None, compactions: int) -> KeyFigure:
    longest = pl.col("context_tokens").filter(pl.col("kind") == "response").max()
    note = count_of(compactions, "compaction")
    spark = _spark(events, longest.cast(pl.Float64))
    exact = f"{count(peak or 0)} tokens"
    return KeyFigure("Longest context", compact(peak or 0), exact, note, spark=spark)


def _tokens(totals: dict[str, Any]) -> KeyFigure:
    number = sum(totals[name] for name in TOKEN_COLUMNS)
    note = f"{compact(totals['output_tokens'])} of them output"
    return KeyFigure("Tokens", compact(number), f"{count(number)} tokens", note)


def _cache(totals: dict[str, Any]) -> KeyFigure:
    prompt, read = sum(totals[name] for name in _PROMPT_TOKENS), totals["cache_read_tokens"]
    exact = f"{count(read)} of {count(prompt)} prompt tokens"
    return KeyFigure("Read from cache", percent(read, prompt), exact, "of all prompt tokens")


def _models(models: list[str], subagents: int) -> KeyFigure:
    names = ", ".join(models)
    note = shortened(names, 60)
    agents = f"; {count_of(subagents, 'subagent')}" if subagents else ""
    return KeyFigure(
        "Models", count(len(models)), shortened(names, 400) or "none", f"{note}{agents}"
    )


def _lines(done: dict[str, Any]) -> KeyFigure:
    added, removed = done["lines_added"] or 0, done["lines_removed"] or 0
    return KeyFigure("Lines added", compact(added), count(added), f"{compact(removed)} removed")


def _errors(errors: dict[str, Any]) -> KeyFigure:
    ended, retried = errors["errors"] or 0, errors["retries"] or 0
    note = f"{count(retried)} retried; {count_of(errors['rate_limits'] or 0, 'rate limit')}"
    return KeyFigure("API errors", count(ended), f"{count(ended)} ended a turn", note)


def _failed(done: dict[str, Any]) -> str:
    calls = done["tool_calls"] or 0
    return f"{percent(done['tool_errors'] or 0, calls)} failed" if calls else ""


def _of(number: int | None, what: str) -> str:
    return f"{count(number)} {what}" if number else ""


def _spark(events: pl.DataFrame, measure: pl.Expr) -> tuple[float, ...]:
    """Return the measure in equal parts of the active time."""
    total = float(events["active_minutes"].max() or 0.0)  # type: ignore[arg-type]
    if not total:
        return ()
    part = (pl.col("active_minutes") * _POINTS / total).floor().clip(upper_bound=_POINTS - 1)
    found = dict(
        events.group_by(part.cast(pl.Int64).alias("part")).agg(measure.alias("value")).iter_rows()
    )
    return tuple(found.get(number) or 0.0 for number in range(_POINTS))
