"""The status-line summary next to the store, readable without opening the store.

A small JSON file, for its owner alone: costs of days, of the last five-hour window and of
recent sessions by their ids; no name, path or text. Money is in decimal strings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from pocketdev_analytics.files.regular import MEBIBYTE, read_regular

__all__ = [
    "Amount",
    "Block",
    "Summary",
    "confirm",
    "read_summary",
    "summary_path",
    "write_summary",
]

_FORMAT: Final = 1
_MOST_BYTES: Final = 4 * MEBIBYTE
_UNREADABLE: Final = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
_TIMES: Final = ("started_at", "ends_at", "first_at", "last_at")


class Amount(NamedTuple):
    """An amount in US dollars; None if nothing has a price."""

    cost_usd: Decimal | None
    is_at_least: bool = False


class Block(NamedTuple):
    """A five-hour window: its start and end, its first and last response, and its usage."""

    started_at: datetime
    ends_at: datetime
    first_at: datetime
    last_at: datetime
    total_tokens: int
    amount: Amount


class Summary(NamedTuple):
    """The figures of a status line; `days` are those of `timezone` since the first of the month.

    `block` is the last five-hour window, running or not. `sessions` are the recent ones.
    `made_from` is the store and the version of this package, `made_at` the time of writing, and
    `checked_at` the time of the last import that found it still valid.
    """

    made_at: datetime
    checked_at: datetime
    made_from: str
    timezone: str
    days: Mapping[date, Amount]
    block: Block | None
    sessions: Mapping[str, Amount]


def summary_path(store: Path) -> Path:
    """Return the path of the summary of a store."""
    return store.with_name(f"{store.name}.summary.json")


def read_summary(store: Path) -> Summary | None:
    """Read the summary of the store; None if there is no readable one."""
    try:
        path = summary_path(store)
        checked_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return _parse(json.loads(read_regular(path, _MOST_BYTES)), checked_at)
    except (*_UNREADABLE, RecursionError):
        return None  # the next import writes a new one


def write_summary(store: Path, summary: Summary) -> None:
    """Write the summary next to the store, atomically, readable by its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    path = summary_path(store)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_document(summary), file, indent=1)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def confirm(store: Path) -> None:
    """Mark the summary as still valid.

    Raises:
        OSError: it does not exist, or belongs to another user.
    """
    os.utime(summary_path(store))


def _document(summary: Summary) -> dict[str, Any]:
    block = summary.block
    return {
        "format": _FORMAT,
        "made_at": summary.made_at.isoformat(),
        "made_from": summary.made_from,
        "timezone": summary.timezone,
        "days": {day.isoformat(): _amount_document(amount) for day, amount in summary.days.items()},
        "block": block
        and {
            **{name: getattr(block, name).isoformat() for name in _TIMES},
            "total_tokens": block.total_tokens,
            **_amount_document(block.amount),
        },
        "sessions": {name: _amount_document(amount) for name, amount in summary.sessions.items()},
    }


def _amount_document(amount: Amount) -> dict[str, Any]:
    cost_usd = None if amount.cost_usd is None else f"{amount.cost_usd:f}"
    return {"cost_usd": cost_usd, "is_at_least": amount.is_at_least}


def _parse(document: dict[str, Any], checked_at: datetime) -> Summary | None:
    if document["format"] != _FORMAT:
        return None
    days, sessions = document["days"].items(), document["sessions"].items()
    return Summary(
        made_at=_instant(document["made_at"]),
        checked_at=checked_at,
        made_from=document["made_from"],
        timezone=document["timezone"],
        days={date.fromisoformat(day): _read_amount(each) for day, each in days},
        block=document["block"] and _block(document["block"]),
        sessions={name: _read_amount(each) for name, each in sessions},
    )


def _block(document: dict[str, Any]) -> Block:
    return Block(
        started_at=_instant(document["started_at"]),
        ends_at=_instant(document["ends_at"]),
        first_at=_instant(document["first_at"]),
        last_at=_instant(document["last_at"]),
        total_tokens=int(document["total_tokens"]),
        amount=_read_amount(document),
    )


def _read_amount(document: dict[str, Any]) -> Amount:
    cost_usd = document["cost_usd"]
    return Amount(None if cost_usd is None else Decimal(cost_usd), bool(document["is_at_least"]))


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return instant
