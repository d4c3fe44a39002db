"""Numbers and names as people read them: rounded for the eye, exact on request."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from pocketdev_analytics.charts.project_names import project_names
from pocketdev_analytics.formatting import (
    format_change,
    format_day,
    format_duration,
    format_month,
    format_number,
    format_share,
    format_tokens,
    format_usd,
)

__all__ = [
    "change",
    "clean",
    "compact",
    "count",
    "day_name",
    "duration",
    "exact_usd",
    "figure_label",
    "month_name",
    "percent",
    "project_names",
    "shortened",
    "usd",
]

# Marks and overrides that turn the direction of the text around them.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def usd(value: Decimal | None) -> str:
    """US dollars to read: '$1,234.56', '$0.0042'; 'no price' for None."""
    return format_usd(value)


def exact_usd(value: Decimal | None) -> str:
    """US dollars with every digit, at least two after the point; 'no price' for None."""
    return format_usd(value, is_full=True)


def count(value: int) -> str:
    """A whole number with all its digits: '1,234,567'."""
    return format_number(value)


def compact(value: int) -> str:
    """A whole number to read: '950', '12.3\u00a0k', '4.56\u00a0M'."""
    return format_tokens(value)


def percent(part: Decimal | float, whole: Decimal | float) -> str:
    """The share of `part` in `whole`: '62%', '0.4%'; a dash of nothing."""
    return format_share(part, whole)


def change(now: Decimal, before: Decimal) -> str | None:
    """Format a change in percent: '+12%', '\u00b10%'; None if there was nothing before."""
    return format_change(now, before)


def duration(minutes: float) -> str:
    """Minutes to read, without days: '17\u00a0min', '2\u00a0h 05\u00a0min'."""
    return format_duration(minutes, is_full=True)


def day_name(day: date) -> str:
    """A day to read: 'Tue 3 Nov 2026'."""
    return format_day(day, is_full=True)


def month_name(month: str) -> str:
    """'Nov 2026' of '2026-11'."""
    return format_month(month)


def clean(text: str) -> str:
    """Text without control characters and direction marks, on one line."""
    spaced = " ".join(_DIRECTION.sub("", text).split())
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in spaced)


def shortened(text: str, limit: int = 40) -> str:
    """Clean text of at most `limit` characters."""
    line = clean(text[: limit * 8])
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}\u2026"


def figure_label(text: str | None, limit: int = 40) -> str:
    """A name as Plotly shows it: short, and never read as its markup."""
    if text is None:
        return "(none)"
    short = shortened(text, limit)
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
