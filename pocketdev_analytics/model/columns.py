"""Declare columns as typed fields of structs, from which every other form is derived.

A field's annotation gives the Python type, the Polars type, the SQL type and whether it may be
absent. `Annotated` adds what the type alone does not say: `DIMENSION` for a column that reports
group by, or a struct whose columns the field stands for (dictionary encoding).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import polars as pl
from msgspec import Struct

__all__ = [
    "DIMENSION",
    "INSTANT",
    "CallDimension",
    "Code",
    "Column",
    "Dimension",
    "Instant",
    "Schema",
    "columns_of",
]

PolarsType = pl.DataType | type[pl.DataType]
Schema = dict[str, PolarsType]

INSTANT: Final = pl.Datetime("us", "UTC")
#: Marks a column that reports can group by.
DIMENSION: Final = "dimension"
#: Marks a column that only rows of assistant lines have.
_OF_CALLS: Final = "of calls"

#: Microseconds since 1970 in UTC while decoding, a timestamp in frames and in the store.
Instant = Annotated[int, INSTANT]
#: A name that reports can group by.
Dimension = Annotated[str | None, DIMENSION]
#: A name that only assistant lines state.
CallDimension = Annotated[str | None, DIMENSION, _OF_CALLS]

_TYPES: Final[dict[object, tuple[PolarsType, str]]] = {
    str: (pl.String(), "varchar"),
    int: (pl.Int64(), "bigint"),
    bool: (pl.Boolean(), "boolean"),
    Decimal: (pl.Decimal(38, 15), "decimal(38, 15)"),
    INSTANT: (INSTANT, "timestamptz"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """A dictionary-encoded field: a number that stands for a row of `struct`."""

    field: str
    struct: type[Struct]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the same facts in every form that needs them."""

    name: str
    polars: PolarsType
    sql: str
    is_nullable: bool
    is_dimension: bool
    is_of_calls: bool


@cache
def columns_of(struct: type[Struct]) -> tuple[Column | Code, ...]:
    """Return the columns that the fields of `struct` declare, in order.

    Raises:
        TypeError: a field has a type that no column can have.
    """
    hints = get_type_hints(struct, include_extras=True)
    return tuple(_column(name, hints[name]) for name in struct.__struct_fields__)


def _column(name: str, hint: Any) -> Column | Code:
    marks = set(_marks(hint))
    for mark in marks:
        if isinstance(mark, type) and issubclass(mark, Struct):
            return Code(name, mark)
    kinds = [kind for kind in (*marks, *_plain(hint)) if kind in _TYPES]
    if not kinds:
        raise TypeError(f"{name}: unsupported column type {hint}; expected one of {list(_TYPES)}")
    polars, sql = _TYPES[kinds[0]]
    return Column(
        name, polars, sql, type(None) in set(_plain(hint)), DIMENSION in marks, _OF_CALLS in marks
    )


def _marks(hint: Any) -> Iterator[Any]:
    """Everything that `Annotated` says anywhere in a type."""
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
    for inner in get_args(hint):
        yield from _marks(inner)


def _plain(hint: Any) -> Iterator[Any]:
    """The plain types that a type consists of."""
    if get_origin(hint) is Annotated:
        yield from _plain(get_args(hint)[0])
    elif inner := get_args(hint):
        for part in inner:
            yield from _plain(part)
    else:
        yield hint
