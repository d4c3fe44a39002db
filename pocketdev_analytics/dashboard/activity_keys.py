"""The activity page's key figures, each with its change against the equal period before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.text import change, compact, count, duration, percent
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.parts import KeyFigure
from pocketdev_analytics.dashboard.period import sparkline
from pocketdev_analytics.formatting import count_of, round_half_up

__all__ = ["key_figures"]

_NAMES: Final = {
    "sessions": "Sessions",
    "prompts": "Prompts",
    "responses": "Responses",
    "tool_calls": "Tool calls",
    "lines_added": "Lines added",
}
_OF_A_MODEL: Final = ("sessions", "responses")
_NOTHING: Final = "\u2013"


def key_figures(
    frames: dict[str, pl.DataFrame],
    before: dict[str, pl.DataFrame] | None,
    *,
    is_of_model: bool = False,
) -> tuple[KeyFigure, ...]:
    """What is told in large type, of what is in view.

    `before` are the frames of the equal period before. Of one model there are only responses
    and their sessions.
    """
    total, then = _total(frames), _total(before) if before else None
    notes = _notes(frames, total)
    counted = [
        _counted(frames["day"], total, then, name, notes[name])
        if name in _OF_A_MODEL or not is_of_model
        else KeyFigure(_NAMES[name], _NOTHING, "not of a model", "not of a model")
        for name in _NAMES
    ]
    return (*counted, _worked(frames, before))


def _total(frames: dict[str, pl.DataFrame]) -> dict[str, int]:
    return {name: value or 0 for name, value in frames["totals"].row(0, named=True).items()}


def _notes(frames: dict[str, pl.DataFrame], total: dict[str, int]) -> dict[str, str]:
    lengths: Any = frames["sessions"]["duration_minutes"].median()
    shown = "in the median" if frames["sessions"].height > 1 else ""
    middle = "" if lengths is None else f"{tables.minutes(lengths).text} long {shown}".strip()
    calls = total["tool_calls"]
    return {
        "sessions": middle,
        "prompts": f"{_each(total, 'prompts', 'sessions')} a session",
        "responses": f"{_each(total, 'responses', 'prompts')} a prompt",
        "tool_calls": f"{percent(total['tool_errors'], calls)} failed" if calls else "",
        "lines_added": f"{compact(total['lines_removed'])} removed",
    }


def _each(total: dict[str, int], column: str, per: str) -> str:
    return str(round_half_up(total[column] / total[per], 1)) if total[per] else _NOTHING


def _counted(
    daily: pl.DataFrame, total: dict[str, int], then: dict[str, int] | None, name: str, note: str
) -> KeyFigure:
    number = total[name]
    changed = change(Decimal(number), Decimal(then[name])) if then else None
    spark = sparkline(daily["day"], daily[name].to_list())
    return KeyFigure(
        _NAMES[name], compact(number), count(number), note, spark=spark, change=changed or ""
    )


def _worked(frames: dict[str, pl.DataFrame], before: dict[str, pl.DataFrame] | None) -> KeyFigure:
    daily, minutes = frames["worked_day"], _minutes(frames)
    days = daily.filter(pl.col("active_minutes") > 0).height
    of = f"on {count_of(days, 'day')}"
    of += f", {duration(minutes / days)} each" if days > 1 else ""
    changed = change(_tenths(minutes), _tenths(_minutes(before))) if before else None
    return KeyFigure(
        "Active time",
        duration(minutes),
        f"{round_half_up(minutes, 1)} minutes",
        of if days else "",
        spark=sparkline(daily["day"], daily["active_minutes"].to_list()),
        change=changed or "",
    )


def _minutes(frames: dict[str, pl.DataFrame]) -> float:
    return frames["worked"]["active_minutes"][0] or 0.0


def _tenths(minutes: float) -> Decimal:
    return round_half_up(minutes * 10, 0)
