"""A line with odd fields, read field by field: one odd field never costs the rest of its line.

A field is odd where its JSON kind is not that of the format: a list for an object, 1000.0 for a
count, a time in milliseconds. What it means is read where that is certain; else the field
counts as absent. Either way it is reported. This takes several passes over a line instead of
one, for the few lines that need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct, ValidationError
from msgspec.json import Decoder

__all__ = ["OddValue", "json_kind", "parse_count", "parse_time", "read_leniently"]

S = TypeVar("S", bound=Struct)

_KINDS: Final = {
    ord('"'): "string",
    ord("{"): "object",
    ord("["): "list",
    ord("t"): "boolean",
    ord("f"): "boolean",
    ord("n"): "null",
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEAP_SECOND: Final = re.compile(r"(T\d\d:\d\d):60")
#: Numbers of a unit since 1970 that are dates of this century: seconds, ms, microseconds, ns.
_UNITS: Final = ((10**11, 10**6), (10**14, 10**3), (10**17, 1))
_MOST_TOKENS: Final = 10**12
_ABSENT: Final = object()


class OddValue(NamedTuple):
    """A field that was not as the format has it: its place, what stands there, and its fate."""

    field: str
    found: str
    is_read: bool


def read_leniently(
    struct: type[S], raw: bytes | memoryview | Raw, path: str = ""
) -> tuple[S, list[OddValue]]:
    """Read what can be read of an object.

    Args:
        struct: the shape to read it as.
        raw: the JSON object.
        path: where it is in its line, for the places of odd values.

    Returns:
        The object without its unreadable fields, and every odd value.

    Raises:
        msgspec.ValidationError: it is not an object.
    """
    odd: list[OddValue] = []
    return _read_struct(struct, raw, path, odd), odd


def json_kind(raw: bytes | memoryview | Raw) -> str:
    """Return the JSON kind of a value: string, number, boolean, null, object or list."""
    return _KINDS.get(memoryview(raw)[:1].tobytes()[0], "number")


def parse_count(text: str) -> int:
    """Return the count that a number or a text of digits states.

    Raises:
        ValueError: it is none.
    """
    number = Decimal(text)
    if not number.is_finite() or number != number.to_integral_value():
        raise ValueError(f"expected a whole number, got {text[:40]}")
    if not 0 <= number <= _MOST_TOKENS:
        raise ValueError(f"expected a count up to {_MOST_TOKENS}, got {text[:40]}")
    return int(number)


def parse_time(text: str) -> datetime:
    """Return the time that a text or a number since 1970 states; UTC where it names no zone.

    Raises:
        ValueError, OverflowError: it states none.
    """
    with suppress(ArithmeticError):
        number = Decimal(text)
        for limit, microseconds in _UNITS:
            if 0 <= number < limit:
                return _EPOCH + timedelta(microseconds=int(number * microseconds))
    time = datetime.fromisoformat(_LEAP_SECOND.sub(r"\1:59", text.strip()))
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _parse_amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(f"expected an amount, got {text[:40]}")
    return amount


#: How a value of another JSON kind is read, by the type of its field.
_PARSERS: Final[dict[Any, Callable[[str], Any]]] = {
    int: parse_count,
    datetime: parse_time,
    Decimal: _parse_amount,
    float: lambda text: float(_parse_amount(text)),
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a field is read: as a whole, or else by its parts."""

    kind: Any
    decode: Callable[[Any], Any]
    attribute: str = ""
    #: The struct of the field's value, of its list's items, or of its object's members.
    of_value: type[Struct] | None = None
    of_items: type[Struct] | None = None
    of_members: type[Struct] | None = None
    parsers: tuple[Callable[[str], Any], ...] = field(default=())


@cache
def _shapes(struct: type[Struct]) -> dict[str, _Shape]:
    """The fields of a struct by their name in JSON."""
    return {
        info.encode_name: _shape(info.type, info.name) for info in msgspec.structs.fields(struct)
    }


def _shape(kind: Any, attribute: str) -> _Shape:
    of_value = of_items = of_members = None
    parsers = []
    for option in _options(kind):
        origin, args = get_origin(option), get_args(option)
        if origin is list and _is_struct(args[0]):
            of_items = args[0]
        elif origin is dict and _is_struct(args[1]):
            of_members = args[1]
        elif _is_struct(option):
            of_value = option
        elif option in _PARSERS:
            parsers.append(_PARSERS[option])
    return _Shape(
        kind, Decoder(kind).decode, attribute, of_value, of_items, of_members, tuple(parsers)
    )


def _options(kind: Any) -> list[Any]:
    """The types that a union or an annotated type consists of."""
    if hasattr(kind, "__metadata__"):
        return _options(kind.__origin__)
    if get_origin(kind) in (Union, UnionType):
        return [option for part in get_args(kind) for option in _options(part)]
    return [kind]


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


_decode_object = Decoder(dict[str, Raw]).decode
_decode_list = Decoder(list[Raw]).decode


def _read_struct(struct: type[S], raw: Any, path: str, odd: list[OddValue]) -> S:
    shapes, values = _shapes(struct), {}
    for name, part in _decode_object(raw).items():
        if (shape := shapes.get(name)) is not None:
            value = _read(shape, part, f"{path}.{name}".lstrip("."), odd)
            if value is not _ABSENT:
                values[shape.attribute] = value
    return struct(**values)


def _read(shape: _Shape, raw: Raw, path: str, odd: list[OddValue]) -> Any:
    with suppress(ValidationError):
        return shape.decode(raw)
    kind = json_kind(raw)
    if kind == "object" and shape.of_value:
        return _read_struct(shape.of_value, raw, path, odd)
    if kind == "object" and shape.of_members:
        return _read_members(shape.of_members, raw, path, odd)
    if kind == "list" and shape.of_items:
        return _read_items(shape.of_items, raw, path, odd)
    value = _parse(shape, raw, kind)
    odd.append(OddValue(path, kind, value is not _ABSENT))
    return value


def _read_members(struct: type[Struct], raw: Raw, path: str, odd: list[OddValue]) -> Any:
    members = {}
    for name, part in _decode_object(raw).items():
        if json_kind(part) == "object":
            members[name] = _read_struct(struct, part, f"{path}.*", odd)
        else:
            odd.append(OddValue(f"{path}.*", json_kind(part), is_read=False))
    return members


def _read_items(struct: type[Struct], raw: Raw, path: str, odd: list[OddValue]) -> Any:
    items = []
    for part in _decode_list(raw):
        if json_kind(part) == "object":
            items.append(_read_struct(struct, part, f"{path}[]", odd))
        else:
            odd.append(OddValue(f"{path}[]", json_kind(part), is_read=False))
    return items


def _parse(shape: _Shape, raw: Raw, kind: str) -> Any:
    """What a number or a text of another form than the field's means; `_ABSENT` if unclear."""
    if kind not in ("number", "string"):
        return _ABSENT
    text = msgspec.json.decode(raw, type=str) if kind == "string" else bytes(raw).decode()
    for parse in shape.parsers:
        with suppress(ValueError, ArithmeticError):  # a ValidationError is a ValueError
            return msgspec.convert(parse(text), shape.kind)
    return _ABSENT
