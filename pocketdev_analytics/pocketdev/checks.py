"""Whether rows of PocketDev fit the documented table, before any of them goes into the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from pocketdev_analytics.pocketdev.tables import Column, Kind, Table

__all__ = ["misfit"]

_RANGES: Final[dict[Kind, tuple[int, int]]] = {
    "tinyint": (-(2**7), 2**7 - 1),
    "integer": (-(2**31), 2**31 - 1),
}
_HEX: Final = "[0-9a-fA-F]"
# Nothing is rounded: digits beyond the documented scale may only be zeros.
_SPELLINGS: Final[dict[Kind, str]] = {
    "uuid": rf"^{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}$",
    "price": r"^\d{1,4}(\.\d{1,6}0*)?$",
    "multiplier": r"^\d{1,2}(\.\d{1,3}0*)?$",
}
_DOCUMENTED: Final[dict[Kind, str]] = {
    "price": "decimal(10,6) of 0 or more",
    "multiplier": "decimal(5,3) of 0 or more",
}


def misfit(table: Table, frame: pl.DataFrame) -> str | None:
    """Why the rows cannot be rows of the documented table; None where they can."""
    return next(_misfits(table, frame), None)


def _misfits(table: Table, frame: pl.DataFrame) -> Iterator[str]:
    for column in table.columns:
        values = frame[column.name]
        if column.is_required and values.null_count():
            yield f"{column.name} is empty in {values.null_count():,} of {frame.height:,} rows"
        wrong = values.filter(_is_wrong(column, values))
        if wrong.len():
            kind = _DOCUMENTED.get(column.kind, column.kind)
            yield f"{column.name} holds {wrong[0]!r}; expected {kind}"
    for name in (table.key, *table.unique):
        twice = frame[name].drop_nulls()
        twice = twice.filter(twice.is_duplicated())
        if twice.len():
            yield f"{name} is not unique: {twice[0]!r} is there more than once"


def _is_wrong(column: Column, values: pl.Series) -> pl.Series:
    if column.kind in _RANGES:
        low, high = _RANGES[column.kind]
        wrong = ~values.is_between(low, high)
    elif column.kind in _SPELLINGS:
        wrong = ~values.str.contains(_SPELLINGS[column.kind])
    else:
        return pl.repeat(False, values.len(), dtype=pl.Boolean, eager=True)  # noqa: FBT003
    return wrong.fill_null(False)  # noqa: FBT003
