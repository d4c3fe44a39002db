"""What a page is made of: key figures, panels with a chart and a table, sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.frames import Frame
from pocketdev_analytics.dashboard.tables import Table

__all__ = ["KeyFigure", "Page", "Panel", "Section", "panel"]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number in large type.

    `exact` is shown on hover. `prefix` stands before the value ('at least'). `change` is
    against the equal period before. `spark` is the course of the number over the period, drawn
    small.
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

    `figure` is None for a panel that is only a table. `span` is how many of the
    twelve columns of the page it takes. `is_wide` lets a chart that cannot
    shrink be scrolled sideways within its panel on a phone.

    `live` names the function of the page's script that makes the panel anew from the page's
    cubes; without one the panel stays as it is whatever the filters. `remark` is told below it.
    """

    id: str
    title: str
    summary: str
    table: Table
    figure: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    span: int = 12
    is_wide: bool = False
    live: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One dashboard: everything on it that is made of the history.

    `cubes` is what its script filters (`packing.pack`), in the order in which it is read;
    `controls` is what it can be filtered by. `remark` is told at the top.
    """

    name: str
    title: str
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    cubes: tuple[bytes, ...] = ()
    controls: dict[str, Any] | None = None
    remark: str = ""

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels of all sections."""
        return tuple(panel for section in self.sections for panel in section.panels)


def panel(
    chart: Callable[..., go.Figure],
    frame: Frame,
    table: Table,
    *,
    notes: tuple[str, ...] = (),
    span: int = 12,
    is_wide: bool = False,
    live: str = "",
    remark: str = "",
    options: Mapping[str, Any] | None = None,
) -> Panel:
    """The panel of a chart: its title is the figure's, its summary the one of the same name.

    `options` are for the chart.
    """
    name = chart.__name__
    figure = chart(frame, **(options or {})).to_plotly_json()
    layout = figure["layout"]
    # The page gives each chart its template by the reader's light or dark, and its title as text.
    layout.pop("template")
    title = layout.pop("title")["text"]
    summary: str = getattr(summaries, name)(frame)
    return Panel(
        id=name.replace("_", "-"),
        title=title,
        summary=summary,
        table=table,
        figure=figure,
        notes=notes,
        span=span,
        is_wide=is_wide,
        live=live,
        remark=remark,
    )
