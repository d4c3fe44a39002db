"""Write results: a table for people, JSON, CSV and Parquet for programs.

Every writer is pure: it returns text or bytes. The order of rows and columns is the
frame's own.
"""

from __future__ import annotations

import csv
import io
import locale
import os
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, TypeVar

import click
import msgspec
import polars as pl
from polars import selectors as cs

__all__ = [
    "FORMATS",
    "csv_text",
    "decimal_text",
    "excel_csv",
    "format_option",
    "has_decimal_comma",
    "json_text",
    "parquet_bytes",
    "table_width",
]

FORMATS: Final = ("table", "json", "csv")

_Command = TypeVar("_Command", bound=Callable[..., Any])
_INT64: Final = 2**63
_CONTROL: Final = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# A spreadsheet takes a cell that begins so for a formula, and runs it.
# The wide signs are for those who type East Asian text.
_FORMULA: Final = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"


def format_option(command: _Command) -> _Command:
    """The option --format of a verb that prints an answer."""
    option = click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="table to read; json and csv with every digit.",
    )
    return option(command)


def json_text(document: object) -> str:
    """`document` as indented JSON: decimals are numbers with all their digits, dates ISO.

    Every control character is escaped: JSON asks so of some only, and a terminal acts on others.
    """
    text = msgspec.json.format(msgspec.json.encode(_exact(document)), indent=2).decode()
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def csv_text(frame: pl.DataFrame) -> str:
    """`frame` as CSV with a header line: exact numbers, ISO times, NULL as an empty cell.

    A text cell that a spreadsheet would run as a formula is prefixed with `'`.
    """
    cells = frame.with_columns(
        cs.decimal().map_batches(_decimal_texts, pl.String),
        cs.datetime().dt.to_string("iso:strict"),
        cs.binary().bin.encode("base64"),
        *(_join(name, kind) for name, kind in frame.schema.items() if kind.is_nested()),
    )
    is_text = [kind == pl.String or kind.is_nested() or kind in _NAMES for kind in frame.dtypes]
    texts = [name for name, yes in zip(frame.columns, is_text, strict=True) if yes]
    return (
        cells.with_columns(pl.col(texts).cast(pl.String).str.replace(_FORMULA, "'${0}"))
        .rename({name: _unrun(name) for name in frame.columns})
        .write_csv()
    )


def has_decimal_comma() -> bool:
    """Whether the locale of this machine writes a decimal comma."""
    with suppress(locale.Error):
        locale.setlocale(locale.LC_NUMERIC, "")
    is_comma = locale.localeconv()["decimal_point"] == ","
    locale.setlocale(locale.LC_NUMERIC, "C")
    return is_comma


def excel_csv(frame: pl.DataFrame, *, decimal_comma: bool) -> bytes:
    """`csv_text` as Excel opens it with a double click: a byte order mark, and its separators.

    Where the locale has a decimal comma, decimals are written with it and a semicolon separates.
    """
    text = csv_text(frame)
    if not decimal_comma:
        return text.encode("utf-8-sig", "surrogatepass")
    rows = list(csv.reader(io.StringIO(text)))
    numbers = {place for place, kind in enumerate(frame.dtypes) if kind.is_numeric()}
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    for row in rows[:1]:
        writer.writerow(row)
    for row in rows[1:]:
        writer.writerow(
            cell.replace(".", ",") if place in numbers else cell for place, cell in enumerate(row)
        )
    return file.getvalue().encode("utf-8-sig", "surrogatepass")


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """`frame` as Parquet: decimals as DECIMAL, times with their zone, weekdays as text."""
    file = io.BytesIO()
    frame.with_columns(cs.enum().cast(pl.String)).write_parquet(file)
    return file.getvalue()


def table_width() -> int | None:
    """The columns that a table may fill; None where nothing limits it, as in a file."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def decimal_text(number: Decimal) -> str:
    """All digits of `number`, without trailing zeros and without an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_NAMES: Final = (pl.Enum, pl.Categorical)


def _exact(value: object) -> object:
    """`value` with decimals and huge integers as the JSON text that keeps their digits."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    if isinstance(value, Decimal):
        return msgspec.Raw(decimal_text(value).encode())
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        return msgspec.Raw(str(value).encode())
    return value


def _decimal_texts(numbers: pl.Series) -> pl.Series:
    texts = [None if number is None else decimal_text(number) for number in numbers]
    return pl.Series(numbers.name, texts, pl.String)


def _json_texts(values: pl.Series) -> pl.Series:
    texts = [None if value is None else _compact(value) for value in values.to_list()]
    return pl.Series(values.name, texts, pl.String)


def _compact(value: object) -> str:
    return msgspec.json.encode(_exact(value)).decode()


def _join(name: str, kind: pl.DataType) -> pl.Expr:
    """A nested value in one cell: a list of texts with semicolons, anything else as JSON."""
    column = pl.col(name)
    is_texts = kind == pl.List(pl.String)
    return column.list.join("; ") if is_texts else column.map_batches(_json_texts, pl.String)


def _unrun(header: str) -> str:
    return str(pl.Series([header]).str.replace(_FORMULA, "'${0}").item())
