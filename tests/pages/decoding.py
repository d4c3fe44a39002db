"""Read the facts of a page as its script does, in Python."""

from __future__ import annotations

import gzip
import json
from typing import Any


def decoded(content: bytes) -> tuple[dict[str, Any], dict[str, dict[str, list[int]]]]:
    """The header, and the columns of each table."""
    raw = gzip.decompress(content)
    end = 4 + int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4:end])
    tables: dict[str, dict[str, list[int]]] = {}
    for name, table in header["tables"].items():
        tables[name] = {}
        for column, kind in table["columns"]:
            numbers, end = _integers(raw, end, table["rows"])
            tables[name][column] = _summed(numbers) if kind == "delta" else numbers
    assert end == len(raw)
    return header, tables


def _integers(raw: bytes, at: int, number: int) -> tuple[list[int], int]:
    found = []
    for _ in range(number):
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        found.append(value)
    return found, at


def _summed(numbers: list[int]) -> list[int]:
    last, found = 0, []
    for number in numbers:
        last += number // 2 if number % 2 == 0 else -(number + 1) // 2
        found.append(last)
    return found
