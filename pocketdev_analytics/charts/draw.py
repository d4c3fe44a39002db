"""Draw a declared panel: its title, chart, sentences, notes and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pocketdev_analytics.charts.rows import Row, Sets, Values
from pocketdev_analytics.charts.scope import Scope, say
from pocketdev_analytics.charts.shapes import Drawing, Figure, amounts, columns, cumulative, stack
from pocketdev_analytics.charts.shapes_ranked import calendar, hours, ranking, scatter, shares
from pocketdev_analytics.charts.tables import Table, table_of

__all__ = ["Drawn", "draw", "notes_of", "sentence"]

_SHAPES: Final = {
    "stack": stack,
    "columns": columns,
    "cumulative": cumulative,
    "ranking": ranking,
    "shares": shares,
    "calendar": calendar,
    "hours": hours,
    "scatter": scatter,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel as it is shown: the figure is plain Plotly data, without title and template."""

    title: str
    summary: str
    figure: Figure | None
    table: Table
    notes: tuple[str, ...]
    remark: str


def draw(
    panel: Mapping[str, Any],
    queried: Mapping[str, list[Row]],
    page: Mapping[str, Any],
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Drawn:
    """Draw a panel.

    Args:
        panel: Its declaration, see docs/internals/pages.md.
        queried: The rows of its queries by name; the only one is called `rows`.
        page: What is in scope of every text: `grain` ('day' or 'week'), `today`, `command`, …
        notes: The page's named notes, for a panel whose `notes` are a name.
    """
    scope, sets = scope_of(panel, queried, page)
    chart, table = panel.get("chart"), panel.get("table")
    today: date | None = page.get("today")
    drawing = Drawing(sets, scope, page["grain"], today)
    declared = panel.get("notes", ())
    said = (
        (notes or {}).get(declared, ())
        if isinstance(declared, str)
        else notes_of(declared, sets, scope)
    )
    return Drawn(
        say(panel["title"], scope),
        sentence(panel["summary"], scope),
        _SHAPES[chart["shape"]](chart, drawing) if chart else None,
        table_of(table, sets[table["set"]], scope) if table else Table((), ()),
        tuple(said),
        say(panel.get("remark", ""), scope),
    )


def scope_of(
    panel: Mapping[str, Any], queried: Mapping[str, list[Row]], page: Mapping[str, Any]
) -> tuple[Scope, Sets]:
    """The values in scope of a panel's texts, and its sets."""
    outer = Scope(page)
    sets = Sets(queried, panel.get("sets", {}), outer)
    return outer.under(Values(panel.get("values", {}), sets)), sets


def notes_of(declared: Sequence[Mapping[str, Any]], sets: Sets, scope: Scope) -> list[str]:
    """The notes that have something to say: one, or one for each row of a set."""
    found: list[str] = []
    for note in declared:
        if "each" not in note:
            found.append(say(note["text"], scope))
            continue
        rows, limit = sets[note["each"]], note["limit"]
        found += [say(note["text"], scope.under(amounts(row))) for row in rows[:limit]]
        if len(rows) > limit:
            found.append(say(note["more"], scope.under({"more": len(rows) - limit})))
    return [text for text in found if text]


def sentence(text: Any, scope: Scope) -> str:
    """A text as a sentence: "at least" at its beginning has a capital, a name keeps its letters."""
    said = say(text, scope)
    return f"At{said[2:]}" if said.startswith("at least ") else said
