"""When a person works: sessions over weekdays, hours and months, in their own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pocketdev_analytics.sample.shapes import Ids
from pocketdev_analytics.sample.texts import PROJECTS, Project

__all__ = ["HELPER_MODEL", "TIMEZONE", "Start", "starts"]

TIMEZONE: Final = ZoneInfo("Europe/Berlin")
HELPER_MODEL: Final = "claude-haiku-4-5-20251001"

# Sessions a day, Monday first; then the hours in which they begin.
_WEEKDAYS: Final = (2.2, 2.8, 3.2, 2.9, 1.7, 0.3, 0.15)
_HOURS: Final = {
    8: 2, 9: 6, 10: 8, 11: 6, 12: 1, 13: 4, 14: 7, 15: 7, 16: 5, 17: 3, 20: 2, 21: 1,
}  # fmt: skip
# From this share of the time on: the large and the small model, the version.
_ERAS: Final = (
    (0.00, "claude-opus-4-6", "claude-sonnet-4-6", "2.1.193"),
    (0.34, "claude-opus-5", "claude-sonnet-4-6", "2.1.221"),
    (0.62, "claude-opus-5-5", "claude-sonnet-5-5", "2.1.249"),
    (0.85, "claude-opus-5-5", "claude-sonnet-5-5", "2.1.270"),
)
_HOLIDAY: Final = (0.36, 0.43)
_SMALL_MODEL_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Start:
    """When and where a session begins, with which model and version."""

    at: datetime
    project: Project
    model: str
    version: str


def starts(ids: Ids, until: date, days: int) -> Iterator[Start]:
    """The sessions of the `days` days that end with `until`, in order; at least one a sample."""
    first = until - timedelta(days=days - 1)
    for number in range(days):
        day, share = first + timedelta(days=number), number / days
        if _HOLIDAY[0] <= share < _HOLIDAY[1]:
            continue
        count = _count(ids, _WEEKDAYS[day.weekday()])
        for at in sorted(_begin(ids, day) for _ in range(max(count, not number))):
            yield _start(ids, at, share)


def _count(ids: Ids, mean: float) -> int:
    whole, rest = divmod(mean * ids.random.uniform(0.4, 1.6), 1)
    return int(whole) + ids.happens(rest)


def _begin(ids: Ids, day: date) -> datetime:
    hour = ids.random.choices(list(_HOURS), list(_HOURS.values()))[0]
    clock = time(hour, ids.random.randrange(60), ids.random.randrange(60), tzinfo=TIMEZONE)
    return datetime.combine(day, clock)


def _start(ids: Ids, at: datetime, share: float) -> Start:
    _, large, small, version = max(era for era in _ERAS if era[0] <= share)
    model = small if ids.happens(_SMALL_MODEL_SHARE) else large
    project = ids.random.choices(PROJECTS, [p.weight for p in PROJECTS])[0]
    return Start(at, project, model, version)
