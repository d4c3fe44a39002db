"""Values of a line: checked, so that whatever a file holds fits the store's types."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import TypeVar

import msgspec

from pocketdev_analytics.sources import lines

__all__ = [
    "cause_code",
    "datetime_of",
    "error_code",
    "instant",
    "is_list",
    "is_object",
    "is_text",
    "lines_changed",
    "money",
    "required",
    "tokens",
]

T = TypeVar("T")

_ERROR_CODE = re.compile(r"[a-z0-9_]{1,64}")
_CAUSE_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
# Amounts that fit (38, 15).
_NO_AMOUNT = Decimal(10) ** 20
_SMALLEST_AMOUNT = Decimal("1e-15")
_EXACT = Context(prec=38)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Days since 1970 until the last year that is in range in every time zone is over.
_LAST_DAY = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).days
_DAY_SECONDS = 86_400


def required(value: T | None, where: str) -> T:
    """`value`, if the line has it."""
    if value is None or value == "":
        raise msgspec.ValidationError(f"Object missing required field - at `{where}`")
    return value


def instant(at: datetime) -> int:
    """Microseconds since 1970 in UTC: a frame takes them four times faster than a datetime.

    Refused where a time zone has no date for it.
    """
    since = at - _EPOCH
    if 0 <= (days := since.days) < _LAST_DAY:
        return (days * _DAY_SECONDS + since.seconds) * 1_000_000 + since.microseconds
    raise msgspec.ValidationError("Date out of range - at `$.timestamp`")


def datetime_of(instant: int | None) -> datetime | None:
    """The time of an instant, in UTC."""
    return None if instant is None else _EPOCH + instant * _MICROSECOND


def money(amount: Decimal | None, where: str) -> Decimal | None:
    """`amount`, if it fits the store's decimals."""
    if amount is None:
        return None
    # Not abs(): that is arithmetic, and overflows.
    if not amount.is_finite() or amount.copy_abs() >= _NO_AMOUNT:
        raise msgspec.ValidationError(f"Number out of range - at `{where}`")
    return amount.quantize(_SMALLEST_AMOUNT, context=_EXACT)


def tokens(counts: lines.TokenCounts) -> tuple[int, int, int, int, int]:
    """The five classes: 1h writes as the split says, 5m writes the rest of the total."""
    split = counts.cache_creation
    write = counts.cache_creation_input_tokens or 0
    write_1h = (split.ephemeral_1h_input_tokens or 0) if split else 0
    return (
        counts.input_tokens or 0,
        write - write_1h if write > write_1h else 0,
        write_1h,
        counts.cache_read_input_tokens or 0,
        counts.output_tokens or 0,
    )


def lines_changed(outcome: object) -> tuple[int, int]:
    """Lines added and removed by an edit: its patch's, or a new file's own."""
    if not isinstance(outcome, lines.ToolOutcome) or outcome.structured_patch is lines.EMPTY:
        return (0, 0)
    try:
        patch = lines.decode_patch(outcome.structured_patch)
        is_new = not patch and _text(outcome.type) == "create"
        content = _text(outcome.content) if is_new else None
    except msgspec.ValidationError:
        return (0, 0)  # another tool's result that happens to use the name
    if content:
        return (len(content.splitlines()), 0)
    changed = [line[:1] for hunk in patch or () for line in hunk.lines]
    return (changed.count("+"), changed.count("-"))


def _text(raw: msgspec.Raw) -> str | None:
    return None if raw is lines.EMPTY else lines.decode_text(raw)


def error_code(error: msgspec.Raw) -> str | None:
    """A code such as rate_limit; anything longer might be text and is not kept."""
    if not is_text(error):
        return None
    code = msgspec.json.decode(error, type=str)
    return code if _ERROR_CODE.fullmatch(code) else "other"


def cause_code(code: msgspec.Raw) -> str | None:
    """A code such as ECONNRESET or ConnectionRefused, of a request that reached no server."""
    if not is_text(code):
        return None
    name = msgspec.json.decode(code, type=str)
    return name if _CAUSE_CODE.fullmatch(name) else "other"


def is_object(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is an object."""
    return bytes(memoryview(raw)[:1]) == b"{"


def is_list(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a list."""
    return bytes(memoryview(raw)[:1]) == b"["


def is_text(raw: msgspec.Raw) -> bool:
    """Whether the JSON value is a text."""
    return bytes(memoryview(raw)[:1]) == b'"'
