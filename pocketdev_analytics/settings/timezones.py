"""Time zones: names that all libraries used here know, and the zone of this machine.

A name must be in the IANA database as zoneinfo and Polars (chrono-tz) have it; DuckDB computes in
UTC only. An unknown name is an error that names valid ones, never a silent fallback to UTC.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from pocketdev_analytics.exceptions import AnalyticsError

__all__ = ["is_timezone", "local_timezone", "timezone_problem"]

UTC_NAME: Final = "UTC"
_UTC_NAMES: Final = frozenset({"Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Zulu"})
# Files of the database on disk that are not zones, and that Polars does not know.
_NO_ZONES: Final = frozenset({"Factory", "localtime", "posixrules"})
#: The same zones with and without leap seconds, as some systems install them.
_VARIANTS: Final = ("posix/", "right/")
# POSIX TZ without daylight saving: JST-9, GMT+3, <+03>-3, UTC0. Its sign is Etc/GMT's.
_FIXED: Final = re.compile(
    r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)(?P<sign>[+-]?)(?P<hours>\d{1,2})(?::00)*"
)
_WESTMOST_HOURS: Final = 12
_EASTMOST_HOURS: Final = 14
_EXAMPLES: Final = "'Europe/Berlin', 'America/New_York', 'Etc/GMT-9' or 'UTC'"


@lru_cache
def is_timezone(name: str) -> bool:
    """Whether it is the name of a time zone, in its exact spelling."""
    if name in _NO_ZONES or name.startswith(_VARIANTS):
        return False
    try:
        return ZoneInfo(name).key == name
    except (ValueError, OSError, KeyError):
        return False


def timezone_problem(name: str) -> str:
    """Return the error message for an unknown time zone."""
    near = get_close_matches(name.strip(), available_timezones() - _NO_ZONES, n=1)
    same = [each for each in available_timezones() if each.lower() == name.strip().lower()]
    found = (same or near)[:1]
    hint = f"; did you mean {found[0]!r}?" if found else ""
    return f"unknown time zone {name!r}; use an IANA name such as {_EXAMPLES}{hint}"


def local_timezone(environ: Mapping[str, str] = os.environ) -> str:
    """Return the IANA name of this machine's time zone: that of `TZ`, else the system's.

    Raises:
        AnalyticsError: it has no IANA name.
    """
    variable = environ.get("TZ")
    name = _system_timezone() if variable is None else _parse_variable(variable)
    if name is None:
        where = "the system's time zone" if variable is None else f"TZ={variable!r}"
        raise AnalyticsError(
            f"{where} has no IANA name; set TZ, --timezone or `timezone` in config.toml to a"
            f" name such as {_EXAMPLES}"
        )
    return UTC_NAME if name in _UTC_NAMES else name


def _parse_variable(text: str) -> str | None:
    """Return the zone for a value of TZ; an empty one is UTC, by POSIX."""
    name = text.removeprefix(":")
    if name.startswith(os.sep):
        name = name.rpartition(f"{os.sep}zoneinfo{os.sep}")[2]
    for prefix in _VARIANTS:
        name = name.removeprefix(prefix)
    if not name or is_timezone(name):
        return name or UTC_NAME
    found = _FIXED.fullmatch(name)
    return _fixed_offset(found["sign"], int(found["hours"])) if found else None


def _fixed_offset(sign: str, hours: int) -> str | None:
    if hours == 0:
        return UTC_NAME
    limit = _EASTMOST_HOURS if sign == "-" else _WESTMOST_HOURS
    return f"Etc/GMT{sign or '+'}{hours}" if hours <= limit else None


def _system_timezone() -> str | None:
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        name = None
    if name and is_timezone(name):
        return name
    has_offset = bool(datetime.now().astimezone().utcoffset())
    return None if has_offset else UTC_NAME
