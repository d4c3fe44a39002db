"""What a page is filtered by: its facts added up to cells, from which its script adds up anew.

A cell is a group of rows that agree in every dimension: a session on a day, of a project, on
a model. What is added up (tokens, money) is exact: money is carried as whole numbers of the
smallest part of a dollar that occurs, mostly as tokens times a rate, with what that leaves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import polars as pl

__all__ = ["Cube", "Dictionary", "Money", "cube", "distinct", "pack", "scale_of"]

_PLACES: Final = 18
_SEVEN_BITS: Final = 1 << 7


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The names of a dimension, each known by its place.

    They stand in the order in which equals are sorted, no name last. `attributes` are what the
    page carries of each: its texts, or its place among others.
    """

    values: tuple[Any, ...]
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Money:
    """How a column of money comes about: of each count at a rate of its model, or of sums.

    `counts` gives for each column of counts the money column whose rate it has, `sums` are
    money columns that are in it. Where that is not all, the difference is carried.
    """

    counts: Mapping[str, str] = field(default_factory=dict)
    sums: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Cube:
    """Cells: the place of each one's names, and its sums; money in parts of 10**-`scale` USD."""

    dimensions: Mapping[str, Sequence[int]]
    counts: Mapping[str, Sequence[int]]
    money: Mapping[str, Mapping[str, Any]]
    cells: int


def distinct(*columns: pl.Series) -> tuple[Any, ...]:
    """The distinct values of all these columns, in order, no value last."""
    values = {value for column in columns for value in column}
    return (*sorted(values - {None}), *({None} & values))


def cube(
    cells: pl.DataFrame,
    dictionaries: Mapping[str, Dictionary],
    *,
    counts: Sequence[str],
    money: Mapping[str, Money] | None = None,
    scale: int = 0,
    rated_by: str = "model",
) -> Cube:
    """The cells of a frame that has one row each.

    Its columns are those of `dictionaries`, `counts`, and `money` (decimals, NULL for 0). Each
    money column may take the rates of those before it; rates are those of a name of `rated_by`.
    Cells of the same names keep their order.
    """
    ordered = cells.sort(list(dictionaries), nulls_last=True, maintain_order=True)
    dimensions = {name: _codes(ordered[name], known.values) for name, known in dictionaries.items()}
    whole = {name: ordered[name].fill_null(0).to_list() for name in counts}
    parts = {name: _whole(ordered[name], scale) for name in money or {}}
    groups = dimensions.get(rated_by, [0] * ordered.height)
    rates: dict[str, list[int]] = {}
    packed = {
        name: _predicted(name, how, parts, whole, groups, rates)
        for name, how in (money or {}).items()
    }
    return Cube(dimensions, whole, packed, ordered.height)


def scale_of(*columns: pl.Series) -> int:
    """How many decimal places the smallest part of a dollar in these columns has."""
    places = 0
    for column in columns:
        whole = _whole(column.drop_nulls(), _PLACES)
        while whole and places < _PLACES and any(part % 10 ** (_PLACES - places) for part in whole):
            places += 1
    return places


def _codes(column: pl.Series, values: Sequence[Any]) -> list[int]:
    places = {value: place for place, value in enumerate(values)}
    return [places[value] for value in column]


def _whole(column: pl.Series, scale: int) -> list[int]:
    return [0 if value is None else int(Decimal(value).scaleb(scale)) for value in column]


def _predicted(
    name: str,
    how: Money,
    parts: Mapping[str, Sequence[int]],
    counts: Mapping[str, Sequence[int]],
    groups: Sequence[int],
    rates: dict[str, list[int]],
) -> dict[str, Any]:
    """Which rates of which counts make up a money column, and what they leave of it."""
    left = list(parts[name])
    for other in how.sums:
        left = [a - b for a, b in zip(left, parts[other], strict=True)]
    used = {}
    for count, rated in how.counts.items():
        if rated not in rates:
            rates[rated] = _rates(parts[rated], counts[count], groups)
        used[count] = rates[rated]
        left = [
            rest - number * used[count][group]
            for rest, number, group in zip(left, counts[count], groups, strict=True)
        ]
    rest = {place: str(part) for place, part in enumerate(left) if part}
    return {
        "sums": list(how.sums),
        "rates": {count: [str(rate) for rate in found] for count, found in used.items()},
        "at": _steps(list(rest)),
        "rest": list(rest.values()),
    }


def _rates(parts: Sequence[int], counts: Sequence[int], groups: Sequence[int]) -> list[int]:
    """For each group the rate that most of its cells have."""
    found: dict[int, Counter[int]] = {}
    for part, count, group in zip(parts, counts, groups, strict=True):
        if count and part % count == 0:
            found.setdefault(group, Counter())[part // count] += 1
    usual = {group: max(each, key=lambda rate: (each[rate], rate)) for group, each in found.items()}
    return [usual.get(group, 0) for group in range(max(groups, default=-1) + 1)]


def pack(cubes: Mapping[str, Cube], dictionaries: Mapping[str, Dictionary], scale: int) -> bytes:
    """Cubes and their dictionaries as the page's script reads them.

    The length of JSON in four bytes, the JSON, then every column of every cube in
    its order as numbers of seven bits a byte. Names of one dimension differ little from cell
    to cell, so their steps are written.
    """
    head = {
        "scale": scale,
        "dictionaries": {
            name: {"size": len(known.values), **known.attributes}
            for name, known in dictionaries.items()
        },
        "cubes": {
            name: {
                "cells": each.cells,
                "dimensions": list(each.dimensions),
                "counts": list(each.counts),
                "money": each.money,
            }
            for name, each in cubes.items()
        },
    }
    words = json.dumps(head, separators=(",", ":"), sort_keys=True).encode()
    body = bytearray(len(words).to_bytes(4, "little") + words)
    for _, each in sorted(cubes.items()):  # as the JSON has them
        for codes in each.dimensions.values():
            _write(body, (_unsigned(step) for step in _steps(codes)))
        for column in each.counts.values():
            _write(body, map(_unsigned, column))
    return bytes(body)


def _steps(numbers: Sequence[int]) -> list[int]:
    return [now - before for now, before in zip(numbers, [0, *numbers], strict=False)]


def _unsigned(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _write(body: bytearray, numbers: Iterable[int]) -> None:
    for number in numbers:
        rest = number
        while rest >= _SEVEN_BITS:
            body.append(rest % _SEVEN_BITS + _SEVEN_BITS)
            rest //= _SEVEN_BITS
        body.append(rest)
