"""The scope in which a declaration's texts and conditions are evaluated."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pocketdev_analytics.charts.domains import Entry
from pocketdev_analytics.charts.text import figure_label, shortened
from pocketdev_analytics.formatting import (
    count_of,
    format_change,
    format_day,
    format_duration,
    format_month,
    format_share,
    format_tokens,
    format_usd,
    round_half_up,
)

__all__ = ["Amount", "Part", "Scope", "Text", "holds", "plain", "say", "shell_quoted"]

#: A text of a declaration: a string with holes, or parts, each a text or a choice of two.
Text = Any

_HOLE: Final = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_SAFE: Final = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money, and whether it is a lower bound."""

    value: Decimal | None
    is_bounded: bool = False


class Part(NamedTuple):
    """A part and the whole that it is a share of."""

    part: Any
    whole: Any


class Scope:
    """Values by name: those of a row, over those of the panel, over those of the page."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        self._layers = layers

    def under(self, layer: Mapping[str, Any]) -> Scope:
        """The same scope with another layer on top."""
        return Scope(layer, *self._layers)

    def __getitem__(self, name: str) -> Any:
        """The value of a name; `entry.attribute` is an attribute of an entry.

        Raises:
            KeyError: no layer has the name.
        """
        for layer in self._layers:
            if name in layer:
                return layer[name]
        first, dot, attribute = name.partition(".")
        if dot:
            found = self[first]
            return found[attribute] if isinstance(found, Entry) else ""
        raise KeyError(name)


def plain(value: Any) -> Any:
    """The number behind an amount; every other value as it is."""
    return value.value if isinstance(value, Amount) else value


_TESTS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def holds(conditions: Sequence[Sequence[Any]], scope: Scope) -> bool:
    """Whether all conditions hold; nothing but `==`, `!=` and `unknown` holds of a null."""
    return all(_one_holds(condition, scope) for condition in conditions)


def _one_holds(condition: Sequence[Any], scope: Scope) -> bool:
    name, test, *constants = condition
    value = plain(scope[name])
    if test == "known":
        return value is not None
    if test == "unknown":
        return value is None
    (other,) = constants
    if isinstance(other, str) and other.startswith("@"):
        other = plain(scope[other[1:]])
    if test not in {"==", "!="} and (value is None or other is None):
        return False
    return _TESTS[test](value, other)


def say(text: Text, scope: Scope) -> str:
    """The text with its holes filled, see docs/internals/pages.md."""
    if isinstance(text, str):
        return _HOLE.sub(lambda hole: _fill(hole, scope), text)
    if isinstance(text, Mapping):
        return say(text["then"] if holds(text["when"], scope) else text.get("else", ""), scope)
    return "".join(say(part, scope) for part in text)


def _fill(hole: re.Match[str], scope: Scope) -> str:
    name, (how, *arguments) = hole[1], (hole[2] or "").split(" ")
    if how == "of":
        return _share(Part(scope[name], scope[arguments[0]]), ())
    given = [str(scope[each[1:]]) if each.startswith("&") else each for each in arguments]
    return _FORMATS[how](scope[name], given)


def _usd(value: Any, _: Sequence[str]) -> str:
    return format_usd(plain(value))


def _at_least(value: Any, *, is_full: bool) -> str:
    money = plain(value)
    bound = isinstance(value, Amount) and value.is_bounded and money is not None
    return f"{'at least ' if bound else ''}{format_usd(money, is_full=is_full)}"


def _share(value: Any, _: Sequence[str]) -> str:
    part, whole = value if isinstance(value, Part) else (value, 1)
    return format_share(plain(part) or 0, plain(whole) or 0)


def _dated(value: Any, _: Sequence[str]) -> str:
    return "" if value is None else format_day(date.fromisoformat(str(value)), is_full=True)


def shell_quoted(word: str) -> str:
    """A word as a shell takes it."""
    if _SAFE.fullmatch(word):
        return word
    quote = "'\"'\"'"
    return f"'{word.replace(chr(39), quote)}'"


_FORMATS: Final[dict[str, Callable[[Any, Sequence[str]], str]]] = {
    "": lambda value, _: "" if value is None else str(value),
    "usd": _usd,
    "cost": lambda value, _: _at_least(value, is_full=False),
    "exact": lambda value, _: _at_least(value, is_full=True),
    "bound": lambda value, _: (
        "at least"
        if isinstance(value, Amount) and value.is_bounded and value.value is not None
        else ""
    ),
    "tokens": lambda value, _: format_tokens(value or 0),
    "count": lambda value, _: f"{value or 0:,}",
    "share": _share,
    "change": lambda value, _: format_change(*map(plain, value)) or "",
    "duration": lambda value, _: format_duration(value or 0),
    "day": _dated,
    "month": lambda value, _: format_month(str(value)),
    "plural": lambda value, nouns: count_of(
        value or 0, *(each.replace("_", " ") for each in nouns)
    ),
    "name": lambda value, size: shortened(str(value), int(size[0])),
    "label": lambda value, size: figure_label(str(value), int(size[0])),
    "dec": lambda value, size: (
        "\u2013" if value is None else f"{round_half_up(value, int(size[0])):f}"
    ),
    "shell": lambda value, _: shell_quoted(str(value)),
}
