"""Words of the package as HTML, and what charts say in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import polars as pl
from markupsafe import Markup, escape

from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.frames import Frame

__all__ = ["chart", "marked_up", "summary_of"]

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


def summary_of(layout: dict[str, Any]) -> str:
    """What `chart` wrote of a figure with this layout; empty for any other figure."""
    meta = layout.get("meta")
    return str(meta.get(_SUMMARY, "")) if isinstance(meta, dict) else ""


def marked_up(text: str) -> Markup:
    """`text` as HTML, with what is between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before
