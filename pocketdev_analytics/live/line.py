"""The status line: what a session, the day, the running window and the month cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from pocketdev_analytics.formatting import format_duration, format_share, format_usd
from pocketdev_analytics.live.hook import Hook
from pocketdev_analytics.live.summary import Amount, Block, Summary

__all__ = ["projected_cost", "status_line", "time_text"]

_OLD: Final = timedelta(minutes=10)
_FULL_PERCENT: Final = 80
# Over a shorter span no rate is computed, as in `reports.blocks`.
_SHORTEST_SPAN: Final = timedelta(minutes=1)
_BETWEEN: Final = " · "
_DIM: Final = "\x1b[2m"
_WARNING: Final = "\x1b[33m"
_RESET: Final = "\x1b[0m"


class _Piece(NamedTuple):
    """A part of the line: its label, and its text in full and in short.

    If there is little room, parts of the highest rank are left out first.
    """

    rank: int
    label: str
    text: str
    short: str | None = None
    is_warning: bool = False

    def shown(self) -> str:
        return f"{self.label} {self.text}".strip()

    def coloured(self) -> str:
        label = f"{_DIM}{self.label}{_RESET}" if self.label else ""
        text = f"{_WARNING}{self.text}{_RESET}" if self.is_warning else self.text
        return f"{label} {text}".strip()


def status_line(
    summary: Summary | None,
    hook: Hook,
    *,
    now: datetime,
    width: int | None = None,
    is_plain: bool = False,
) -> str:
    """Return one line of at most `width` columns; with ANSI colours unless it is plain.

    Costs are those of the summary, lower bounds marked with `≥`. Figures that are missing are
    left out; a session that the summary does not have shows the cost that Claude Code reported.
    """
    pieces = _fit([*_of_session(hook), *_of_summary(summary, hook, now)], width)
    if is_plain:
        return _BETWEEN.join(piece.shown() for piece in pieces)
    return f"{_DIM}{_BETWEEN}{_RESET}".join(piece.coloured() for piece in pieces)


def projected_cost(block: Block, now: datetime) -> Decimal | None:
    """Return the projected cost of a window at its end, as `reports.blocks` computes it."""
    span, cost_usd = block.last_at - block.first_at, block.amount.cost_usd
    if cost_usd is None or span < _SHORTEST_SPAN:
        return None
    left = int((block.ends_at - now).total_seconds())
    return cost_usd + cost_usd * left / int(span.total_seconds())


def time_text(time: timedelta) -> str:
    """Format a time in its two largest units: `2 h 13 min`, `4 d 1 h`, `<1 min`."""
    # A terminal breaks no line here, and those who copy a plain space expect one.
    return format_duration(int(time.total_seconds()) / 60).replace("\u00a0", " ")


def _of_session(hook: Hook) -> Iterable[_Piece]:
    if hook.model:
        yield _Piece(4, "", hook.model)
    if hook.context_percent is not None:
        is_full = hook.context_percent >= _FULL_PERCENT
        yield _Piece(6, "context", format_share(hook.context_percent, 100), is_warning=is_full)


def _of_summary(summary: Summary | None, hook: Hook, now: datetime) -> Iterable[_Piece]:
    yield from _session_cost(summary, hook)
    if summary is None:
        cure = "no figures yet: run `pocketdev-analytics import`"
        yield _Piece(0, "", cure, "no import yet", is_warning=True)
        return
    today = now.astimezone(_zone(summary.timezone)).date()
    yield _Piece(1, "today", _money(summary.days.get(today, Amount(Decimal(0)))))
    if summary.block and summary.block.started_at <= now < summary.block.ends_at:
        yield _block(summary.block, now)
    yield _Piece(5, "month", _money(_month(summary, today)))
    age = now - summary.checked_at
    if age >= _OLD:
        yield _Piece(0, "", f"{time_text(age)} old", is_warning=True)


def _session_cost(summary: Summary | None, hook: Hook) -> Iterable[_Piece]:
    known = summary.sessions.get(hook.session_id) if summary else None
    if known:
        yield _Piece(2, "session", _money(known))
    elif hook.cost_usd is not None:
        amount = format_usd(hook.cost_usd)
        yield _Piece(2, "session", f"{amount} by Claude Code", amount)


def _block(block: Block, now: datetime) -> _Piece:
    cost, projected = _money(block.amount), projected_cost(block, now)
    left = f"{time_text(block.ends_at - now)} left"
    if projected is None:
        return _Piece(3, "block", f"{cost}, {left}", cost)
    heading_for = format_usd(projected, is_at_least=block.amount.is_at_least)
    return _Piece(3, "block", f"{cost} → {heading_for}, {left}", f"{cost}, {left}")


def _month(summary: Summary, today: date) -> Amount:
    amounts = [
        each
        for day, each in summary.days.items()
        if day <= today and (day.year, day.month) == (today.year, today.month)
    ]
    known = [each.cost_usd for each in amounts if each.cost_usd is not None]
    cost_usd = sum(known, Decimal(0)) if known or not amounts else None
    return Amount(cost_usd, any(each.is_at_least or each.cost_usd is None for each in amounts))


def _money(amount: Amount) -> str:
    return format_usd(amount.cost_usd, is_at_least=amount.is_at_least)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return UTC


def _fit(pieces: list[_Piece], width: int | None) -> list[_Piece]:
    """The pieces that fit: first shortened, then without those of the highest rank."""
    by_rank = sorted(pieces, key=lambda piece: -piece.rank)
    for piece in (piece for piece in by_rank if piece.short is not None):
        if _fits(pieces, width):
            return pieces
        shorter = piece._replace(text=piece.short or "", short=None)
        pieces = [shorter if each is piece else each for each in pieces]
    while not _fits(pieces, width) and len(pieces) > 1:
        last = max(pieces, key=lambda piece: piece.rank)
        pieces = [each for each in pieces if each is not last]
    return pieces


def _fits(pieces: list[_Piece], width: int | None) -> bool:
    return width is None or len(_BETWEEN.join(piece.shown() for piece in pieces)) <= width
