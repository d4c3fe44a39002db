"""Rows in the making: one list a table, turned into frames once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from pocketdev_analytics.schema import INSTANT, LINE_FRAMES, Schema

__all__ = ["Rows"]

Row = tuple[Any, ...]

#: What many lines of a file have in common: it is collected once and told by number.
_CONTEXT: Final[Schema] = {
    "file_id": pl.Int64,
    "session_id": pl.String,
    "project_path": pl.String,
    "git_branch": pl.String,
    "version": pl.String,
    "is_sidechain": pl.Boolean,
    "agent_id": pl.String,
}
#: What many responses have in common, likewise.
_KIND: Final[Schema] = {
    "source": pl.String,
    "is_advisor": pl.Boolean,
    "model": pl.String,
    "stop_reason": pl.String,
    "web_search_requests": pl.Int64,
    "speed": pl.String,
    "service_tier": pl.String,
    "inference_geo": pl.String,
}
_WITH_CONTEXT: Final = ("usage_lines", "tool_uses", "prompts", "api_errors", "session_events")


def _row_schema(table: str) -> Schema:
    """The columns of a table's rows, in their order, with numbers for what is told by number."""
    columns = dict(LINE_FRAMES[table])
    if table not in _WITH_CONTEXT:
        return {"file_id": pl.Int64, **columns}
    numbers = ["context_no"]
    told = set(_CONTEXT)
    if table == "usage_lines":
        numbers.append("kind_no")
        told |= set(_KIND)
    own = {name: dtype for name, dtype in columns.items() if name not in told}
    return {**dict.fromkeys(numbers, pl.UInt32), **own}


class Rows:
    """Collects the rows of a batch; each starts with the file or the context it came from.

    Rows of `usage_lines` start with `context_no` and `kind_no`, others with a line context
    with `context_no`, the rest with `file_id`; then come their columns of `schema`, without
    those told by number.
    """

    __slots__ = (*LINE_FRAMES, "contexts", "kinds")

    usage_lines: list[Row]
    tool_uses: list[Row]
    tool_results: list[Row]
    prompts: list[Row]
    api_errors: list[Row]
    session_events: list[Row]
    session_titles: list[Row]
    cost_states: list[Row]
    quarantine: list[Row]
    contexts: dict[Row, int]
    kinds: dict[Row, int]

    def __init__(self) -> None:
        for table in LINE_FRAMES:
            setattr(self, table, [])
        self.contexts, self.kinds = {}, {}

    def context(self, context: Row) -> int:
        """The number of a context: a file, and what a line says of its surroundings."""
        return self.contexts.setdefault(context, len(self.contexts))

    def kind(self, kind: Row) -> int:
        """The number of a kind of response."""
        return self.kinds.setdefault(kind, len(self.kinds))

    def sizes(self) -> tuple[int, ...]:
        """How many rows each table has."""
        return tuple(len(getattr(self, table)) for table in LINE_FRAMES)

    def cut(self, sizes: tuple[int, ...]) -> None:
        """Take out the rows that came in since `sizes` were these."""
        for table, size in zip(LINE_FRAMES, sizes, strict=True):
            del getattr(self, table)[size:]

    def frames(self) -> dict[str, pl.DataFrame]:
        """A frame a table: `file_id` and the columns of `schema.LINE_FRAMES`."""
        told = {
            "context_no": _frame(self.contexts, _CONTEXT),
            "kind_no": _frame(self.kinds, _KIND),
        }
        return {table: _table(table, getattr(self, table), told) for table in LINE_FRAMES}


def _table(table: str, rows: list[Row], told: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    if not rows:
        return _EMPTY[table]
    frame = _frame(rows, _ROW_SCHEMAS[table])
    common = [
        column
        for number, values in told.items()
        if number in frame.columns
        for column in values[frame[number]].get_columns()
    ]
    return frame.hstack(common).select(_EMPTY[table].columns) if common else frame


def _frame(rows: Iterable[Row], schema: Schema) -> pl.DataFrame:
    # Column by column is three times as fast as orient="row".
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pl.DataFrame(
        [
            _series(name, values, dtype)
            for (name, dtype), values in zip(schema.items(), columns, strict=True)
        ]
    )


def _series(name: str, values: Row, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    if dtype == INSTANT:  # instants come as microseconds
        return pl.Series(name, values, pl.Int64).cast(dtype)
    if isinstance(dtype, pl.Decimal) and values.count(None) == len(values):
        return pl.Series(name, values, pl.Int64).cast(dtype)  # hardly a line has an amount
    return pl.Series(name, values, dtype)


_ROW_SCHEMAS: Final = {table: _row_schema(table) for table in LINE_FRAMES}
_EMPTY: Final = {
    table: pl.DataFrame(schema={"file_id": pl.Int64, **schema})
    for table, schema in LINE_FRAMES.items()
}
