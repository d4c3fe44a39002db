"""The data about its session that Claude Code passes to a status line.

It writes a JSON object to the command's standard input; its fields are documented at
https://code.claude.com/docs/en/statusline. Any of them may be missing or of another kind.
"""

from __future__ import annotations

import json
import os
import select
import time
from decimal import Decimal
from typing import Any, Final, NamedTuple

__all__ = ["Hook", "parse_hook", "read_hook"]

_LONGEST_WAIT_SECONDS: Final = 0.05
_MOST_BYTES: Final = 2**20
_LONGEST: Final = 40


class Hook(NamedTuple):
    """The session: its id and model, the cost that Claude Code reports, and its context."""

    session_id: str = ""
    model: str = ""
    cost_usd: Decimal | None = None
    context_percent: Decimal | None = None


def read_hook(descriptor: int = 0) -> Hook:
    """Read the standard input unless it is a terminal; return an empty hook if it is unusable."""
    try:
        return Hook() if os.isatty(descriptor) else parse_hook(_available(descriptor))
    except (OSError, ValueError):
        return Hook()


def parse_hook(content: bytes) -> Hook:
    """Parse the JSON object in `content`; return an empty hook if it is not one."""
    try:
        found = json.loads(content, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        return Hook()
    return Hook(
        session_id=_text(found, "session_id"),
        model=(_text(found, "model", "display_name") or _text(found, "model", "id"))[:_LONGEST],
        cost_usd=_number(found, "cost", "total_cost_usd"),
        context_percent=_number(found, "context_window", "used_percentage"),
    )


def _available(descriptor: int) -> bytes:
    """Read up to the end, or until the deadline: the line has to be fast."""
    content = b""
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while len(content) < _MOST_BYTES:
        if not _is_readable(descriptor, max(0.0, deadline - time.monotonic())):
            break
        part = os.read(descriptor, _MOST_BYTES)
        if not part:
            break
        content += part
    return content


def _is_readable(descriptor: int, seconds: float) -> bool:
    if os.name == "nt":
        return True  # only sockets can be waited for there
    return bool(select.select([descriptor], [], [], seconds)[0])


def _found(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any, *names: str) -> str:
    text = _found(value, *names)
    if not isinstance(text, str):
        return ""
    # It may hold anything, also what would steer the terminal.
    return "".join(char for char in text if char.isprintable()).strip()


def _number(value: Any, *names: str) -> Decimal | None:
    number = _found(value, *names)
    is_amount = isinstance(number, Decimal) and number.is_finite() and 0 <= number < 10**9
    return number if is_amount else None
