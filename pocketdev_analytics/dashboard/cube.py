"""What a page is filtered by: its facts added up to cells, from which its script adds up anew.

A cell is a group of rows that agree in every dimension: a session on a day, of a project, on
a model. What is added up (tokens, money) is exact: money is carried as whole numbers of the
smallest part of a dollar that occurs, mostly as tokens times a rate, with what that leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from itertools import pairwise
from math import gcd
from typing import Any, Final

import polars as pl

__all__ = ["Cube", "Dictionary", "Money", "cube", "distinct", "parts_of", "scale_of", "steps"]

_PLACES: Final = 18
_EXACT: Final = Context(prec=60)
# Above, a number of the page's script is not exact.
_MOST_EXACT: Final = 2**53


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
class Nested:
    """Names told by model: the number of each cell's, and for each model what numbers are."""

    numbers: Sequence[int]
    names: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Cube:
    """Cells: the place of each one's names, and its sums; money in parts of 10**-`scale` USD.

    Rates of money are those of a name of `rated_by`; under some of these names (`follows`) a
    count is the sum of others, and only what that leaves is carried. Names of `rated_by` are
    told apart by few numbers for each model: `nested` has these, and what they stand for.
    Cells `within` the places of another cube have that place for a name. Where `left_by` names
    a cube within the same places, the last cell of each place has no sums of its own: they are
    what the others leave of that cube's.
    """

    dimensions: Mapping[str, Sequence[int]]
    counts: Mapping[str, Sequence[int]]
    money: Mapping[str, Mapping[str, Any]]
    cells: int
    rated_by: str = "model"
    within: str = ""
    left_by: str = ""
    follows: Mapping[str, tuple[Sequence[str], Sequence[int]]] = field(default_factory=dict)
    nested: Nested | None = None


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
    within: str = "",
    follows: Mapping[str, Sequence[str]] | None = None,
    models: Sequence[Any] = (),
) -> Cube:
    """The cells of a frame that has one row each.

    Its columns are those of `dictionaries`, `counts`, and `money` (decimals, NULL for 0). Each
    money column may take the rates of those before it; rates are those of a name of `rated_by`.
    `follows` says of which columns a count is the sum, under most names of that; with
    `models`, such names are told by model.
    Cells of the same names keep their order.
    """
    ordered, dimensions = _ordered(cells, dictionaries)
    whole = {name: ordered[name].fill_null(0).to_list() for name in counts}
    parts = {name: _whole(ordered[name], scale) for name in money or {}}
    groups = dimensions.get(rated_by, [0] * ordered.height)
    rates: dict[str, list[int]] = {}
    packed = {
        name: _predicted(name, how, parts, whole, groups, rates)
        for name, how in (money or {}).items()
    }
    return Cube(
        dimensions,
        whole,
        packed,
        ordered.height,
        rated_by,
        within,
        follows=_followed(follows or {}, whole, groups),
        nested=_nested(ordered["model"], models, groups) if models else None,
    )


def parts_of(
    cells: pl.DataFrame,
    dictionaries: Mapping[str, Dictionary],
    *,
    counts: Sequence[str],
    scale: int,
    follows: Mapping[str, Sequence[str]],
    models: Sequence[Any],
    within: str = "",
    left_by: str = "",
) -> Cube:
    """Cells with their cost alone, which is not told by class.

    Beside the columns that `cube` takes there are `cost_usd`, what of it web searches cost,
    and `mix`: which tariffs a cell's responses had. Costs are carried in the largest unit that
    all costs of a mix are whole numbers of.
    """
    ordered, dimensions = _ordered(cells, dictionaries)
    mixes = distinct(ordered["mix"])
    groups = dimensions["mix"] = _codes(ordered["mix"], mixes)
    counted = {name: ordered[name].fill_null(0).to_list() for name in counts}
    paid, searched = (_whole(ordered[name], scale) for name in ("cost_usd", "web_search_cost_usd"))
    searches = counted["web_search_requests"]
    rates = _rates(searched, searches, groups)
    costs = [
        cost - number * rates[mix] for cost, number, mix in zip(paid, searches, groups, strict=True)
    ]
    units = [1] * len(mixes)
    for mix, found in _by(groups, costs).items():
        units[mix] = gcd(*found) or 1
    numbers = [cost // units[mix] for cost, mix in zip(costs, groups, strict=True)]
    counted["cost_units"] = [0 if number > _MOST_EXACT else number for number in numbers]
    rest = {cell: str(costs[cell]) for cell, n in enumerate(numbers) if n > _MOST_EXACT}
    known = {"cost_units": units, "web_search_requests": rates}
    money = {
        "sums": [],
        "rates": {name: [*map(str, each)] for name, each in known.items()},
        "at": steps(list(rest)),
        "rest": list(rest.values()),
    }
    return Cube(
        dimensions,
        counted,
        {"cost_usd": money},
        ordered.height,
        "mix",
        within,
        left_by,
        _followed(follows, counted, groups),
        _nested(ordered["model"], models, groups),
    )


def _followed(
    follows: Mapping[str, Sequence[str]], counts: Mapping[str, Sequence[int]], groups: Sequence[int]
) -> dict[str, tuple[Sequence[str], Sequence[int]]]:
    """For each group whether a count is mostly the sum of others there."""
    found: dict[str, tuple[Sequence[str], Sequence[int]]] = {}
    for name, others in follows.items():
        sums = [sum(each) for each in zip(*(counts[other] for other in others), strict=True)]
        own, all_ = _by(groups, counts[name]), _by(groups, sums)
        last = max(groups, default=-1) + 1
        flags = [int(2 * sum(own.get(at, ())) > sum(all_.get(at, ()))) for at in range(last)]
        found[name] = (others, flags)
    return found


def _nested(column: pl.Series, models: Sequence[Any], groups: Sequence[int]) -> Nested:
    """The groups of each model, those of most cells first."""
    codes = _codes(column, models)
    known = {model: Counter(found) for model, found in _by(codes, groups).items()}
    names = [_often(known.get(model, Counter())) for model in range(len(models))]
    places = [{group: place for place, group in enumerate(each)} for each in names]
    return Nested([places[at][group] for at, group in zip(codes, groups, strict=True)], names)


def _often(counted: Counter[int]) -> list[int]:
    return sorted(counted, key=lambda group: (-counted[group], group))


def _by(groups: Sequence[int], numbers: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for group, number in zip(groups, numbers, strict=True):
        found.setdefault(group, []).append(number)
    return found


def _ordered(
    cells: pl.DataFrame, dictionaries: Mapping[str, Dictionary]
) -> tuple[pl.DataFrame, dict[str, list[int]]]:
    """Cells by the places of their names, and these places."""
    codes = pl.DataFrame(
        {name: _codes(cells[name], known.values) for name, known in dictionaries.items()},
        schema=dict.fromkeys(dictionaries, pl.Int64),
    )
    known = codes.with_row_index("cell").sort(list(dictionaries), maintain_order=True)
    return cells[known["cell"]], {name: known[name].to_list() for name in dictionaries}


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
    return [0 if value is None else int(Decimal(value).scaleb(scale, _EXACT)) for value in column]


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
        "at": steps(list(rest)),
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


def steps(numbers: Sequence[int]) -> list[int]:
    """How far each number is from the one before it, the first from 0."""
    return [now - before for before, now in pairwise([0, *numbers])]
