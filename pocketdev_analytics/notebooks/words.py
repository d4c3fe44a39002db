"""Words of the package as HTML, and what charts say in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import polars as pl
from markupsafe import Markup

from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.frames import Frame
from pocketdev_analytics.charts.text import project_names
from pocketdev_analytics.dashboard.cost_names import agent_name
from pocketdev_analytics.history import coded_html

__all__ = ["chart", "marked_up", "summary_of"]

_SUMMARY: Final = "pocketdev_summary"


class _Figure(Protocol):
    def update_layout(self, **layout: Any) -> Any: ...


_AnyFigure = TypeVar("_AnyFigure", bound=_Figure)


def chart(
    draw: Callable[..., _AnyFigure], frame: Frame, *, nothing: str = "", **options: Any
) -> _AnyFigure:
    """The figure that a function of `charts` draws of a frame, with what it says in words.

    The words are in the figure's `layout.meta`; `nothing` is what they are of a frame without
    rows. A page tells them under the title, and to those who do not see the chart. Projects
    and agents are called what they are on the dashboards. `options` are for the function.
    """
    rows = _named(frame.collect() if isinstance(frame, pl.LazyFrame) else frame)
    figure = draw(rows, **options)
    words: str = getattr(summaries, draw.__name__)(rows)
    figure.update_layout(meta={_SUMMARY: nothing if nothing and rows.is_empty() else words})
    return figure


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the columns that charts take names from, where they have what is named."""
    if {"agent", "agent_type"} <= {*rows.columns} and "name" not in rows.columns:
        names = [agent_name(*row) for row in rows.select("agent", "agent_type").iter_rows()]
        rows = rows.with_columns(name=pl.Series(names, dtype=pl.String))
    if "project" in rows.columns and "project_name" not in rows.columns:
        # Of all rows: of those that a chart shows, another name might be enough.
        known = project_names(rows["project"])
        called = [known[project] for project in rows["project"]]
        rows = rows.with_columns(project_name=pl.Series(called, dtype=pl.String))
    return rows


def summary_of(layout: dict[str, Any]) -> str:
    """What `chart` wrote of a figure with this layout; empty for any other figure."""
    meta = layout.get("meta")
    return str(meta.get(_SUMMARY, "")) if isinstance(meta, dict) else ""


def marked_up(text: str) -> Markup:
    """`text` as HTML, with what is between backticks as code."""
    return Markup(coded_html(text))  # noqa: S704  escaped there
