"""Numbers and names as people read them: rounded for the eye, exact on request."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

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

_CENT = Decimal("0.01")
_CENTS_UP_TO = 10_000  # dollars; above, cents are noise
_DIGITS = 3
_TENTHS_BELOW = 10  # percent
_ALMOST_ALL, _ALL = 99.5, 100
_HALF = 0.5  # minutes, and below: rounded they would be none
# Marks and overrides that turn the direction of the text around them.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def usd(value: Decimal | None) -> str:
    """US dollars to read: '$12,346', '$1,234.56', '$0.0042'; 'no price' for NULL."""
    if value is None:
        return "no price"
    size = abs(value)
    if size == 0:
        return "$0.00"
    if size >= _CENTS_UP_TO:
        return _signed(f"${size:,.0f}", value)
    if size >= _CENT:
        return _signed(f"${size:,.2f}", value)
    places = -size.adjusted() + 1
    return _signed(f"${size:.{places}f}", value)


def exact_usd(value: Decimal | None) -> str:
    """US dollars with every digit, at least two after the point; 'no price' for NULL."""
    if value is None:
        return "no price"
    plain = f"{abs(value):,f}"
    whole, _, fraction = plain.partition(".")
    return _signed(f"${whole}.{fraction.rstrip('0').ljust(2, '0')}", value)


def _signed(text: str, value: Decimal) -> str:
    return f"\u2212{text}" if value < 0 else text


def count(value: int) -> str:
    """A whole number with all its digits: '1,234,567'."""
    return f"{value:,}"


def compact(value: int) -> str:
    """A whole number to read: '950', '12.3 k', '4.56 M', '1.20 B'."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            part = value / size
            places = max(_DIGITS - len(str(int(part))), 0)
            return f"{part:.{places}f}\u00a0{unit}"
    return str(value)


def percent(part: Decimal | float, whole: Decimal | float) -> str:
    """The share of `part` in `whole`: '62\u00a0%', '0.4\u00a0%'; a dash of nothing.

    Never 0 or 100\u00a0% where it is not exactly that.
    """
    if not whole:
        return "\u2013"
    share = _share(part, whole)
    if 0 < share < _CENT * _TENTHS_BELOW:
        return "<\u20090.1\u00a0%"
    if _ALMOST_ALL <= share < _ALL:
        return ">\u200999\u00a0%"
    return f"{share:.1f}\u00a0%" if 0 < share < _TENTHS_BELOW else f"{share:.0f}\u00a0%"


def _share(part: Decimal | float, whole: Decimal | float) -> Decimal | float:
    # Money is shared exactly, so that what lies between two roundings is rounded as it is.
    if isinstance(part, Decimal) and isinstance(whole, Decimal):
        return 100 * part / whole
    return 100 * float(part) / float(whole)


def change(now: Decimal, before: Decimal) -> str | None:
    """How much more or less than before: '+12\u00a0%', '\u00b10\u00a0%'.

    None where there was nothing before.
    """
    if before <= 0:
        return None
    part = f"{100 * abs(now - before) / before:,.0f}"
    sign = "\u00b1" if part == "0" else "+" if now > before else "\u2212"
    return f"{sign}{part}\u00a0%"


def duration(minutes: float) -> str:
    """Minutes to read: '17\u00a0min', '2\u00a0h 05\u00a0min', never 0 where it is not."""
    if 0 < minutes < _HALF:
        return "<\u20091\u00a0min"
    hours, rest = divmod(round(minutes), 60)
    return f"{hours}\u00a0h {rest:02}\u00a0min" if hours else f"{rest}\u00a0min"


def day_name(day: date) -> str:
    """A day to read: 'Tue 3 Nov 2026'."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def month_name(month: str) -> str:
    """'Nov 2026' of '2026-11'."""
    return f"{date.fromisoformat(f'{month}-01'):%b %Y}"


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


_WORKTREE_NUMBER = 2  # characters
_MOST_FOLDERS = 6


def project_names(paths: Iterable[str | None]) -> dict[str | None, str]:
    """For each project path its last folder.

    With as many of those above as tell it from others that end alike; with the one above also
    where it is as short as a worktree's number.
    """
    distinct = list(dict.fromkeys(paths))
    names: dict[str | None, str] = {}
    for folders in range(1, _MOST_FOLDERS + 1):
        ends = {path: _last_folders(path, folders) for path in distinct}
        often = Counter(ends.values())
        for path, end in ends.items():
            is_clear = often[end] == 1 and (len(end) > _WORKTREE_NUMBER or folders > 1)
            if path not in names and (is_clear or folders == _MOST_FOLDERS):
                names[path] = end
    return {path: names[path] for path in distinct}


def _last_folders(path: str | None, folders: int) -> str:
    if path is None:
        return "(no project)"
    parts = [part for part in re.split(r"[/\\]", path) if part]
    return "/".join(parts[-folders:]) or path
