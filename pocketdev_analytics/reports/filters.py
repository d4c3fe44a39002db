"""The filters that narrow all the facts of a history at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import polars as pl

from pocketdev_analytics.model.history import History
from pocketdev_analytics.model.paths import canonical_path
from pocketdev_analytics.reports.dimensions import FACTS, NO_NAME, Facts, local_date

__all__ = ["Filters", "filter_history", "in_period", "in_projects"]


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a report, see `filter_history`; an empty filter matches everything."""

    since: date | None = None
    until: date | None = None
    projects: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()
    pocketdev_agents: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    working_directories: tuple[str, ...] = ()
    conversation_statuses: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    def without_period(self) -> Filters:
        """The same for all time."""
        return replace(self, since=None, until=None)

    def apply(self, history: History, *, timezone: str) -> History:
        """`filter_history`, and nothing but responses where models are named.

        What has no model cannot be of one.
        """
        asked = {field.name: getattr(self, field.name) for field in fields(self)}
        narrowed = filter_history(history, **asked, timezone=timezone)
        return narrowed.only_usage() if self.models else narrowed


def filter_history(
    history: History,
    *,
    since: date | None = None,
    until: date | None = None,
    projects: Sequence[str] = (),
    models: Sequence[str] = (),
    branches: Sequence[str] = (),
    sessions: Sequence[str] = (),
    agents: Sequence[str] = (),
    machines: Sequence[str] = (),
    products: Sequence[str] = (),
    providers: Sequence[str] = (),
    titles: Sequence[str] = (),
    workspaces: Sequence[str] = (),
    pocketdev_agents: Sequence[str] = (),
    screens: Sequence[str] = (),
    working_directories: Sequence[str] = (),
    conversation_statuses: Sequence[str] = (),
    deleted: Sequence[str] = (),
    timezone: str = "UTC",
) -> History:
    """The rows from `since` to `until`, both included, that are of these names.

    Dates are days of `timezone`. A project is a path, which holds the folders
    below it, or the name of a group; after `group_projects` a path is also found
    among the folders as they were. All else is exact: a model's id, a branch, a
    session's id, the agent `main` or `subagent`, a machine, an agent product, PocketDev's names
    of a session (`deleted`: `yes` or `no`). `(none)` is what has no name.

    Several names of a kind are together, names of several kinds all hold. A
    filter narrows every frame that has the dimension: `models` leaves all but
    usage as they are, since a prompt has none. No name means no filter.
    """
    exact = {
        "model": models,
        "git_branch": branches,
        "session_id": sessions,
        "agent": agents,
        "machine": machines,
        "product": products,
        "session_provider": providers,
        "session_title": titles,
        "workspace": workspaces,
        "pocketdev_agent": pocketdev_agents,
        "screen": screens,
        "working_directory": working_directories,
        "conversation_status": conversation_statuses,
        "conversation_deleted": deleted,
    }

    def narrowed(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        facts = FACTS[name]
        conditions = [
            *in_period(facts, since, until, timezone),
            *([in_projects(projects, frame)] if projects else []),
            *_equal(facts, exact),
        ]
        return frame.filter(conditions) if conditions else frame

    return History(**{name: narrowed(name, frame) for name, frame in history.frames().items()})


def in_period(facts: Facts, since: date | None, until: date | None, timezone: str) -> list[pl.Expr]:
    """Whether a row happened from `since` to `until`; nothing to hold where both are None."""
    # The same expression as the dimension `day`: a day's rows are the same
    # whether it is asked for alone or in a month, also when clocks change.
    day = local_date(facts, timezone)
    lower = [] if since is None else [day >= since]
    upper = [] if until is None else [day <= until]
    return lower + upper


def in_projects(projects: Sequence[str], frame: pl.LazyFrame) -> pl.Expr:
    """Whether a row of `frame` is of these projects: the one rule, see `filter_history`."""
    columns = [name for name in ("project", "folder") if name in frame.collect_schema()]
    return pl.any_horizontal(
        [_in_folder(pl.col(column), project) for column in columns for project in projects]
    )


def _in_folder(column: pl.Expr, path: str) -> pl.Expr:
    if path == NO_NAME:
        return column.is_null()
    # A path as it was typed, also if the frame has not been grouped.
    spellings = dict.fromkeys([canonical_path(path), path.rstrip("/\\") or path])
    found = [column == each for each in spellings]
    stems = {each.rstrip("/\\") for each in spellings}
    found += [column.str.starts_with(f"{stem}{end}") for stem in stems for end in "/\\"]
    return pl.any_horizontal(found).fill_null(value=False)


def _equal(facts: Facts, wanted: dict[str, Sequence[str]]) -> list[pl.Expr]:
    return [
        _one_of(pl.col(column), values)
        for column, values in wanted.items()
        if values and column in facts.columns
    ]


def _one_of(column: pl.Expr, values: Sequence[str]) -> pl.Expr:
    is_one = column.is_in(list(values)).fill_null(value=False)
    return is_one | column.is_null() if NO_NAME in values else is_one
