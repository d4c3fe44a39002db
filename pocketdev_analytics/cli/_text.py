"""Words and numbers as a terminal takes them."""

from __future__ import annotations

from typing import Final

__all__ = ["in_encoding", "printable", "short_count"]

_UNITS: Final = ((10**9, "B"), (10**6, "M"), (10**3, "k"))
_LONG: Final = 10_000


def printable(text: str) -> str:
    """`text` in one line, without what would steer the terminal: a title may hold anything."""
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def short_count(value: int) -> str:
    """A count in few signs where it is long: `12.3M`; else with thousands separators."""
    for size, unit in _UNITS:
        if abs(value) >= _LONG and round(abs(value) / size, 1) >= 1:
            return f"{value / size:.1f}{unit}"
    return f"{value:,}"


def in_encoding(text: str, encoding: str) -> str:
    """`text` with other signs for what `encoding` has none for."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.replace("≥", ">=").replace("─", "-")
        return plain.encode(encoding, "replace").decode(encoding)
    return text
