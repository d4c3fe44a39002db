"""Words of the package as HTML, and what charts say in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import polars as pl
from markupsafe import Markup, escape

from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.frames import Frame
from pocketdev_analytics.dashboard.cost_names import agent_name

__all__ = ["chart", "marked_up", "named_agents", "summary_of"]

_CODE: Final = re.compile("`([^`]+)`")
_SUMMARY: Final = "pocketdev_summary"


class _Figure(Protocol):
    def update_layout(self, **layout: Any) -> Any: ...


_AnyFigure = TypeVar("_AnyFigure", bound=_Figure)


def chart(draw: Callable[..., _AnyFigure], frame: Frame, **options: Any) -> _AnyFigure:
    """The figure that a function of `charts` draws of a frame, with what it says in words.

    The words are in the figure's `layout.meta`. A page tells them under the title, and to
    those who do not see the chart. `options` are for the function.
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    figure = draw(rows, **options)
    words: str = getattr(summaries, draw.__name__)(rows)
    figure.update_layout(meta={_SUMMARY: words})
    return figure


def named_agents(frame: Frame) -> pl.DataFrame:
    """The frame of `reports.agents` with what each is called on the dashboards, in `name`."""
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    names = [agent_name(*row) for row in rows.select("agent", "agent_type").iter_rows()]
    return rows.with_columns(name=pl.Series(names, dtype=pl.String))


def summary_of(layout: dict[str, Any]) -> str:
    """What `chart` wrote of a figure with this layout; empty for any other figure."""
    meta = layout.get("meta")
    return str(meta.get(_SUMMARY, "")) if isinstance(meta, dict) else ""


def marked_up(text: str) -> Markup:
    """`text` as HTML, with what is between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before
