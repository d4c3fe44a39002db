"""Charts with their summaries, and sentences of the package as HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import polars as pl
from markupsafe import Markup

from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.figures import Frame
from pocketdev_analytics.model.history import coded_html

__all__ = ["chart", "marked_up", "summary_of"]

_SUMMARY: Final = "pocketdev_summary"


class _Figure(Protocol):
    def update_layout(self, **layout: Any) -> Any: ...


_AnyFigure = TypeVar("_AnyFigure", bound=_Figure)


def chart(
    draw: Callable[..., _AnyFigure], frame: Frame, *, nothing: str = "", **options: Any
) -> _AnyFigure:
    """Draw a chart with its summary, which a page shows under the title.

    Args:
        draw: A function of `charts`.
        frame: What it draws.
        nothing: The summary of a frame without rows.
        options: Options of the function.

    Returns:
        The figure; the summary is in its `layout.meta`.
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    figure = draw(rows, **options)
    summary: str = getattr(summaries, draw.__name__)(rows)
    figure.update_layout(meta={_SUMMARY: nothing if nothing and rows.is_empty() else summary})
    return figure


def summary_of(layout: dict[str, Any]) -> str:
    """The summary that `chart` put into a layout; empty for any other figure."""
    meta = layout.get("meta")
    return str(meta.get(_SUMMARY, "")) if isinstance(meta, dict) else ""


def marked_up(text: str) -> Markup:
    """Convert text to HTML, with what is between backticks as code."""
    return Markup(coded_html(text))  # noqa: S704  escaped there
