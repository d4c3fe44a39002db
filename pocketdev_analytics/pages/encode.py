"""Facts as bytes: a JSON header, then every column as variable-length integers, gzipped.

The header names the tables, their columns and their domains. Money is not a column: it is the
counts of a row times the rates of its `rate`, which the header has as whole numbers of
10**-`scale` US dollars, plus what rates do not explain.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from itertools import chain, pairwise
from math import gcd
from typing import Any, Final

import polars as pl

from pocketdev_analytics.charts.domains import Domain
from pocketdev_analytics.pages.facts import Facts, Table
from pocketdev_analytics.pages.measures import CLASS_COSTS, MEASURES, PROMPT_TOKENS

__all__ = ["encode"]

_ONE_BYTE: Final = 128
_PLACES: Final = 18
_EXACT: Final = Context(prec=60)
_ATTRIBUTE: Final = re.compile(r"\b([a-z]+)\.([a-z_]+)\b")
# What the script needs of every domain that has it.
_ALWAYS: Final = ("text", "exact", "key", "rank", "day")
_UNCACHED: Final = "uncached_cost_usd"
_UNCACHED_RATE: Final = "uncached_tokens"


def encode(facts: Facts, spec: Mapping[str, Any]) -> bytes:
    """The facts of a page, gzipped; of domains only the attributes that `spec` names."""
    scale = _scale(facts)
    rates: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    columns: list[bytes] = []
    for name, table in facts.tables.items():
        if "rate" in table.dimensions:
            rates, rest[name] = _rates(table, scale, len(facts.domains["rate"].values))
        described = []
        for column in _columns(table):
            numbers = table.frame[column].fill_null(0).to_list()
            kind, written = _column(numbers)
            described.append([column, kind])
            columns.append(written)
        tables[name] = {
            "rows": table.frame.height,
            "columns": described,
            "ignores": list(table.ignores),
        }
    header = {
        "scale": scale,
        "domains": _domains(facts.domains, json.dumps(spec), scale),
        "tables": tables,
        "rates": rates,
        "rest": rest,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    body = b"".join([len(text).to_bytes(4, "little"), text, *columns])
    return gzip.compress(body, 9, mtime=0)


def _columns(table: Table) -> list[str]:
    """The columns that are written: codes and counts, no money."""
    schema = table.frame.schema
    return [name for name in schema if schema[name].is_integer()]


def _column(numbers: Sequence[int]) -> tuple[str, bytes]:
    """A column and how it is written: as it is, or as its differences, whichever is shorter."""
    steps = (now - before for before, now in pairwise(chain((0,), numbers)))
    plain, delta = _varints(numbers), _varints([_zigzag(step) for step in steps])
    # Few distinct bytes weigh less than few bytes once they are compressed.
    if len(zlib.compress(delta, 1)) < len(zlib.compress(plain, 1)):
        return "delta", delta
    return "", plain


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _varints(numbers: Sequence[int]) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128)."""
    if not numbers or max(numbers) < _ONE_BYTE:
        return bytes(numbers)
    written = bytearray()
    for number in numbers:
        left = number
        while left >= _ONE_BYTE:
            written.append(left & 127 | _ONE_BYTE)
            left >>= 7
        written.append(left)
    return bytes(written)


def _money(table: Table) -> list[str]:
    return [name for name in table.frame.columns if name.endswith("_usd")]


def _scale(facts: Facts) -> int:
    """Return the number of decimal places that the amounts of the facts need."""
    sums = [
        part
        for table in facts.tables.values()
        for name in _money(table)
        for part in _units(table.frame[name], _PLACES)
    ]
    costs = facts.domains["session"].attributes["cost_usd"] if "session" in facts.domains else ()
    sums += [int(cost.scaleb(_PLACES, _EXACT)) for cost in costs if cost is not None]
    common, places = gcd(*sums), _PLACES
    while common and places and common % 10 == 0:
        common //= 10
        places -= 1
    return places if common else 0


def _units(column: pl.Series, scale: int) -> list[int]:
    return [0 if cost is None else int(cost.scaleb(scale, _EXACT)) for cost in column]


def _rates(
    table: Table, scale: int, number: int
) -> tuple[dict[str, list[str]], dict[str, list[tuple[int, str]]]]:
    """The rate of each unit for each code of `rate`, and what they leave of each sum of money."""
    frame, groups = table.frame, table.frame["rate"].to_list()
    counts = {unit: frame[unit].to_list() for unit in CLASS_COSTS}
    counts[_UNCACHED_RATE] = frame.select(pl.sum_horizontal(PROMPT_TOKENS)).to_series().to_list()
    sums = {name: _units(frame[name], scale) for name in _money(table)}
    rates = {
        unit: _usual(sums[cost], counts[unit], groups, number) for unit, cost in CLASS_COSTS.items()
    }
    if _UNCACHED in sums:
        others = ["output_tokens", "web_search_requests"]
        sent = _left(sums[_UNCACHED], [(counts[each], rates[each]) for each in others], groups)
        rates[_UNCACHED_RATE] = _usual(sent, counts[_UNCACHED_RATE], groups, number)
    rest = {}
    for name, units in sums.items():
        parts = [(counts[unit], rates[rate]) for unit, rate in MEASURES[name]["money"]]
        left = _left(units, parts, groups)
        rest[name] = [(row, str(part)) for row, part in enumerate(left) if part]
    return {name: [str(rate) for rate in each] for name, each in rates.items()}, rest


def _left(
    sums: Sequence[int],
    parts: Sequence[tuple[Sequence[int], Sequence[int]]],
    groups: Sequence[int],
) -> list[int]:
    left = list(sums)
    for counts, rates in parts:
        left = [
            each - count * rates[group] if count else each
            for each, count, group in zip(left, counts, groups, strict=True)
        ]
    return left


def _usual(
    sums: Sequence[int], counts: Sequence[int], groups: Sequence[int], number: int
) -> list[int]:
    """For each group the rate that most of its rows have."""
    found: list[Counter[int]] = [Counter() for _ in range(number)]
    for part, count, group in zip(sums, counts, groups, strict=True):
        if count and part % count == 0:
            found[group][part // count] += 1
    return [max(each, key=lambda rate: (each[rate], rate)) if each else 0 for each in found]


def _domains(known: Mapping[str, Domain], spec: str, scale: int) -> dict[str, Any]:
    named: dict[str, set[str]] = {}
    for domain, attribute in _ATTRIBUTE.findall(spec):
        named.setdefault(domain, set()).add(attribute)
    return {
        name: {
            "size": len(domain.values),
            "none": domain.values.index(None) if None in domain.values else None,
            **{
                attribute: [_json(value, attribute, scale) for value in values]
                for attribute, values in domain.attributes.items()
                if attribute in _ALWAYS or attribute in named.get(name, ())
            },
        }
        for name, domain in known.items()
    }


def _json(value: Any, attribute: str, scale: int) -> Any:
    if attribute.endswith("_usd") and isinstance(value, Decimal):
        return str(int(value.scaleb(scale, _EXACT)))
    return value
