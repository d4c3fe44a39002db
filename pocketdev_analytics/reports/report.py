"""The declaration of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports.dimensions import check_dimensions
from pocketdev_analytics.reports.inputs import ReportInput

__all__ = ["Compute", "Report"]

#: Computes the rows of a report, or its totals.
Compute = Callable[[ReportInput], pl.LazyFrame]


@dataclass(frozen=True, slots=True)
class Report:
    """The declaration of a report.

    Attributes:
        name: How it is called.
        help: One line about it.
        by: The dimensions that it is grouped by unless the request names some.
        rows: Computes its rows.
        facts: The frames of `History` that it counts; an empty result says when the last was.
        dimensions: The dimensions that it can be grouped by; empty where its rows are fixed.
        totals: Computes one row over everything, where a total means something.
        modelless: The columns that no filter by model applies to, which it leaves out; None
            where the report takes no such filter.
        has_money: Whether it has costs.
        is_comparing: Whether it needs a `Comparison`.
        is_queue: Whether it is about PocketDev's queue.
        compared: The columns that two periods are compared by.
        has_projects: Whether it names projects, however it is grouped.
        nothing: What to say instead of no rows.
        is_fixed: Whether it has rows even without usage, which then are not worth showing.
        order: The columns of names that rows of fixed grain are sorted by.
        has_estimate: Whether it can estimate what lower bounds leave out.
        remarks: What to say of its rows, a sentence or two each.
    """

    name: str
    help: str
    by: tuple[str, ...]
    rows: Compute
    facts: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    totals: Compute | None = None
    modelless: tuple[str, ...] | None = None
    has_money: bool = False
    is_comparing: bool = False
    is_queue: bool = False
    compared: tuple[str, ...] = ()
    has_projects: bool = False
    nothing: str = ""
    is_fixed: bool = False
    order: tuple[str, ...] = ()
    has_estimate: bool = False
    remarks: Callable[[pl.DataFrame], tuple[str, ...]] | None = None

    def grouping(self, by: Sequence[str]) -> tuple[str, ...]:
        """The dimensions to group by: the asked ones, else the default.

        Raises:
            ReportError: a name is not a dimension of this report.
        """
        if not by:
            return self.by
        if not self.dimensions:
            raise ReportError(
                f"report {self.name!r} cannot be grouped: its rows are by"
                f" {' and '.join(self.by) or 'its own subject'}"
            )
        cure = "; the report 'tools' groups tool calls" if "tool" in by else ""
        return check_dimensions(by, self.dimensions, report=self.name, cure=cure)
