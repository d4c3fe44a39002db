"""The filters that narrow all the facts of a history at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pocketdev_analytics.history import History
from pocketdev_analytics.reports.dimensions import FACTS, Facts, local_date

__all__ = ["Filters", "filter_history"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked to be looked at; no name and no date means no filter."""

    since: date | None = None
    until: date | None = None
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def without_period(self) -> Filters:
        """The same for all time."""
        return replace(self, since=None, until=None)

    def apply(self, history: History, *, timezone: str) -> History:
        """`filter_history`, and nothing but responses where models are named.

        What has no model cannot be of one.
        """
        narrowed = filter_history(
            history,
            since=self.since,
            until=self.until,
            projects=self.projects,
            models=self.models,
            timezone=timezone,
        )
        return narrowed.only_usage() if self.models else narrowed


def filter_history(
    history: History,
    *,
    since: date | None = None,
    until: date | None = None,
    projects: Sequence[str] = (),
    models: Sequence[str] = (),
    timezone: str = "UTC",
) -> History:
    """The rows from `since` to `until`, both included, of these projects and models.

    Dates are days of `timezone`. A project is a path and holds the folders below
    it; a model is its exact id. A filter narrows every frame that has the
    dimension: `models` leaves all but usage as they are, since a prompt has none.
    No name means no filter.
    """

    def narrowed(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        facts = FACTS[name]
        conditions = [
            *_in_period(facts, since, until, timezone),
            *_in_projects(projects),
            *_equal(facts, {"model": models}),
        ]
        return frame.filter(conditions) if conditions else frame

    return History(**{name: narrowed(name, frame) for name, frame in history.frames().items()})


def _in_period(
    facts: Facts, since: date | None, until: date | None, timezone: str
) -> list[pl.Expr]:
    # The same expression as the dimension `day`: a day's rows are the same
    # whether it is asked for alone or in a month, whatever its clocks did.
    day = local_date(facts, timezone)
    lower = [] if since is None else [day >= since]
    upper = [] if until is None else [day <= until]
    return lower + upper


def _in_projects(projects: Sequence[str]) -> list[pl.Expr]:
    return [pl.any_horizontal([_in_folder(project) for project in projects])] if projects else []


def _in_folder(path: str) -> pl.Expr:
    project = pl.col("project")
    folder = path.rstrip("/\\")
    below = [project.str.starts_with(folder + separator) for separator in "/\\"]
    return pl.any_horizontal([project == (folder or path), *below])


def _equal(facts: Facts, wanted: dict[str, Sequence[str]]) -> list[pl.Expr]:
    return [
        pl.col(column).is_in(list(values))
        for column, values in wanted.items()
        if values and column in facts.columns
    ]
