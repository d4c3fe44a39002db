"""A report as the command line offers it."""

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
    """A report as the command line offers it.

    `by` is its default, `dimensions` what else it can be grouped by: where that
    is empty, `by` only names its grain. `facts` are the frames of `History` that
    it counts, so that an empty answer can say when the last of them was.
    `totals` is its row over everything, where that means something. `modelless`
    are the columns that know no model: a filter by model leaves them out, and
    where that is all of them (None), the report takes no such filter. `is_comparing`
    says that it needs a `Comparison`, `is_queue` PocketDev's queue. `compared` are the
    columns of which two periods can be compared. `has_projects` says that it tells of
    projects, however it is grouped. `nothing` is what to say instead of no rows. `is_fixed`
    says that it has rows also of nothing, which then are not worth showing. `order` are
    columns of names that rows of fixed grain are in the order of.
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

    def grouping(self, by: Sequence[str]) -> tuple[str, ...]:
        """The dimensions to group by: the asked ones, else the default.

        Raises:
            ReportError: a name is no dimension of this report.
        """
        if not by:
            return self.by
        if not self.dimensions:
            raise ReportError(
                f"report {self.name!r} is always by {' and '.join(self.by) or 'its own rows'};"
                " leave out --by"
            )
        cure = "; the report 'tools' groups tool calls" if "tool" in by else ""
        return check_dimensions(by, self.dimensions, report=self.name, cure=cure)
