"""Days as people write them in options."""

from __future__ import annotations

from datetime import date

import click

from pocketdev_analytics.exceptions import ReportError

__all__ = ["day_option", "period"]


def period(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """The first and last day of --since and --until.

    Raises:
        ReportError: one is no date, or they are the wrong way round.
    """
    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        raise ReportError(f"--since {first} is after --until {last}; swap them")
    return first, last


def day_option(_context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    """The day of an option, as click's `callback`.

    Raises:
        ReportError: it is no date.
    """
    return _day(option.opts[0], text)


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ReportError(f"{option} {text!r} is no date; write it as 2026-11-01") from None
