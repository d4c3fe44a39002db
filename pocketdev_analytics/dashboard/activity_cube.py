"""The cubes of the activity page: what was done by session and day, and when it was worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard import activity_names, cost_names
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts
from pocketdev_analytics.dashboard.cube import Cube, Dictionary, cube, distinct, scale_of
from pocketdev_analytics.dashboard.packing import pack
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["Cubes", "cubes_of"]

_DONE: Final = (
    "prompts",
    "responses",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
)
_CALLS: Final = ("calls", "errors", "known", "lines_added", "lines_removed")
_ERRORS: Final = ("errors", "retries", "rate_limits")
_TIMES: Final = ("gap", "length")
_MILLISECOND: Final = 1_000
# What the page can do without: a cube, and the dictionary that only this one has.
_PARTS: Final = {"hours": ("hours", "hour"), "tools": ("calls", "tool")}


@dataclass(frozen=True, slots=True)
class Cubes:
    """The page's cubes by their names, what their numbers stand for, and the places of money.

    `tick` is how many microseconds a part of time is.
    """

    cubes: dict[str, Cube]
    dictionaries: dict[str, Dictionary]
    scale: int
    tick: int

    def packed(self) -> dict[str, bytes]:
        """The parts that the page carries: `base`, and what it can do without."""
        apart = {name for part in _PARTS.values() for name in part}
        cubes = {name: each for name, each in self.cubes.items() if name not in apart}
        names = {name: each for name, each in self.dictionaries.items() if name not in apart}
        parts = {
            part: pack({cube: self.cubes[cube]}, {name: self.dictionaries[name]})
            for part, (cube, name) in _PARTS.items()
        }
        return {"base": pack(cubes, names, self.scale), **parts}


def cubes_of(facts: ActivityFacts) -> Cubes:
    """The cubes of what the page shows.

    `acts` is everything that was done, `usage` the responses of each model, `hours` their
    hours; `calls` and `kinds` are tool calls and API errors, and `worked` has a cell for each
    time on the clock that was worked in a project.
    """
    cells = _cells(facts)
    scale = scale_of(facts.sessions["cost_usd"])
    # A fact may be the only one of its project, model or agent: take the names of all cells.
    known = {
        name: distinct(*(rows[name] for rows in cells.values() if name in rows.columns))
        for name in ("session", "project", "model", "agent")
    }
    known["project"] = distinct(
        pl.Series(known["project"], dtype=pl.String), facts.sessions["project"]
    )
    projects = cost_names.projects(known["project"])
    names = {
        "session": activity_names.sessions(known["session"], facts.sessions, projects, scale),
        "day": cost_names.days(
            [day for rows in cells.values() if "day" in rows.columns for day in rows["day"]]
        ),
        "project": projects,
        "model": cost_names.named(known["model"]),
        "agent": cost_names.agents(known["agent"]),
        "hour": Dictionary(tuple(range(24))),
        "tool": activity_names.tools(distinct(cells["calls"]["tool"])),
        "kind": activity_names.kinds(cells["kinds"]),
    }
    kinds = cells["kinds"].with_columns(kind=activity_names.kind())
    return Cubes(
        {
            "acts": _cube(cells["acts"], names, "session day project agent", _DONE),
            "usage": _cube(
                cells["usage"], names, "session day project model agent", ("responses",)
            ),
            "hours": _cube(cells["hours"], names, "day hour project model agent", ("responses",)),
            "calls": _cube(cells["calls"], names, "day project agent tool", _CALLS),
            "kinds": _cube(kinds, names, "day project agent kind", _ERRORS),
            "worked": _cube(cells["worked"], names, "day project", _TIMES),
        },
        names,
        scale,
        _tick(facts),
    )


def _cube(
    cells: pl.DataFrame, names: dict[str, Dictionary], by: str, counts: tuple[str, ...]
) -> Cube:
    return cube(cells, {name: names[name] for name in by.split()}, counts=counts)


def _cells(facts: ActivityFacts) -> dict[str, pl.DataFrame]:
    history, zone = facts.history, facts.timezone
    where = ["day", "project", "agent"]
    responses = history.only_usage()
    lazy = {
        "acts": reports.activity(history, by=["session", *where], timezone=zone),
        "usage": reports.activity(responses, by=["session", *where, "model"], timezone=zone),
        "hours": reports.activity(
            responses, by=[*where, "hour_of_day", "model"], timezone=zone
        ).rename({"hour_of_day": "hour"}),
        "calls": _calls(facts),
        "kinds": reports.errors(history, by=[*where, "error", "status"], timezone=zone),
        "worked": _worked(facts),
    }
    return dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))


def _calls(facts: ActivityFacts) -> pl.LazyFrame:
    """`reports.tools`, with how many calls have a known result in place of their rates."""
    day = local_date(FACTS["tool_calls"], facts.timezone)
    return facts.history.tool_calls.group_by("project", "agent", "tool", day=day).agg(
        calls=pl.len().cast(pl.Int64),
        errors=pl.col("is_error").sum().cast(pl.Int64),
        known=pl.col("is_error").count().cast(pl.Int64),
        lines_added=pl.col("lines_added").sum().cast(pl.Int64),
        lines_removed=pl.col("lines_removed").sum().cast(pl.Int64),
    )


def _worked(facts: ActivityFacts) -> pl.LazyFrame:
    """What was worked on the clock: a row for each time without a gap, by day and project.

    Times are in ticks, see `Cubes`: `gap` from the end of the one before, the first from the
    midnight (UTC) before the day, and `length`.
    """
    start, end = pl.col("started_at"), pl.col("occurred_at")
    place = ["day", "project"]
    # A stretch that begins after all those before it have ended begins something new.
    is_new = (start > end.cum_max().shift().over(place)).fill_null(value=True)
    midnight = (
        (pl.col("day") - timedelta(days=1)).cast(pl.Datetime("us")).dt.replace_time_zone(str(UTC))
    )
    before = pl.coalesce(pl.col("last").shift().over(place), midnight)
    return (
        facts.stretches.lazy()
        .sort(*place, "started_at", "occurred_at")
        .with_columns(piece=is_new.cast(pl.Int64).cum_sum().over(place))
        .group_by(*place, "piece")
        .agg(first=start.min(), last=end.max())
        .sort(*place, "piece")
        .select(
            *place,
            *(
                (part.dt.total_microseconds() // _tick(facts)).alias(name)
                for name, part in {
                    "gap": pl.col("first") - before,
                    "length": pl.col("last") - pl.col("first"),
                }.items()
            ),
        )
    )


def _tick(facts: ActivityFacts) -> int:
    """How many microseconds the smallest part is that occurs: mostly those of a millisecond."""
    ends = (facts.stretches[name] for name in ("started_at", "occurred_at"))
    is_finer = any((times.dt.microsecond() % _MILLISECOND != 0).any() for times in ends)
    return 1 if is_finer else _MILLISECOND
