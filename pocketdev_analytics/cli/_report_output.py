"""Write the result of a report: a table or Markdown to read; JSON, CSV or Parquet to process."""

from __future__ import annotations

import sys
from dataclasses import replace
from textwrap import fill
from typing import TYPE_CHECKING

import polars as pl

from pocketdev_analytics.charts.project_names import project_names
from pocketdev_analytics.cli._files import Target
from pocketdev_analytics.cli._output import (
    csv_text,
    excel_csv,
    has_decimal_comma,
    json_text,
    parquet_bytes,
    table_width,
)
from pocketdev_analytics.cli._text import printable, tell, unmarked
from pocketdev_analytics.cli._typed import typed_command
from pocketdev_analytics.cli._xlsx import xlsx_bytes
from pocketdev_analytics.formatting import count_of

if TYPE_CHECKING:
    from pocketdev_analytics.reports import ReportResult

__all__ = ["write_result"]


def write_result(
    target: Target, result: ReportResult, paths: str | None = None, csv_for: str | None = None
) -> None:
    """Write the result to the terminal or a file; messages go to the terminal.

    `paths` is `short` or `full`, how projects are shown; default is short for people to read.
    `csv_for` is `excel` for a CSV that Excel opens with a double click.

    Raises:
        ReportError: the file cannot be written.
    """
    is_read = target.is_to_read or target.format == "xlsx"
    if (paths or ("short" if is_read else "full")) == "short":
        result = replace(result, rows=_with_short_projects(result))
    target.write(_content(target, result, csv_for))
    if not target.is_to_read:
        for sentence in filter(None, (result.empty_reason, *result.warnings)):
            tell(sentence, err=True)
    if target.file:
        tell(f"{target.file}: {count_of(result.rows.height, 'row')}")


def _content(target: Target, result: ReportResult, csv_for: str | None) -> str | bytes:
    if target.format == "json":
        return json_text(result.to_dict())
    if target.format == "csv":
        return _csv(result, csv_for)
    if target.format == "parquet":
        return parquet_bytes(result.rows)
    return _workbook(result) if target.format == "xlsx" else _to_read(target, result)


def _csv(result: ReportResult, csv_for: str | None) -> str | bytes:
    if not csv_for:
        return csv_text(result.rows)
    return excel_csv(result.rows, decimal_comma=has_decimal_comma())


def _workbook(result: ReportResult) -> bytes:
    about = [result.title, result.empty_reason, *_sentences(result)]
    lines = [line for line in about if line]
    return xlsx_bytes(result.rows, name=result.report, about=lines, totals=result.totals)


def _to_read(target: Target, result: ReportResult) -> str:
    is_markdown = target.format == "markdown"
    if reason := result.empty_reason:
        return f"{unmarked(reason) if is_markdown else printable(reason)}\n"
    return _markdown(result) if is_markdown else _table(target, result)


def _markdown(result: ReportResult) -> str:
    from pocketdev_analytics.cli._table import markdown_text

    table = markdown_text(result.rows, by=result.by, totals=result.totals)
    sentences = "".join(f"- {unmarked(each)}\n" for each in _sentences(result))
    return f"{unmarked(result.title)}\n\n{table}\n{sentences}"


def _table(target: Target, result: ReportResult) -> str:
    from pocketdev_analytics.cli._table import table_text

    width = None if target.file else table_width()
    table = table_text(
        result.rows,
        by=result.by,
        totals=result.totals,
        width=width,
        encoding="utf-8" if target.file else sys.stdout.encoding or "utf-8",
    )
    title, *lines = (_wrap(printable(e), width) for e in (result.title, *_sentences(result)))
    return f"{title}\n\n{table}\n" + "".join(f"{line}\n" for line in lines)


def _with_short_projects(result: ReportResult) -> pl.DataFrame:
    """The rows with the display name of each project in place of its path, as on the pages."""
    rows = result.rows
    if rows.schema.get("project") != pl.String:
        return rows
    names = project_names([*result.projects, *rows["project"]])
    shown = [None if path is None else names[path] for path in rows["project"]]
    return rows.with_columns(project=pl.Series(shown, dtype=pl.String))


def _sentences(result: ReportResult) -> list[str]:
    left_out = []
    if number := result.rows_left_out:
        verb = "is" if number == 1 else "are"
        over = "; totals cover all rows" if result.totals else ""
        more = f"{count_of(number, 'more row')} {verb} not shown{over}."
        left_out = [f"{more} To see all rows: {typed_command(without='--limit')}"]
    return [*left_out, *result.warnings, *result.notes]


def _wrap(text: str, width: int | None) -> str:
    return fill(text, width, break_long_words=False, break_on_hyphens=False) if width else text
