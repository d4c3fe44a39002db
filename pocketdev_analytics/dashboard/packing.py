"""Cubes as few bytes, in a form that a browser unpacks at once.

A column is symbols and bits. A number below 16 is its own symbol; a larger one is told by its
length and its two bits after the first, and the rest of its bits, which nothing could guess,
go to the end. Of the symbols of one column gzip makes a code as short as they allow.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pocketdev_analytics.dashboard.cube import Cube, Dictionary, steps

__all__ = ["pack"]

_OWN_SYMBOLS: Final = 16
_SHORTEST: Final = _OWN_SYMBOLS.bit_length()
_GZIP: Final = 16 + zlib.MAX_WBITS
_STRATEGIES: Final = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)
# Below, a list of numbers is as short as it is.
_LEAST_NUMBERS: Final = 20


def pack(
    cubes: Mapping[str, Cube], dictionaries: Mapping[str, Dictionary], scale: int = 0
) -> bytes:
    """Cubes and dictionaries as the page's script reads them, gzipped.

    The lengths of the JSON and of the symbols in four bytes each, the JSON, then the symbols
    of every column in its order, then the bits of all of them, the highest first. A column is
    written as it is or by its steps, by what is shorter. Columns are the numbers that
    dictionaries say of their names, and what cells are told by and add up to. A cube comes
    after those that it is within or left by.
    """
    columns = _Columns()
    head = {
        "scale": scale,
        "dictionaries": {name: _names(known, columns) for name, known in dictionaries.items()},
        "cubes": {name: _cells(each, columns) for name, each in cubes.items()},
    }
    words = json.dumps(head, separators=(",", ":")).encode()
    sizes = [len(words), sum(map(len, columns.symbols))]
    start = b"".join(size.to_bytes(4, "little") for size in sizes)
    return _smallest([start + words, *columns.symbols, _bytes("".join(columns.bits))])


class _Columns:
    """The symbols and bits of the columns written so far."""

    def __init__(self) -> None:
        self.symbols: list[bytes] = []
        self.bits: list[str] = []

    def add(self, numbers: Sequence[int]) -> list[int]:
        """Write a column; how it is written: its length, whether by steps, whether signed."""
        moved = steps(numbers)
        is_stepped = _weight(moved) < _weight(numbers)
        column = moved if is_stepped else numbers
        is_signed = min(column, default=0) < 0
        symbols, bits = _symbols(map(_unsigned, column) if is_signed else column)
        self.symbols.append(symbols)
        self.bits.append(bits)
        return [len(numbers), int(is_stepped), int(is_signed)]


def _weight(column: Sequence[int]) -> int:
    sign = min(column, default=0) < 0
    return sum(map(int.bit_length, column)) + sign * len(column)


def _names(known: Dictionary, columns: _Columns) -> dict[str, Any]:
    """A dictionary: its lists of numbers are columns, of tenths where they are that."""
    tenths = {name: found for name, each in known.attributes.items() if (found := _tenths(each))}
    return {
        "size": len(known.values),
        **{name: each for name, each in known.attributes.items() if name not in tenths},
        "numbers": [
            [name, parts, *columns.add(numbers)] for name, (parts, numbers) in tenths.items()
        ],
    }


def _tenths(values: Sequence[Any]) -> tuple[int, list[int]] | None:
    """Numbers as whole parts of one, and how many parts that has; None of what is not that."""
    if len(values) < _LEAST_NUMBERS or not all(isinstance(each, int | float) for each in values):
        return None
    for parts in (1, 10):
        numbers = [round(each * parts) for each in values]
        if all(number / parts == each for number, each in zip(numbers, values, strict=True)):
            return parts, numbers
    return None


def _cells(cube: Cube, columns: _Columns) -> dict[str, Any]:
    own = _own(cube)
    told = dict(cube.dimensions)
    if cube.nested:
        told[cube.rated_by] = cube.nested.numbers
    return {
        "cells": cube.cells,
        "dimensions": [[name, *columns.add(codes)] for name, codes in told.items()],
        "counts": [
            [name, *columns.add([column[cell] for cell in own])] for name, column in _carried(cube)
        ],
        "follows": cube.follows,
        "money": cube.money,
        "rated_by": cube.rated_by,
        "nested": cube.nested.names if cube.nested else None,
        "within": cube.within,
        "left_by": cube.left_by,
    }


def _own(cube: Cube) -> Sequence[int]:
    """The cells that have sums of their own, see `Cube.left_by`."""
    if not cube.left_by:
        return range(cube.cells)
    places = cube.dimensions["place"]
    return [cell for cell in range(cube.cells - 1) if places[cell] == places[cell + 1]]


def _carried(cube: Cube) -> Iterator[tuple[str, Sequence[int]]]:
    """Each count, less what follows from others."""
    for name, column in cube.counts.items():
        if name in cube.follows:
            others, flags = cube.follows[name]
            sums = zip(*(cube.counts[other] for other in others), strict=True)
            follows = (flags[group] for group in cube.dimensions[cube.rated_by])
            yield name, [a - sum(b) * c for a, b, c in zip(column, sums, follows, strict=True)]
        else:
            yield name, column


def _unsigned(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _symbols(numbers: Iterable[int]) -> tuple[bytes, str]:
    """The symbol of each number, and the bits that it leaves."""
    symbols, bits = bytearray(), []
    for number in numbers:
        if number < _OWN_SYMBOLS:
            symbols.append(number)
            continue
        length = number.bit_length()
        top = (number >> (length - 3)) & 3
        symbols.append(_OWN_SYMBOLS + 4 * (length - _SHORTEST) + top)
        bits.append(bin(number)[5:])
    return bytes(symbols), "".join(bits)


def _bytes(bits: str) -> bytes:
    padded = bits + "0" * (-len(bits) % 8)
    return int("1" + padded, 2).to_bytes(len(padded) // 8 + 1, "big")[1:]


def _smallest(pieces: Sequence[bytes]) -> bytes:
    """The pieces gzipped, a code for each, in the way that comes out shortest."""
    return min((_zipped(pieces, strategy) for strategy in _STRATEGIES), key=len)


def _zipped(pieces: Sequence[bytes], strategy: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP, 9, strategy)
    parts = [packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH) for piece in pieces if piece]
    return b"".join(parts) + packer.flush()
