"""A report's answer: its rows and totals, and how they are sorted, cut and written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import fill
from typing import Any

import polars as pl

from pocketdev_analytics.cli._files import Target
from pocketdev_analytics.cli._output import csv_text, json_text, parquet_bytes, table_width
from pocketdev_analytics.cli._text import printable, unmarked
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.formatting import count_of
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.reports import (
    Period,
    Question,
    Report,
    compare,
    suggestion,
    unpriced_models,
)

__all__ = ["Answer", "Compared", "answered", "titled", "written"]


@dataclass(frozen=True, slots=True)
class Compared:
    """The same question of the period before, and both periods."""

    before: Question
    period: Period
    period_before: Period

    def __str__(self) -> str:
        """The periods as a table's title says them."""
        return f", {self.period}, compared with {self.period_before}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows to show, how many more there are, and the totals over all of them."""

    rows: pl.DataFrame
    totals: dict[str, Any] | None
    unpriced_models: list[str] | None
    left_out: int = 0

    def sorted_by(self, text: str) -> Answer:
        """The same, sorted by a column: `cost_usd`, or `-cost_usd` for the largest first.

        Raises:
            ReportError: there is no such column.
        """
        name, is_descending = _sorting(text)
        columns = self.rows.columns
        if name not in columns:
            near = suggestion(name, columns)
            raise ReportError(
                f"there is no column {text!r} to sort by; there are {', '.join(columns)}{near}"
            )
        column = pl.col(name)
        # A list has no order of its own: it is sorted as it reads.
        key = column.list.join(", ") if self.rows.schema[name] == pl.List(pl.String) else column
        rows = self.rows.sort(key, descending=is_descending, nulls_last=True, maintain_order=True)
        return replace(self, rows=rows)

    def redacted(self, redaction: Redaction, by: Sequence[str]) -> Answer:
        """The same without names, sorted `by` what stands for them, so that no order tells."""
        rows = redaction.frame(self.rows)
        return replace(self, rows=rows.sort(by, nulls_last=True) if by else rows)

    def cut(self, limit: int) -> Answer:
        """The first `limit` rows of it."""
        return replace(self, rows=self.rows.head(limit), left_out=max(0, self.rows.height - limit))


def answered(
    entry: Report, asked: Question, compared: Compared | None = None, *, has_model: bool
) -> Answer:
    """What the report says; everything is read at once, so that it is read once."""
    frames = {"rows": _rows(entry, asked, compared)}
    if entry.totals:
        frames["totals"] = _totals(entry.totals, entry, asked, compared)
    if entry.has_money:
        frames["unpriced"] = unpriced_models(asked.history.usage)
    without = entry.modelless if has_model and entry.modelless else ()
    collected = dict(zip(frames, pl.collect_all(list(frames.values())), strict=True))
    totals, unpriced = collected.get("totals"), collected.get("unpriced")
    return Answer(
        _without(collected["rows"], without),
        None if totals is None else _without(totals, without).row(0, named=True),
        None if unpriced is None else unpriced["model"].fill_null("(none named)").to_list(),
    )


def written(
    format_: str, entry: Report, asked: Question, answer: Answer, compared: Compared | None
) -> str | bytes:
    """The answer in a format for programs."""
    if format_ == "json":
        return json_text(_document(entry, asked, answer, compared))
    return csv_text(answer.rows) if format_ == "csv" else parquet_bytes(answer.rows)


def titled(
    target: Target, title: str, answer: Answer, *, by: Sequence[str], notes: Sequence[str]
) -> str:
    """The answer for people: a title, the table, and what a reader of the numbers must know."""
    from pocketdev_analytics.cli._table import markdown_text, table_text

    sentences = [*_left_out(answer), *notes]
    if target.format == "markdown":
        table = markdown_text(answer.rows, by=by, totals=answer.totals)
        return f"{unmarked(title)}\n\n{table}\n" + "".join(
            f"- {unmarked(each)}\n" for each in sentences
        )
    width = None if target.file else table_width()
    table = table_text(
        answer.rows,
        by=by,
        totals=answer.totals,
        width=width,
        encoding="utf-8" if target.file else sys.stdout.encoding or "utf-8",
    )
    heading, *lines = (_wrapped(printable(each), width) for each in (title, *sentences))
    return f"{heading}\n\n{table}\n" + "".join(f"{each}\n" for each in lines)


def _wrapped(text: str, width: int | None) -> str:
    return fill(text, width, break_long_words=False, break_on_hyphens=False) if width else text


def _left_out(answer: Answer) -> list[str]:
    if not answer.left_out:
        return []
    verb = "is" if answer.left_out == 1 else "are"
    over = "; the totals are over all" if answer.totals else ""
    return [f"{count_of(answer.left_out, 'more row')} {verb} not shown{over}."]


def _sorting(text: str) -> tuple[str, bool]:
    name, _, order = text.strip().lower().partition(":")
    if order not in {"", "asc", "desc"}:
        raise ReportError(f"--sort {text!r} has no order {order!r}; write :asc or :desc")
    is_descending = name.startswith("-") or order == "desc"
    return name.removeprefix("-").strip().replace("-", "_").replace(" ", "_"), is_descending


def _without(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """The frame without columns that mean nothing, and what they are compared with."""
    others = ("", "_before", "_change", "_change_percent")
    return frame.drop([f"{name}{other}" for name in names for other in others], strict=False)


def _rows(entry: Report, asked: Question, compared: Compared | None) -> pl.LazyFrame:
    rows = entry.rows(asked)
    if compared is None:
        return rows
    return _both(rows, entry.rows(compared.before), entry, asked, compared, by=asked.by)


def _totals(totals: Any, entry: Report, asked: Question, compared: Compared | None) -> pl.LazyFrame:
    rows: pl.LazyFrame = totals(asked)
    if compared is None:
        return rows
    return _both(rows, totals(compared.before), entry, asked, compared, by=())


def _both(
    rows: pl.LazyFrame,
    before: pl.LazyFrame,
    entry: Report,
    asked: Question,
    compared: Compared,
    *,
    by: tuple[str, ...],
) -> pl.LazyFrame:
    return compare(
        rows,
        before,
        by=by,
        columns=entry.compared,
        period=compared.period,
        period_before=compared.period_before,
        week_start=asked.week_start,
    )


def _document(
    entry: Report, asked: Question, answer: Answer, compared: Compared | None
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "report": entry.name,
        "by": list(asked.by),
        "timezone": asked.timezone,
    }
    if compared:
        periods = {"period": compared.period, "compared_with": compared.period_before}
        document |= {name: {"first": p.first, "last": p.last} for name, p in periods.items()}
    document["rows"] = answer.rows.to_dicts()
    if answer.left_out:
        document["rows_left_out"] = answer.left_out
    if answer.totals is not None:
        document["totals"] = answer.totals
    if answer.unpriced_models is not None:
        document["unpriced_models"] = answer.unpriced_models
    return document
