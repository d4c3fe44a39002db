"""Days as people write them in options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import click

from pocketdev_analytics.config import Settings, default_timezone
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import Period, find_period

__all__ = ["Days", "asked_days", "day_option", "period", "today_in"]


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day that were asked for, None where all were, and the period they are."""

    since: date | None = None
    until: date | None = None
    period: Period | None = None

    def __str__(self) -> str:
        """The days as a table's title says them."""
        if self.since and self.until:
            return f", {Period(self.since, self.until)}"
        if self.since or self.until:
            return f", from {self.since} on" if self.since else f", up to {self.until}"
        return ""


def asked_days(
    since: str | None,
    until: str | None,
    span: str | None = None,
    *,
    today: date,
    week_start: str = "monday",
) -> Days:
    """The days of --since and --until, or of --period.

    A span as --since sets its first day, and today as the last one unless --until names
    another; as --until it sets its last day: `7d` is up to the day before the last seven.

    Raises:
        ReportError: one is no date and no span, or they are the wrong way round.
    """
    if span is not None:
        if since is not None or until is not None:
            raise ReportError("--period has a beginning and an end; leave out --since and --until")
        whole = _period("--period", span, today, week_start)
        return Days(whole.first, whole.last, whole)
    start = _period("--since", since, today, week_start) if since is not None else None
    end = _period("--until", until, today, week_start) if until is not None else None
    first, last = start.first if start else None, _end(end) if end else None
    if start and not end and (start.unit or start.is_last):
        last = today  # a line of a clock that is ahead is in no "last 7 days"
    if first and last and first > last:
        raise ReportError(f"--since {first} is after --until {last}; swap them")
    return Days(first, last, _running(start, last, today))


def period(
    since: str | None, until: str | None, settings: Settings | None = None
) -> tuple[date | None, date | None]:
    """The first and last day of --since and --until, by the settings' days, else this machine's.

    Raises:
        ReportError: one is no date and no span, or they are the wrong way round.
    """
    today = today_in(settings.timezone if settings else default_timezone())
    week_start = settings.week_start if settings else "monday"
    days = asked_days(since, until, today=today, week_start=week_start)
    return days.since, days.until


def today_in(timezone: str) -> date:
    """The day that it is in this time zone."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(timezone)).date()


def day_option(_context: click.Context, option: click.Parameter, text: str | None) -> date | None:
    """The day of an option, as click's `callback`.

    Raises:
        ReportError: it is no date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ReportError(f"{option.opts[0]} {text!r} is no date; write it as 2026-11-01") from None


def _period(option: str, text: str, today: date, week_start: str) -> Period:
    try:
        return find_period(text, today=today, week_start=week_start)
    except ReportError as error:
        raise ReportError(f"{option} {error}") from None


def _end(period: Period) -> date:
    return period.first - timedelta(1) if period.is_last else period.last


def _running(start: Period | None, last: date | None, today: date) -> Period | None:
    """The period from `start` on, up to today where no end was asked for."""
    if start is None:
        return None
    if start.unit and start.last == (last or today):
        return start  # this month, which is compared with the same days of the last one
    return Period(start.first, max(start.first, last or today))
