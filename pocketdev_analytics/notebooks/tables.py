"""Show the frame of a report as a table: money, counts, shares and dates in one style."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any, Final, Protocol

import polars as pl

from pocketdev_analytics.charts.text import clean, count, duration, percent, shortened, usd
from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.formatting import format_moment, format_number, format_usd
from pocketdev_analytics.notebooks.words import marked_up

if TYPE_CHECKING:
    from great_tables import GT

__all__ = ["MOST_ROWS", "QuerySource", "answer", "table"]

#: The maximum number of rows of a table by default.
MOST_ROWS: Final = 100

_BOUNDS: Final = ("lower_bound_responses", "unseen_calls", "unpriced_tokens")
_NOTHING: Final = "\u2013"
_ONE_LINE: Final = 48
_LONGEST: Final = 400
_HEADING_LINE: Final = 12
#: Columns of sentences with commands between backticks.
_SENTENCES: Final = ("detail",)
_UNITS: Final = {"_usd": ", USD", "_per_million": " per million, USD", "_bytes": ", bytes"}
_SHORT: Final = {"_at": "", "_rate": " rate", "_minutes": ""}
_NAMES: Final = {"mcp": "MCP", "api": "API", "id": "Id", "5m": "5 min", "1h": "1 h"}

# Colours are inherited from the notebook or page.
_STYLE: Final = """
.gt_table, .gt_table * {
  font-family: inherit !important; color: inherit !important;
  background-color: transparent !important;
  border-color: color-mix(in srgb, currentColor 22%, transparent) !important;
}
.gt_table {
  font-size: 13.5px !important; font-variant-numeric: tabular-nums; margin-left: 0 !important;
}
.gt_table { border-top-style: none !important; border-bottom-style: none !important; }
.gt_heading, .gt_col_headings { border-top-style: none !important; }
.gt_heading, .gt_table_body { border-style: none !important; }
.gt_table code { font-family: ui-monospace, monospace !important; }
.gt_title {
  font-weight: 600 !important; text-align: left !important; padding-left: 10px !important;
}
.gt_col_heading { font-weight: 600 !important; opacity: 0.75; }
.gt_row, .gt_col_heading .line { white-space: nowrap; }
.gt_row .long {
  display: inline-block; min-width: 24ch; max-width: 56ch; white-space: normal;
  overflow-wrap: anywhere;
}
.gt_sourcenotes, .gt_sourcenotes * { border-style: none !important; }
.gt_row, .gt_col_heading { padding-left: 10px !important; padding-right: 10px !important; }
"""

_NOTHING_TO_SHOW: Final = "Nothing to show."

Format = Callable[[Any], str]


def table(
    frame: pl.LazyFrame | pl.DataFrame,
    title: str | None = None,
    *,
    most: int = MOST_ROWS,
    nothing: str = _NOTHING_TO_SHOW,
) -> GT:
    """Return the first `most` rows of a frame as a great-tables table, which can be styled.

    Only the shown text is rounded, not the frame. Costs of rows with lower bounds or unpriced
    tokens are marked "\u2265", and the columns of these bounds are omitted. A table without rows
    shows the text `nothing`.

    Raises:
        ConfigurationError: the packages for notebooks are not installed.
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    shown = rows.head(most)
    bounded = _bounded(shown)
    id_ = _id_of(title, shown.columns)
    plain = shown.drop(_BOUNDS, strict=False)
    made = (
        _gt(pl.DataFrame({"said": [nothing]}), id_).tab_options(column_labels_hidden=True)
        if shown.is_empty()
        else _formatted(plain, bounded, id_)
    )
    if title:
        made = made.tab_header(title)
    if rows.height > shown.height:
        made = made.tab_source_note(f"The first {count(most)} of {count(rows.height)} rows.")
    return made.opt_css(_STYLE)


class QuerySource(Protocol):
    """A source of named queries, such as a store."""

    def question(self, name: str) -> str:
        """Return the question that a named query answers."""

    def named_query(
        self, name: str, parameters: Mapping[str, object] | None = None
    ) -> pl.DataFrame:
        """Return the rows of a named query."""


def answer(store: QuerySource, name: str, *, most: int = 15, **parameters: object) -> GT:
    """Return the first `most` rows of a named query as a `table` with its question as the title.

    Raises:
        QueryError: there is no such query, or a parameter is missing, unknown or invalid.
        ConfigurationError: the packages for notebooks are not installed.
    """
    question = store.question(name).partition("?")[0]
    title = f"{question[:1].upper()}{question[1:]}?"
    return table(store.named_query(name, parameters), title, most=most)


def _id_of(title: str | None, columns: Sequence[str]) -> str:
    """Return a stable id of a table, so that pages are reproducible."""
    named = "\n".join([title or "", *columns])
    return f"table-{sha256(named.encode()).hexdigest()[:10]}"


def _formatted(rows: pl.DataFrame, bounded: Sequence[int], id_: str) -> GT:
    made = _gt(rows, id_)
    for column, kind in rows.schema.items():
        shown = _sentence if column in _SENTENCES else _format(column, kind)
        made = made.fmt(shown, columns=column)
        if column.endswith("cost_usd") and bounded:
            made = made.fmt(_at_least, columns=column, rows=list(bounded))
    numbers = [column for column, kind in rows.schema.items() if kind.is_numeric()]
    made = made.cols_align("left").cols_align("right", numbers) if numbers else made
    return made.cols_label({column: _html(_heading(column)) for column in rows.columns})


def _gt(rows: pl.DataFrame, id_: str) -> GT:
    try:
        from great_tables import GT
    except ImportError:
        raise ConfigurationError(
            "tables need more packages; run: pip install 'pocketdev_analytics[notebooks]'"
        ) from None
    return GT(rows, id=id_)


def _html(text: str) -> Any:
    from great_tables import html

    return html(text)


def _bounded(rows: pl.DataFrame) -> list[int]:
    """Return the numbers of the rows whose costs are lower bounds."""
    known = [name for name in _BOUNDS if name in rows.columns]
    marks = [pl.col(name).fill_null(0) > 0 for name in known]
    if "is_lower_bound" in rows.columns:
        marks.append(pl.col("is_lower_bound").fill_null(value=False))
    if not marks:
        return []
    numbers: list[int] = rows.select(pl.arg_where(pl.any_horizontal(marks))).to_series().to_list()
    return numbers


def _format(column: str, kind: pl.DataType) -> Format:
    if column.endswith(("_usd", "_per_million")):
        return lambda value: _NOTHING if value is None else usd(value)
    if column.endswith(("rate", "share")):
        return lambda value: _NOTHING if value is None else percent(value, 1)
    if column.endswith("_minutes"):
        return _duration
    if isinstance(kind, pl.Datetime):
        return _instant
    return _number if kind.is_numeric() else _words


def _at_least(value: Any) -> str:
    return format_usd(value, is_at_least=True)


def _number(value: Any) -> str:
    if value is None:
        return _NOTHING
    return format_number(value)


def _instant(value: datetime | None) -> str:
    return _NOTHING if value is None else format_moment(value)


def _duration(value: float | None) -> str:
    return _NOTHING if value is None else duration(value)


def _sentence(value: Any) -> str:
    return _NOTHING if value is None else str(marked_up(clean(str(value))))


def _words(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    names = ", ".join(map(str, value)) if isinstance(value, list | pl.Series) else str(value)
    text = escape(shortened(names, _LONGEST))
    return f'<span class="long">{text}</span>' if len(names) > _ONE_LINE else text


def _heading(column: str) -> str:
    """Return the heading of a column as HTML in short lines: 'Cost, USD' for 'cost_usd'."""
    first, *words = _named(column).split(" ")
    lines = [first]
    for word in words:
        if len(lines[-1]) + len(word) < _HEADING_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return " ".join(f'<span class="line">{escape(line)}</span>' for line in lines)


def _named(column: str) -> str:
    for endings in (_UNITS, _SHORT):
        for ending, unit in endings.items():
            if column.endswith(ending):
                return _spelled(column.removesuffix(ending)) + unit
    return _spelled(column)


def _spelled(name: str) -> str:
    words = [_NAMES.get(word, word) for word in name.split("_")]
    first, *rest = words
    return " ".join([first[:1].upper() + first[1:], *rest])
