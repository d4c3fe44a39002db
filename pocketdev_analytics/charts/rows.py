"""The rows of a panel: sets made of its queries step by step, and values of those sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any, Final

from pocketdev_analytics.charts.domains import Entry
from pocketdev_analytics.charts.scope import Amount, Part, Scope, holds, plain
from pocketdev_analytics.formatting import round_half_up

__all__ = [
    "BOUNDS",
    "MONEY_PLACES",
    "Row",
    "Sets",
    "Values",
    "is_bounded",
    "ordered",
    "regrouped",
    "total",
]

#: One group: its entries by dimension, its measures by name.
Row = dict[str, Any]

#: The columns that make a sum of money a lower bound where one of them is not 0.
BOUNDS: Final = ("lower_bound_responses", "unpriced_tokens", "unseen_calls")
#: How many decimal places a quotient of money has.
MONEY_PLACES: Final = 18
_EXACT: Final = Context(prec=80)


def is_bounded(row: Mapping[str, Any]) -> bool:
    """Whether the cost of a row is a lower bound."""
    return any(row.get(name) for name in BOUNDS)


def total(rows: Sequence[Row], column: str) -> Any:
    """The sum of a column: None where there are rows and none has a value."""
    known = [row[column] for row in rows if row[column] is not None]
    return sum(known) if known or not rows else None


def ordered(rows: Sequence[Row], order: Sequence[Sequence[str]]) -> list[Row]:
    """The rows by columns and directions, the first before the others; None is always last."""
    found = list(rows)
    for column, direction in reversed(order):
        known = [row for row in found if row[column] is not None]
        known.sort(key=lambda row: _place(row[column]), reverse=direction == "desc")
        found = known + [row for row in found if row[column] is None]
    return found


def _place(value: Any) -> Any:
    return value.code if isinstance(value, Entry) else value


def regrouped(rows: Sequence[Row], by: Sequence[str]) -> list[Row]:
    """One row a group of the entries of `by`, with the sums of all numbers."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    found = [
        {
            **dict(zip(by, key, strict=True)),
            **{
                name: total(group, name)
                for name in group[0]
                if name not in by and all(_is_number(row[name]) for row in group)
            },
        }
        for key, group in groups.items()
    ]
    return ordered(found, [(name, "asc") for name in by])


def _is_number(value: Any) -> bool:
    return value is None or isinstance(value, int | float | Decimal)


def calendar_span(days: Sequence[date], weeks: Sequence[int]) -> tuple[date, date]:
    """The Monday of the first week that a calendar shows, and the Sunday of the last."""
    if not days:
        return date(1970, 1, 5), date(1970, 1, 11)
    monday = min(days) - timedelta(days=min(days).weekday())
    last = max(days) + timedelta(days=6 - max(days).weekday())
    latest, earliest = (last - timedelta(days=7 * number - 1) for number in weeks)
    return min(max(monday, earliest), latest), last


class Sets:
    """The sets of a panel by name, each made once, when it is first asked for."""

    def __init__(
        self,
        queried: Mapping[str, list[Row]],
        declared: Mapping[str, Sequence[Mapping[str, Any]]],
        scope: Scope,
    ) -> None:
        self._known = dict(queried)
        self._declared, self._scope = declared, scope

    def __getitem__(self, name: str) -> list[Row]:
        """The rows of a set; `before.NAME` is the same set over the period before."""
        if name not in self._known:
            prefix, _, own = name.rpartition("before.")
            self._known[name] = self._made(
                self._declared[own], f"{prefix}before." if own != name else ""
            )
        return self._known[name]

    def _made(self, steps: Sequence[Mapping[str, Any]], prefix: str) -> list[Row]:
        source, *rest = steps if "from" in steps[0] else ({"from": "rows"}, *steps)
        rows = self[f"{prefix}{source['from']}"]
        for step in rest:
            ((name, how),) = step.items()
            rows = _STEPS[name](rows, how, self._scope)
        return rows


def _where(rows: list[Row], conditions: Sequence[Any], scope: Scope) -> list[Row]:
    return [row for row in rows if holds(conditions, scope.under(row))]


def _last_days(rows: list[Row], number: int, before: int, today: date) -> list[Row]:
    """The rows of so many days up to today, or of as many before those."""
    if not rows:
        return rows
    known = [date.fromisoformat(str(row["day"])) for row in rows]
    last = today - timedelta(days=number * before)
    first = last - timedelta(days=number - 1)
    if before and min(known) > first:
        return []
    return [row for row, day in zip(rows, known, strict=True) if first <= day <= last]


def _last_weeks(rows: list[Row], weeks: Sequence[int]) -> list[Row]:
    """The rows of the days that a calendar of so many weeks shows."""
    days = [date.fromisoformat(str(row["day"])) for row in rows]
    first, _ = calendar_span(days, weeks)
    return [row for row, day in zip(rows, days, strict=True) if day >= first]


def _unpivot(rows: list[Row], classes: Sequence[Sequence[str]]) -> list[Row]:
    """A row for each class of tokens that has tokens or a cost, of one row with all of them."""
    (row,) = rows
    found = [
        {
            "place": place,
            "label": label,
            "tokens": row[tokens] if tokens else 0,
            "cost_usd": row[cost],
        }
        for place, (_, label, tokens, cost) in enumerate(classes)
    ]
    bounds: Row = {name: row[name] for name in BOUNDS if name in row}
    return [{**each, **bounds} for each in found if each["tokens"] or each["cost_usd"]]


_STEPS: Final[dict[str, Callable[[list[Row], Any, Scope], list[Row]]]] = {
    "group": lambda rows, by, _: regrouped(rows, by),
    "where": _where,
    "order": lambda rows, order, _: ordered(rows, order),
    "head": lambda rows, number, _: rows[:number],
    "tail": lambda rows, number, _: rows[-number:],
    "last_days": lambda rows, number, scope: _last_days(rows, number, 0, scope["today"]),
    "last_weeks": lambda rows, weeks, _: _last_weeks(rows, weeks),
    "unpivot": lambda rows, classes, _: _unpivot(rows, classes),
    "before_last_days": lambda rows, number, scope: _last_days(rows, number, 1, scope["today"]),
}


class Values(Mapping[str, Any]):
    """The values of a panel by name, each computed once, when it is first asked for."""

    def __init__(self, declared: Mapping[str, Any], sets: Sets) -> None:
        self._declared, self._sets = declared, sets
        self._known: dict[str, Any] = {}

    def __iter__(self) -> Any:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.removeprefix("before.") in self._declared

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            own = name.removeprefix("before.")
            prefix = "before." if own != name else ""
            self._known[name] = self._of(self._declared[own], prefix)
        return self._known[name]

    def _of(self, value: Any, prefix: str) -> Any:
        if isinstance(value, str):
            return self[f"{prefix}{value}"]
        if not isinstance(value, list | tuple):
            return value
        name, *operands = value
        if name in _OF_SETS:
            rows = self._sets[f"{prefix}{operands[0]}"]
            return _OF_SETS[name](rows, *operands[1:])
        if name == "text":
            return operands[0]
        return _OF_VALUES[name](*(self._of(operand, prefix) for operand in operands))


def _sum(rows: list[Row], column: str) -> Any:
    found = total(rows, column)
    return _amount(found, rows, column)


def _amount(value: Any, rows: Sequence[Row], column: str) -> Any:
    if not column.endswith("_usd"):
        return value
    money = Decimal(value) if isinstance(value, int) else value
    return Amount(money, column == "cost_usd" and any(map(is_bounded, rows)))


def _mean(rows: list[Row], column: str) -> Any:
    known = [row for row in rows if row[column] is not None]
    return _quotient(_sum(known, column), len(known))


def _median(rows: list[Row], column: str) -> Any:
    known = sorted(row[column] for row in rows if row[column] is not None)
    if not known:
        return None
    low, high = known[(len(known) - 1) // 2], known[len(known) // 2]
    return (
        Amount(_EXACT.divide(low + high, Decimal(2)))
        if column.endswith("_usd")
        else (low + high) / 2
    )


def _pick(rows: list[Row], order: Sequence[Sequence[str]], column: str) -> Any:
    if not rows:
        return None
    first = ordered(rows, order)[0]
    return _amount(first[column], [first], column) if column in first else Scope(first)[column]


def _half_at(rows: list[Row], column: str) -> int:
    """Return the number of rows until their sum is half of the total."""
    whole, running = total(rows, column) or 0, Decimal(0)
    for place, row in enumerate(rows):
        running += row[column] or 0
        if running * 2 >= whole:
            return place + 1
    return len(rows)


def _quotient(part: Any, whole: Any) -> Any:
    number, divisor = plain(part), plain(whole)
    if number is None or not divisor:
        return Amount(None) if isinstance(part, Amount) else None
    if isinstance(part, Amount):
        exact = _EXACT.divide(number, Decimal(divisor))
        return Amount(round_half_up(exact, MONEY_PLACES), part.is_bounded)
    return number / divisor


def _combine(sign: int) -> Callable[[Any, Any], Any]:
    def combine(left: Any, right: Any) -> Any:
        first, second = plain(left), plain(right)
        if first is None or second is None:
            return Amount(None) if isinstance(left, Amount) else None
        found = first + sign * second
        return Amount(found) if isinstance(left, Amount) else found

    return combine


_OF_SETS: Final[dict[str, Callable[..., Any]]] = {
    "rows": len,
    "sum": _sum,
    "mean": _mean,
    "median": _median,
    "pick": _pick,
    "half": lambda rows, column, by: rows[_half_at(rows, column) - 1][by] if rows else None,
    "half_rows": _half_at,
    "all": lambda rows, column: ", ".join(str(row[column]) for row in rows),
}
_OF_VALUES: Final[dict[str, Callable[..., Any]]] = {
    "div": _quotient,
    "part": Part,
    "add": _combine(1),
    "diff": _combine(-1),
}
