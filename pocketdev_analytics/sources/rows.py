"""Rows in the making: one list a table, turned into frames once a task.

What many rows have in common is told by number until the frames of a batch are put together:
of what goes from one process to another it would be two fifths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pocketdev_analytics.model import INSTANT, LINE_FRAMES, Schema

__all__ = ["Packed", "Rows", "unpacked"]

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
#: Which columns a number stands for, and which numbers the rows of a table begin with.
_TOLD: Final = {"context_no": _CONTEXT, "kind_no": _KIND}
_NUMBERS: Final = {
    "usage_lines": ("context_no", "kind_no"),
    **dict.fromkeys(("tool_uses", "prompts", "api_errors", "session_events"), ("context_no",)),
}


def _row_schema(table: str) -> Schema:
    """The columns of a table's rows, in their order, with numbers for what is told by number."""
    columns = LINE_FRAMES[table]
    numbers = _NUMBERS.get(table, ())
    told = {name for number in numbers for name in _TOLD[number]}
    own = {name: dtype for name, dtype in columns.items() if name not in told}
    return {**(dict.fromkeys(numbers, pl.UInt32) or {"file_id": pl.Int64}), **own}


@dataclass(frozen=True, slots=True)
class Packed:
    """Frames of rows, each with numbers for what is told by number, and what these stand for.

    `frames` has the tables that have rows, `told` one frame for each kind of number.
    """

    frames: dict[str, pl.DataFrame]
    told: dict[str, pl.DataFrame]

    def shifted(self, lines: int) -> Packed:
        """The same rows, as many lines later in their file."""
        later = {
            table: frame.with_columns(pl.col("line_no") + lines)
            for table, frame in self.frames.items()
        }
        return Packed(later, self.told)


def unpacked(parts: Sequence[Packed]) -> dict[str, pl.DataFrame]:
    """One frame a table, of all parts: `file_id` and the columns of `model.LINE_FRAMES`."""
    numbered: dict[str, list[pl.DataFrame]] = {table: [] for table in LINE_FRAMES}
    first = dict.fromkeys(_TOLD, 0)
    for part in parts:
        for table, frame in part.frames.items():
            later = [pl.col(number) + first[number] for number in _NUMBERS.get(table, ())]
            numbered[table].append(frame.with_columns(later))
        first = {number: count + part.told[number].height for number, count in first.items()}
    told = {
        number: pl.concat([pl.DataFrame(schema=schema), *(part.told[number] for part in parts)])
        for number, schema in _TOLD.items()
    }
    return {table: _spelt_out(table, frames, told) for table, frames in numbered.items()}


def _spelt_out(
    table: str, frames: list[pl.DataFrame], told: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    if not frames:
        return _EMPTY[table]
    frame = pl.concat(frames, rechunk=True)
    common = [
        column
        for number in _NUMBERS.get(table, ())
        for column in told[number][frame[number]].get_columns()
    ]
    return frame.hstack(common).select(_EMPTY[table].columns)


class Rows:
    """Collects the rows of a task; each starts with the file or the context it came from.

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

    def packed(self) -> Packed:
        """The rows as frames."""
        return Packed(
            frames={
                table: _frame(rows, _ROW_SCHEMAS[table])
                for table in LINE_FRAMES
                if (rows := getattr(self, table))
            },
            told={
                "context_no": _frame(self.contexts, _CONTEXT),
                "kind_no": _frame(self.kinds, _KIND),
            },
        )


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
