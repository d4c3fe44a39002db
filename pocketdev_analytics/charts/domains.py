"""Domains: the names of a dimension, each known by its code, with what a page shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from pocketdev_analytics.charts.text import clean, project_names, shortened

__all__ = [
    "AGENT_NAMES",
    "NO_NAME",
    "Domain",
    "Entry",
    "agent_name",
    "agents",
    "days",
    "error_kinds",
    "models",
    "months",
    "named",
    "names_in_order",
    "projects",
    "runners",
    "tool_name",
    "tools",
    "weeks",
]

#: What stands for no name, in tables and in an address.
NO_NAME: Final = "(none)"
AGENT_NAMES: Final = {
    "main": "Main thread",
    "subagent": "Subagents",
    "advisor": "Advisors",
    "unlisted": "Unlisted calls",
}
_LONGEST_KEY: Final = 200
_LONGEST_EXACT: Final = 400
_LONGEST_TEXT: Final = 80


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a dimension, sorted, None last; `attributes` has a list of each, by value.

    The attributes `text` (what is shown), `exact` (the full name, where that is more) and `key`
    (what an address calls it) are those of every domain of names.
    """

    name: str
    values: tuple[Any, ...]
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def codes(self) -> dict[Any, int]:
        """The code of each value."""
        return {value: code for code, value in enumerate(self.values)}

    def entries(self) -> list[Entry]:
        """Every value as an entry."""
        return [Entry(self, code) for code in range(len(self.values))]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One value of a domain. Entries of one domain are equal where their codes are."""

    domain: Domain
    code: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and self.code == other.code

    def __hash__(self) -> int:
        return self.code

    def __str__(self) -> str:
        return str(self["text"])

    def __getitem__(self, attribute: str) -> Any:
        """An attribute of this value; the empty string where the domain has none."""
        known = self.domain.attributes.get(attribute)
        return "" if known is None else known[self.code]


def names_in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """The distinct values, sorted, None last."""
    distinct = set(values)
    return (*sorted(distinct - {None}), *({None} & distinct))


def named(name: str, values: Iterable[str | None]) -> Domain:
    """A domain of names that other people chose, such as branches."""
    known = names_in_order(values)
    return Domain(name, known, _texts(known, [value or NO_NAME for value in known]))


def models(values: Iterable[str | None], ranked: Sequence[str | None] = ()) -> Domain:
    """Models; `rank` is the place among `ranked`, the most expensive first: it decides colours."""
    known = named("model", values)
    places = {model: place for place, model in enumerate(ranked)}
    ranks = [places.get(value, len(places)) for value in known.values]
    return Domain("model", known.values, {**known.attributes, "rank": ranks})


def projects(values: Iterable[str | None]) -> Domain:
    """Project paths, by their last folder, the full path in `exact`."""
    known = names_in_order(values)
    short = project_names(known)
    attributes = _texts(known, [short[value] for value in known])
    paths = [clean((value or "")[:_LONGEST_EXACT]) for value in known]
    texts = [shortened(short[value], 60) for value in known]
    return Domain("project", known, {**attributes, "text": texts, "exact": paths})


def agents(values: Iterable[str | None]) -> Domain:
    """The main thread, subagents, and other callers of the API."""
    known = names_in_order(values)
    texts = [AGENT_NAMES.get(value or "", clean(value or NO_NAME)) for value in known]
    keys = [value or NO_NAME for value in known]
    return Domain("agent", known, {"text": texts, "exact": [""] * len(known), "key": keys})


def runners(values: Iterable[tuple[int, str | None]]) -> Domain:
    """The caller of the API: (number of the agent in `AGENT_NAMES`, type of the subagent)."""
    known = tuple(sorted(set(values), key=lambda value: (value[0], value[1] is None, value[1])))
    kinds = list(AGENT_NAMES)
    texts = [agent_name(kinds[number], kind) for number, kind in known]
    return Domain(
        "runner",
        known,
        {"text": texts, "exact": [""] * len(known), "kind": [number for number, _ in known]},
    )


def agent_name(agent: str, kind: str | None) -> str:
    """Format an agent and the type of a subagent: 'Subagents: Explore'."""
    name = AGENT_NAMES.get(agent, agent)
    return f"{name}: {shortened(kind, 60)}" if kind else name


def days(values: Iterable[date]) -> Domain:
    """Days."""
    return _dated("day", values)


def weeks(values: Iterable[date]) -> Domain:
    """Weeks, each by its Monday."""
    return _dated("week", (value - timedelta(days=value.weekday()) for value in values))


def months(values: Iterable[date | str]) -> Domain:
    """Months, as '2026-11'."""
    return _dated("month", (str(value)[:7] for value in values))


def tools(values: Iterable[str | None]) -> Domain:
    """Tools; `label` is the shorter name of a bar."""
    known = named("tool", values)
    labels = [shortened(tool_name(value or NO_NAME), 30) for value in known.values]
    return Domain("tool", known.values, {**known.attributes, "label": labels})


def tool_name(tool: str) -> str:
    """Format an MCP tool as 'server: tool'."""
    prefix, server, name = (*tool.split("__", 2), "", "")[:3]
    return f"{server}: {name}" if prefix == "mcp" and name else tool


def error_kinds(values: Iterable[tuple[str | None, int | None]]) -> Domain:
    """Kinds of API errors: (error, HTTP status), those without one first."""
    known = tuple(
        sorted(set(values), key=lambda v: (v[0] is not None, v[0], v[1] is not None, v[1]))
    )
    errors = [_cell(error) for error, _ in known]
    statuses = [str(status) if status is not None else NO_NAME for _, status in known]
    return Domain(
        "kind",
        known,
        {
            "text": [text for text, _ in errors],
            "exact": [exact for _, exact in errors],
            "status": statuses,
        },
    )


def moment(at: datetime | None) -> str:
    """Format a date and time to the minute; the empty string for None."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _dated(name: str, values: Iterable[Any]) -> Domain:
    known = tuple(sorted(set(values)))
    return Domain(name, known, {"text": [str(value) for value in known]})


def _texts(values: Sequence[str | None], texts: Sequence[str]) -> dict[str, list[str]]:
    cells = [_cell(text) for text in texts]
    return {
        "text": [text for text, _ in cells],
        "exact": [exact for _, exact in cells],
        "key": [_key(value) for value in values],
    }


def _cell(name: str | None) -> tuple[str, str]:
    """The shortened name, and the full one where that is more."""
    if name is None:
        return NO_NAME, ""
    text, full = shortened(name, _LONGEST_TEXT), clean(name[:_LONGEST_EXACT])
    return text, full if full != text else ""


def _key(value: str | None) -> str:
    """Return a name's form in an address: itself, unless it is very long or cannot be typed."""
    if value is None:
        return NO_NAME
    if len(value) <= _LONGEST_KEY and clean(value) == value:
        return value
    digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{clean(value[:60])}~{digest}"
