"""Check values of a line, so that any file fits the store's types."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Raw

from pocketdev_analytics.agents.claude import lines
from pocketdev_analytics.agents.lenient import json_kind, parse_count

__all__ = [
    "TokenClasses",
    "boolean",
    "cause_code",
    "code",
    "error_code",
    "is_object",
    "lines_changed",
    "money",
    "number",
    "required",
    "token_classes",
]

T = TypeVar("T")

_ERROR_CODE = re.compile(r"[a-z0-9_]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_CAUSE_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
# Amounts that fit (38, 15).
_NO_AMOUNT = Decimal(10) ** 20
_SMALLEST_AMOUNT = Decimal("1e-15")
_EXACT = Context(prec=38)


def required(value: T | None, where: str) -> T:
    """Return `value`.

    Raises:
        msgspec.ValidationError: the line does not have it.
    """
    if value is None or value == "":
        raise msgspec.ValidationError(f"Object missing required field - at `{where}`")
    return value


def money(amount: Decimal | None) -> Decimal | None:
    """Return an amount as the store has it, or None if it does not fit there."""
    # Not abs(): that is arithmetic, and overflows.
    if amount is None or not amount.is_finite() or amount.copy_abs() >= _NO_AMOUNT:
        return None
    return amount.quantize(_SMALLEST_AMOUNT, context=_EXACT)


class TokenClasses(NamedTuple):
    """Tokens by the class that they are billed as, in the order of `model.TOKEN_COLUMNS`."""

    input: int
    write_5m: int
    write_1h: int
    read: int
    output: int


def token_classes(counts: lines.TokenCounts) -> TokenClasses:
    """Return the five classes: 1h writes as the split says, 5m writes the rest of the total."""
    split = counts.cache_creation
    write = counts.cache_creation_input_tokens or 0
    write_1h = (split.ephemeral_1h_input_tokens or 0) if split else 0
    return TokenClasses(
        counts.input_tokens or 0,
        write - write_1h if write > write_1h else 0,
        write_1h,
        counts.cache_read_input_tokens or 0,
        counts.output_tokens or 0,
    )


def number(raw: Raw, scale: int = 1) -> int | None:
    """Return a number in units `scale` times smaller, or None where it is none or not positive."""
    if raw is lines.EMPTY or json_kind(raw) != "number":
        return None
    try:
        return parse_count(str(round(Decimal(bytes(raw).decode()) * scale)))
    except (ValueError, ArithmeticError):
        return None


def boolean(raw: Raw) -> bool | None:
    """Return a truth value, or None where there is none."""
    return None if raw is lines.EMPTY else {b"true": True, b"false": False}.get(bytes(raw))


def lines_changed(outcome: lines.ToolOutcome) -> tuple[int, int]:
    """Return lines added and removed by an edit: its patch's, or a new file's own."""
    if outcome.structured_patch is lines.EMPTY:
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


def _text(raw: Raw) -> str | None:
    return None if raw is lines.EMPTY else lines.decode_text(raw)


def error_code(error: Raw) -> str | None:
    """Return a code such as rate_limit; anything longer might be text and is not kept."""
    if not _is_text(error):
        return None
    code = msgspec.json.decode(error, type=str)
    return code if _ERROR_CODE.fullmatch(code) else "other"


def code(word: str | None) -> str | None:
    """Return one of a format's own words; anything else might be text and is not kept."""
    return word if word is None or _WORD.fullmatch(word) else "other"


def cause_code(code: Raw) -> str | None:
    """Return a code such as ECONNRESET or ConnectionRefused, of a request without an answer."""
    if not _is_text(code):
        return None
    name = msgspec.json.decode(code, type=str)
    return name if _CAUSE_CODE.fullmatch(name) else "other"


def is_object(raw: Raw) -> bool:
    """Return whether a JSON value is an object."""
    return bytes(memoryview(raw)[:1]) == b"{"


def _is_text(raw: Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b'"'
