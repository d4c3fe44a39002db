"""The result of a report: rows, totals, and notes for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Self

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.redaction import Redaction
from pocketdev_analytics.reports.dimensions import suggestion
from pocketdev_analytics.reports.periods import Period

__all__ = ["ReportResult"]

# The columns that say when a row was, the coarsest first.
_TIMES = (*("year", "month", "week", "day", "hour"), *("started_at", "at", "last_at", "period"))


@dataclass(frozen=True, slots=True, repr=False)
class ReportResult:
    """The answer to a `ReportRequest`.

    Attributes:
        report: The name of the report.
        by: The dimensions that the rows are grouped by.
        timezone: The time zone of days and times.
        rows: A row a group, with the columns of the report's function.
        totals: The same columns over all groups; None where a total means nothing.
        unpriced_models: The models without a price; None where the report has no costs.
        rows_left_out: How many rows `limit` left out.
        period: The period of the rows, where it is compared.
        period_before: The period that it is compared with.
        title: The report, its grouping and period in words.
        notes: What a reader must know of the numbers, a sentence each.
        warnings: What is wrong with the settings, a sentence each.
        empty_reason: Why there is nothing to show; "" where there is.
        budget_state: For `budget`: `over` or `forecast over` where a running period is, else None.
        is_unmatched: Whether there is something to report, and the names of the filters match none.
        projects: Every project of the store, where rows name projects: what their short names
            must tell apart. Empty under redaction.
    """

    report: str
    by: tuple[str, ...]
    timezone: str
    rows: pl.DataFrame
    totals: dict[str, Any] | None = None
    unpriced_models: list[str] | None = None
    rows_left_out: int = 0
    period: Period | None = None
    period_before: Period | None = None
    title: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    empty_reason: str = ""
    budget_state: str | None = None
    projects: tuple[str, ...] = ()
    is_unmatched: bool = False

    def __repr__(self) -> str:
        return f"ReportResult({self.title!r}, rows={self.rows.height})"

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{escape(note)}</li>" for note in (*self.warnings, *self.notes))
        shown = f"<p>{escape(self.empty_reason)}</p>" if self.empty_reason else ""
        table = shown or self.rows._repr_html_()
        return f"<p>{escape(self.title)}</p>{table}<ul>{notes}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """Return the document that `report --format json` prints, with exact decimals."""
        document: dict[str, Any] = {
            "report": self.report,
            "by": list(self.by),
            "timezone": self.timezone,
        }
        for name, period in (("period", self.period), ("compared_with", self.period_before)):
            if period:
                document[name] = {"first": period.first, "last": period.last}
        document["rows"] = self.rows.to_dicts()
        if self.rows_left_out:
            document["rows_left_out"] = self.rows_left_out
        if self.totals is not None:
            document["totals"] = self.totals
        if self.unpriced_models is not None:
            document["unpriced_models"] = self.unpriced_models
        return document

    def sorted_by(self, text: str) -> Self:
        """Return the same with its rows sorted by a column, `-column` for the largest first.

        Raises:
            ReportError: there is no such column, or no such order.
        """
        name, is_descending = _parse_sorting(text)
        if name not in self.rows.columns:
            names = ", ".join(self.rows.columns)
            near = suggestion(name, self.rows.columns)
            raise ReportError(f"unknown column {text!r} to sort by; expected one of: {names}{near}")
        column = pl.col(name)
        # A list has no order of its own: it is sorted as it reads.
        key = column.list.join(", ") if self.rows.schema[name] == pl.List(pl.String) else column
        rows = self.rows.sort(key, descending=is_descending, nulls_last=True, maintain_order=True)
        return replace(self, rows=rows)

    def redacted(self, redaction: Redaction, order: Sequence[str]) -> Self:
        """Return the same with names replaced, sorted by the hashes so that no order tells."""
        rows = redaction.frame(self.rows)
        return replace(self, rows=rows.sort(order, nulls_last=True) if order else rows)

    def cut(self, limit: int) -> Self:
        """Return the same with its first `limit` rows."""
        left_out = max(0, self.rows.height - limit)
        return replace(
            self, rows=self.rows.head(limit), rows_left_out=self.rows_left_out + left_out
        )

    def latest(self, number: int) -> Self:
        """Return the same with its latest rows, in their order.

        Raises:
            ReportError: the rows have no time.
        """
        time = next((name for name in _TIMES if name in self.rows.columns), None)
        if time is None:
            raise ReportError(
                f"report {self.report!r} by {', '.join(self.by) or 'its own subject'} has no latest"
                " rows: they have no time; group by day, week or month"
            )
        places = pl.int_range(pl.len()).alias("place")
        order = [pl.col(time), pl.col("place")]
        kept = self.rows.select(places, time).sort(order, descending=[True, False], nulls_last=True)
        rows = self.rows[sorted(kept["place"].head(number))]
        left_out = self.rows.height - rows.height
        return replace(self, rows=rows, rows_left_out=self.rows_left_out + left_out)


def _parse_sorting(text: str) -> tuple[str, bool]:
    name, _, order = text.strip().lower().partition(":")
    if order not in {"", "asc", "desc"}:
        raise ReportError(f"unknown order {order!r} in {text!r}; expected :asc or :desc")
    is_descending = name.startswith("-") or order == "desc"
    return name.removeprefix("-").strip().replace("-", "_").replace(" ", "_"), is_descending
