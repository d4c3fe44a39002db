"""The facts of the activity page: what was done, by everything that it can be filtered by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.charts import domains
from pocketdev_analytics.charts.domains import Domain
from pocketdev_analytics.pages.facts import Facts, Table, coded
from pocketdev_analytics.pages.sessions import session_domain
from pocketdev_analytics.reports import History
from pocketdev_analytics.reports.active_time import stretches
from pocketdev_analytics.reports.dimensions import FACTS, local_date

__all__ = ["ActivitySource", "activity_facts"]

_PLACE: Final = ("project", "branch", "machine", "product", "agent")
_DIMENSIONS: Final = {
    "acts": ("day", "session", *_PLACE, "model"),
    "hours": ("day", "hour", *_PLACE, "model"),
    "calls": ("day", *_PLACE, "tool"),
    "failures": ("day", *_PLACE, "kind"),
    "worked": ("day", *_PLACE),
}
_FRAMES: Final = {
    "prompts": {"prompts": pl.len()},
    "usage": {"responses": pl.col("response_count").sum()},
    "tool_calls": {
        "tool_calls": pl.len(),
        "tool_errors": pl.col("is_error").sum(),
        "lines_added": pl.col("lines_added").sum(),
        "lines_removed": pl.col("lines_removed").sum(),
    },
    "api_errors": {"api_errors": (pl.col("kind") == "error").sum()},
}
# What has no model is not a response without one.
_NO_MODEL: Final = "\u0000"
_MILLISECOND: Final = 1_000


@dataclass(frozen=True, slots=True)
class ActivitySource:
    """The data of the activity page.

    Attributes:
        history: What it shows.
        timezone: The days are those of this time zone.
        pages: The ids of the sessions that have a page next to this one.
        idle_minutes: A longer gap between two events is not active time.
        conversations: PocketDev's dimensions that it is filtered by, with their columns.
    """

    history: History
    timezone: str
    pages: Collection[str] = ()
    idle_minutes: float = reports.IDLE_MINUTES
    conversations: Mapping[str, str] = field(default_factory=dict)


def activity_facts(source: ActivitySource) -> Facts:
    """The facts of the activity page."""
    history, zone = _named(source), source.timezone
    tables_by = {name: (*by, *source.conversations) for name, by in _DIMENSIONS.items()}
    worked = stretches(history, source.idle_minutes).with_columns(_day("session_events", zone))
    lazy = {
        "acts": _acts(history, zone, tables_by["acts"]),
        "hours": _hours(history, zone, tables_by["hours"]),
        "calls": _calls(history, zone, tables_by["calls"]),
        "failures": _failures(history, zone, tables_by["failures"]),
        "worked": worked,
        "sessions": reports.sessions(history, timezone=zone, idle_minutes=source.idle_minutes),
    }
    made = dict(zip(lazy, pl.collect_all(list(lazy.values())), strict=True))
    tick = _tick(made["worked"])
    made["worked"] = _pieces(made["worked"], tick, tables_by["worked"])
    known = _domains(made, source, tables_by)
    tables = {
        name: Table(
            coded(made[name], known, dimensions),
            dimensions,
            ignores=("model",) if name == "worked" else (),
        )
        for name, dimensions in tables_by.items()
    }
    first, last = made["acts"]["day"].min(), made["acts"]["day"].max()
    days = (first, last) if isinstance(first, date) and isinstance(last, date) else None
    return Facts(tables, known, "acts", days, tick)


def _day(frame: str, zone: str) -> pl.Expr:
    return local_date(FACTS[frame], zone).alias("day")


def _named(source: ActivitySource) -> History:
    """Return the history with the names that the page has for its columns."""
    columns = {"branch": "git_branch", "session": "session_id", **source.conversations}
    names = [pl.col(column).alias(name) for name, column in columns.items()]
    frames = source.history.frames()
    return History(**{name: frame.with_columns(names) for name, frame in frames.items()})


def _acts(history: History, zone: str, by: Sequence[str]) -> pl.LazyFrame:
    """Return all kinds of activity; only responses have a model."""
    frames = history.frames()
    parts = []
    for name, measures in _FRAMES.items():
        model = pl.col("model") if name == "usage" else pl.lit(_NO_MODEL)
        named = frames[name].with_columns(_day(name, zone), model.alias("model"))
        if name == "api_errors":  # an error alone begins no session
            named = named.with_columns(session=pl.lit(None, pl.String))
        counts = {each: how.cast(pl.Int64) for each, how in measures.items()}
        parts.append(named.group_by(by).agg(**counts))
    counted = [each for measures in _FRAMES.values() for each in measures]
    return pl.concat(parts, how="diagonal").group_by(by).agg(pl.col(counted).sum())


def _hours(history: History, zone: str, by: Sequence[str]) -> pl.LazyFrame:
    local = pl.col("responded_at").dt.convert_time_zone(zone)
    named = history.usage.with_columns(_day("usage", zone), hour=local.dt.hour().cast(pl.Int64))
    return named.group_by(by).agg(responses=pl.col("response_count").sum().cast(pl.Int64))


def _calls(history: History, zone: str, by: Sequence[str]) -> pl.LazyFrame:
    """Tool calls; `known` are those whose result is known."""
    named = history.tool_calls.with_columns(_day("tool_calls", zone))
    return named.group_by(by).agg(
        calls=pl.len().cast(pl.Int64),
        errors=pl.col("is_error").sum().cast(pl.Int64),
        known=pl.col("is_error").count().cast(pl.Int64),
        lines_added=pl.col("lines_added").sum().cast(pl.Int64),
        lines_removed=pl.col("lines_removed").sum().cast(pl.Int64),
    )


def _failures(history: History, zone: str, by: Sequence[str]) -> pl.LazyFrame:
    failures = history.api_errors.filter(pl.col("kind").is_in(["error", "retry"]))
    places = [name for name in by if name != "kind"]
    rows = reports.errors(
        History(**{**history.frames(), "api_errors": failures}),
        by=[*places, "error", "status"],
        timezone=zone,
    )
    kinds = rows.with_columns(kind=pl.struct("error", "status"))
    return kinds.drop("sessions", "error", "status", "refusals", "fallbacks")


def _tick(worked: pl.DataFrame) -> int:
    """Microseconds of the smallest unit that occurs: mostly a millisecond."""
    ends = (worked[name] for name in ("started_at", "occurred_at"))
    is_finer = any((times.dt.microsecond() % _MILLISECOND != 0).any() for times in ends)
    return 1 if is_finer else _MILLISECOND


def _pieces(worked: pl.DataFrame, tick: int, by: Sequence[str]) -> pl.DataFrame:
    """Active time without overlaps in one place: `begin` and `length` in ticks.

    `begin` is counted from the midnight (UTC) before the day on which the piece ends.
    """
    start, end = pl.col("started_at"), pl.col("occurred_at")
    # A stretch that begins after all those before it have ended begins a new piece.
    is_new = (start > end.cum_max().shift().over(by)).fill_null(value=True)
    midnight = (
        (pl.col("day") - pl.duration(days=1)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )
    merged = (
        worked.sort(*by, "started_at", "occurred_at")
        .with_columns(piece=is_new.cast(pl.Int64).cum_sum().over(by))
        .group_by(*by, "piece")
        .agg(first=start.min(), last=end.max())
        .sort(*by, "first")
    )
    return merged.select(
        *by,
        begin=(pl.col("first") - midnight).dt.total_microseconds() // tick,
        length=(pl.col("last") - pl.col("first")).dt.total_microseconds() // tick,
    )


def _domains(
    made: Mapping[str, pl.DataFrame],
    source: ActivitySource,
    tables_by: Mapping[str, Sequence[str]],
) -> dict[str, Domain]:
    def values(name: str) -> set[Any]:
        frames = [made[table] for table, by in tables_by.items() if name in by]
        return {value for frame in frames for value in frame[name]}

    projects = domains.projects(values("project") | set(made["sessions"]["project"]))
    models = domains.models(values("model") - {_NO_MODEL})
    return {
        "day": domains.days(values("day")),
        "hour": Domain("hour", tuple(range(24)), {"text": list(range(24))}),
        "session": session_domain(
            made["acts"]["session"], made["sessions"], projects, source.pages
        ),
        "project": projects,
        "branch": domains.named("branch", values("branch")),
        "machine": domains.named("machine", values("machine")),
        "product": domains.named("product", values("product")),
        "agent": domains.agents(values("agent")),
        "model": _with_no_model(models),
        "tool": domains.tools(values("tool")),
        "kind": domains.error_kinds(
            (value["error"], value["status"]) for value in made["failures"]["kind"]
        ),
        **{name: domains.named(name, values(name)) for name in source.conversations},
    }


def _with_no_model(models: Domain) -> Domain:
    """The models, and an entry for what has none, which no filter offers."""
    attributes = {name: [*values, ""] for name, values in models.attributes.items()}
    attributes["key"] = [*models.attributes["key"], None]
    return Domain("model", (*models.values, _NO_MODEL), attributes)
