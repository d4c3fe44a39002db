"""Periods: spans by their names, and the equal period before one.

A span of so many days, weeks, months or years ends today: `7d` is today and the
six days before it. Calendar spans (`this-month`, `last-week`, `2026-11`) have
their own first and last day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.dimensions import weekday_number

__all__ = ["SPANS", "Period", "day_after", "find_period"]

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_UNITS: Final = ("week", *_MONTHS)

#: How spans are written, for help and errors.
SPANS: Final = (
    "today",
    "yesterday",
    "7d",
    "4w",
    "3m",
    "1y",
    *(f"{which}-{unit}" for unit in _UNITS for which in ("this", "last")),
    "2026-11",
    "2026",
)

_ONE_DAY: Final = timedelta(1)
_LAST: Final = re.compile(r"(\d{1,4})\s*([dwmy])")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included.

    `unit` is the calendar unit that they are (the running part of), where they were
    asked for as such: `this-month` is of a month. `is_last` says that the period is the
    last so many days.
    """

    first: date
    last: date
    unit: str | None = None
    is_last: bool = False

    def __str__(self) -> str:
        """The days, to read."""
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def before(self, *, week_start: str = "monday") -> Period:
        """The equal period before, to compare with.

        1. A week, month, quarter or year that was asked for by its name: the one before; of
           one that is still running the same days, up to its end where it is shorter.
        2. Whole calendar months: as many whole months directly before.
        3. Anything else: as many days directly before.

        Raises:
            ReportError: it would begin before the first year that there is.
        """
        try:
            return self._before(week_start)
        except (OverflowError, ValueError):
            raise ReportError(
                f"no equal period exists before {self}; choose one that begins later"
            ) from None

    def _before(self, week_start: str) -> Period:
        if self.unit:
            return self._same_days_of_the_unit_before(self.unit, week_start)
        if self.first.day == 1 and day_after(self.last).day == 1:
            end = day_after(self.last)
            months = (end.year - self.first.year) * 12 + end.month - self.first.month
            return Period(_plus_months(self.first, -months), self.first - _ONE_DAY)
        return Period(self.first - timedelta(self.days), self.first - _ONE_DAY)

    def _same_days_of_the_unit_before(self, unit: str, week_start: str) -> Period:
        whole = _unit_of(self.first, unit, week_start)
        other = _unit_of(whole.first - _ONE_DAY, unit, week_start)
        if self.last == whole.last:
            return other
        if unit == "year":  # the same dates, also after a February of 29 days
            last = _plus_months(self.last, -12)
        else:
            last = min(other.first + timedelta(self.days - 1), other.last)
        return Period(other.first, last, unit)


def find_period(text: str, *, today: date, week_start: str = "monday") -> Period:
    """The period that a date or a span names, see `SPANS`.

    A running week, month, quarter or year ends today, by whichever name it is asked for.

    Raises:
        ReportError: it names none.
    """
    name = text.strip().lower().replace("_", "-")
    try:
        found = _named(name, today, week_start) or _last(name, today) or _dated(name, today)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise ReportError(
            f"{text!r} is not a date or a span; expected a date such as 2026-11-01, or one of:"
            f" {', '.join(SPANS)}"
        )
    return found


def day_after(day: date) -> date:
    """The next day."""
    return day + _ONE_DAY


def _named(name: str, today: date, week_start: str) -> Period | None:
    if name == "today":
        return Period(today, today)
    if name == "yesterday":
        return Period(today - _ONE_DAY, today - _ONE_DAY)
    which, _, unit = name.partition("-")
    if which not in {"this", "last"} or unit not in _UNITS:
        return None
    this = _unit_of(today, unit, week_start)
    if which == "this":
        return Period(this.first, today, unit)
    return _unit_of(this.first - _ONE_DAY, unit, week_start)


def _last(name: str, today: date) -> Period | None:
    if not (found := _LAST.fullmatch(name)):
        return None
    number, unit = int(found[1]), found[2]
    if not number:
        return None
    if unit in "dw":
        days = number * (7 if unit == "w" else 1)
        return Period(today - timedelta(days - 1), today, is_last=True)
    before = _plus_months(today, -number * (12 if unit == "y" else 1))
    return Period(day_after(before), today, is_last=True)


def _dated(name: str, today: date) -> Period | None:
    if not (found := _DATE.fullmatch(name)):
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    first = date(year or 1, month or 1, day or 1)
    if day:
        return Period(first, first)
    whole = _unit_of(first, "month" if month else "year", "monday")
    is_running = whole.first <= today <= whole.last
    return replace(whole, last=today) if is_running else whole


def _unit_of(day: date, unit: str, week_start: str) -> Period:
    """The whole week, month, quarter or year that `day` is in."""
    if unit == "week":
        first = day - timedelta((day.isoweekday() - weekday_number(week_start)) % 7)
        return Period(first, first + timedelta(6), unit)
    months = _MONTHS[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, _plus_months(first, months) - _ONE_DAY, unit)


def _plus_months(day: date, months: int) -> date:
    """The same day of another month, the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
