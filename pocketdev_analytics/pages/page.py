"""Pages as they are shown: declared panels and key figures drawn from facts, in sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pocketdev_analytics.charts.draw import draw, notes_of, scope_of
from pocketdev_analytics.charts.rows import BOUNDS, Row
from pocketdev_analytics.charts.scope import Part, Scope, holds, plain, say
from pocketdev_analytics.charts.tables import Table
from pocketdev_analytics.formatting import format_change, format_day, round_half_up
from pocketdev_analytics.pages.facts import Facts
from pocketdev_analytics.pages.keys import SPARK_DAYS
from pocketdev_analytics.pages.measures import MEASURES, MOST_DAYS
from pocketdev_analytics.pages.view import NO_VIEW, View, grain_of, query
from pocketdev_analytics.reports import Period

__all__ = ["KeyFigure", "Page", "PageSpec", "Panel", "Section", "draw_page", "spec_of"]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number in large type.

    `exact` is shown on hover, `prefix` before the value ('at least'). `change` compares with the
    equal period before; `spark` is the number over the last days, drawn small.
    """

    name: str
    value: str
    exact: str
    note: str = ""
    prefix: str = ""
    spark: tuple[float, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart with its title, its summary, and the table of its numbers.

    `figure` is None for a panel that is only a table. `span` is how many of the page's twelve
    columns it takes. `is_wide` lets a chart that cannot shrink scroll sideways on a phone. A
    panel that is not `is_live` is the same under every filter.
    """

    id: str
    title: str
    summary: str
    table: Table
    figure: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    span: int = 12
    is_wide: bool = False
    is_live: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `facts`, `spec` and `state` are what its script filters; None of a static page."""

    name: str
    title: str
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    facts: bytes = b""
    spec: Mapping[str, Any] | None = None
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def notice(self) -> str:
        """A notice about how the page was made; mostly empty."""
        return str(self.state.get("notice", ""))

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels of all sections."""
        return tuple(panel for section in self.sections for panel in section.panels)


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page as it is declared: its sections of panels, its key figures, its named notes."""

    name: str
    title: str
    sections: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    keys: Sequence[Mapping[str, Any]]
    main: str
    notes: Mapping[str, Any] = field(default_factory=dict)


def spec_of(page: PageSpec) -> dict[str, Any]:
    """The declarations as the page's script reads them."""
    return {
        "measures": MEASURES,
        "panels": {panel["id"]: panel for _, panels in page.sections for panel in panels},
        "notes": page.notes,
        "keys": list(page.keys),
        "main": page.main,
        "max_days": MOST_DAYS,
        "bounds": list(BOUNDS),
    }


def draw_page(
    page: PageSpec, facts: Facts, view: View = NO_VIEW, scope: Mapping[str, Any] | None = None
) -> Page:
    """The page of what is in view.

    Args:
        page: What is drawn.
        facts: What it is drawn from.
        view: The filters; the script of the page shows the same under them.
        scope: What texts may name besides the view: `command`, `today`, `idle_minutes`.
    """
    if facts.days is None:
        return Page(page.name, page.title, (), ())
    before = _before(facts, view)
    grain = grain_of(facts, view)
    known = {
        "has_model": True,
        "grain": grain,
        "Grain": grain.capitalize(),
        "has_before": before is not None,
        "has_period": view.period is not None,
        "before_days": _days(before.period) if before and before.period else "",
        **{f"is_filtered.{name}": bool(view.names.get(name)) for name in facts.domains},
        **(scope or {}),
    }
    notes = _notes(page.notes, facts, view, known)
    keys = [_key(key, facts, view, before, known) for key in page.keys]
    sections = tuple(
        Section(title, tuple(_panel(panel, facts, view, known, notes) for panel in panels))
        for title, panels in page.sections
    )
    return Page(page.name, page.title, tuple(key for key in keys if key), sections)


def _before(facts: Facts, view: View) -> View | None:
    """The equal period before, where the page knows all of it."""
    period = view.period.before() if view.period else None
    is_known = period is not None and facts.days is not None and period.first >= facts.days[0]
    return view.at(period) if is_known else None


def _days(period: Period) -> str:
    first, last = (format_day(day, is_full=True) for day in (period.first, period.last))
    return first if first == last else f"{first} \u2013 {last}"


def _panel(
    panel: Mapping[str, Any],
    facts: Facts,
    view: View,
    known: Mapping[str, Any],
    notes: Mapping[str, Sequence[str]],
) -> Panel:
    drawn = draw(panel, {"rows": query(facts, panel["query"], view)}, known, notes)
    return Panel(
        panel["id"],
        drawn.title,
        drawn.summary,
        drawn.table,
        drawn.figure,
        drawn.notes,
        panel.get("span", 12),
        is_wide=panel.get("is_wide", False),
        is_live=True,
        remark=drawn.remark,
    )


def _notes(
    declared: Mapping[str, Any], facts: Facts, view: View, known: Mapping[str, Any]
) -> dict[str, list[str]]:
    if not declared:
        return {}
    scope, sets = scope_of(declared, {"rows": query(facts, declared["query"], view)}, known)
    return {name: notes_of(notes, sets, scope) for name, notes in declared["notes"].items()}


def _key(
    key: Mapping[str, Any],
    facts: Facts,
    view: View,
    before: View | None,
    known: Mapping[str, Any],
) -> KeyFigure | None:
    if not holds(key.get("when", ()), Scope(known)):
        return None
    queried: dict[str, list[Row]] = {}
    for name, declared in key["query"].items():
        queried[name] = query(facts, declared, view)
        queried[f"before.{name}"] = query(facts, declared, before) if before else []
    scope, sets = scope_of(key, queried, known)
    notes = (say(note, scope) for note in key["notes"])
    spark_set, column = key.get("spark", ("", ""))
    return KeyFigure(
        say(key["name"], scope),
        say(key["value"], scope),
        say(key["exact"], scope),
        "; ".join(note for note in notes if note),
        say(key.get("prefix", ""), scope),
        _spark(sets[spark_set], column) if spark_set else (),
        _change(key.get("change"), scope, has_before=before is not None),
    )


def _change(change: Any, scope: Scope, *, has_before: bool) -> str:
    if change is None:
        return ""
    if isinstance(change, Mapping) and "from" in change:
        return _compare(scope[change["to"]], scope[change["from"]])
    if not has_before:
        return ""
    if isinstance(change, Mapping):
        name = change["points"]
        return _points(scope[name], scope[f"before.{name}"])
    return _compare(scope[change], scope[f"before.{change}"])


def _compare(now: Any, before: Any) -> str:
    numbers = plain(now), plain(before)
    if None in numbers:
        return ""
    return format_change(*numbers) or ""


def _points(now: Part, before: Part) -> str:
    """Format the change in percentage points."""
    if not (now.whole and before.whole):
        return ""
    shares = [Decimal(100 * share.part) / share.whole for share in (now, before)]
    difference = round_half_up(shares[0] - shares[1], 1)
    sign = "+" if difference > 0 else "-" if difference < 0 else "\u00b1"
    return f"{sign}{abs(difference):f} points"


def _spark(rows: Sequence[Row], column: str) -> tuple[float, ...]:
    """The values of the last days, 0 for days without a row."""
    known = {date.fromisoformat(str(row["day"])): row[column] for row in rows}
    if not known:
        return ()
    last = max(known)
    first = max(min(known), last - timedelta(days=SPARK_DAYS - 1))
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    return tuple(float(known.get(day) or 0) for day in days)
