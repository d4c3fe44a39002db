"""Panels that are drawn once: the page's script does not change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from pocketdev_analytics.charts.figures import Frame
from pocketdev_analytics.charts.rows import is_bounded
from pocketdev_analytics.charts.tables import Cell, Heading, Table, cell_of
from pocketdev_analytics.formatting import format_moment
from pocketdev_analytics.pages.page import Panel

__all__ = ["Column", "static_panel", "static_table"]

#: A column of a frame: its heading, how its cells are shown (`charts.tables`), whether it is text.
Column = tuple[str, str, bool]


def static_panel(
    chart: Callable[..., go.Figure],
    summary: Callable[[Frame], str],
    frame: Frame,
    table: Table,
    *,
    notes: tuple[str, ...] = (),
    span: int = 12,
    remark: str = "",
    **options: Any,
) -> Panel:
    """The panel of a chart function, which gets `options`: its title is the figure's."""
    figure = chart(frame, **options).to_plotly_json()
    layout = figure["layout"]
    # The page sets the template by its reader's light or dark, and shows the title as text.
    layout.pop("template")
    title = layout.pop("title")["text"]
    return Panel(
        chart.__name__.replace("_", "-"),
        title,
        summary(frame),
        table,
        figure,
        notes,
        span,
        remark=remark,
    )


def static_table(
    rows: pl.DataFrame, columns: Mapping[str, Column], most: int | None = None, report: str = ""
) -> Table:
    """The first rows of a frame, in these columns by their source; `report` has all of them."""
    shown = rows if most is None else rows.head(most)
    body = tuple(
        tuple(_cell(source, how, row) for source, (_, how, _) in columns.items())
        for row in shown.iter_rows(named=True)
    )
    headings = tuple(Heading(heading, is_text) for heading, _, is_text in columns.values())
    return Table(headings, body, rows.height - shown.height, report)


def _cell(source: str, how: str, row: Mapping[str, Any]) -> Cell:
    value = row[source]
    if how == "second":
        return Cell(format_moment(value, is_full=True))
    return cell_of(how, value, is_bounded=source == "cost_usd" and is_bounded(row))
