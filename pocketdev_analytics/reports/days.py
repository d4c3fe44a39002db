"""The days a report is about: `since`, `until` and `period` as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.periods import Period, find_period

__all__ = ["Days", "resolve_days", "today_in"]


@dataclass(frozen=True, slots=True)
class Days:
    """The first and last day of a request, None where it has no limit there.

    `period` is what a comparison starts from; None where there is no first day.
    """

    since: date | None = None
    until: date | None = None
    period: Period | None = None

    def __str__(self) -> str:
        """Return the days as the title of a report shows them, after a comma; or nothing."""
        if self.since and self.until:
            return f", {Period(self.since, self.until)}"
        if self.since or self.until:
            return f", from {self.since} on" if self.since else f", up to {self.until}"
        return ""


def resolve_days(
    since: str | date | None = None,
    until: str | date | None = None,
    period: str | None = None,
    *,
    today: date,
    week_start: str = "monday",
) -> Days:
    """Resolve dates and spans to days.

    A span as `since` sets the first day, and today as the last one unless `until` is given. As
    `until` it sets the last day: `7d` ends on the day before the last seven days.

    Raises:
        ReportError: a text is neither a date nor a span, the days are in the wrong order, or
            `period` is given together with one of the others.
    """
    if period is not None:
        if since is not None or until is not None:
            raise ReportError("a period has a beginning and an end; leave out since and until")
        whole = _parse("period", period, today, week_start)
        return Days(whole.first, whole.last, whole)
    start = None if since is None else _parse("since", since, today, week_start)
    end = None if until is None else _parse("until", until, today, week_start)
    first, last = start.first if start else None, _last_day(end) if end else None
    if start and not end and (start.unit or start.is_last):
        last = today  # a line written by a clock that is ahead is not in the last 7 days
    if first and last and first > last:
        raise ReportError(f"since {first} is after until {last}; swap them")
    return Days(first, last, _compared_period(start, last, today))


def today_in(timezone: str) -> date:
    """Return the current day in a time zone."""
    return datetime.now(ZoneInfo(timezone)).date()


def _parse(name: str, value: str | date, today: date, week_start: str) -> Period:
    if isinstance(value, date):
        return Period(value, value)
    try:
        return find_period(value, today=today, week_start=week_start)
    except ReportError as error:
        raise ReportError(f"{name} {error}") from None


def _last_day(period: Period) -> date:
    return period.first - timedelta(1) if period.is_last else period.last


def _compared_period(start: Period | None, last: date | None, today: date) -> Period | None:
    """The period from `start` on, up to today unless an end is given."""
    if start is None:
        return None
    if start.unit and start.last == (last or today):
        return start  # this month, which is compared with the same days of the last one
    return Period(start.first, max(start.first, last or today))
