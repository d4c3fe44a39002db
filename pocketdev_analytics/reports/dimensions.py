"""The dimensions of reports: the expression of each, and the frames that have it.

A dimension over time is taken from the frame's own time column, in the asked
time zone: `responded_at` of a response, `prompted_at` of a prompt, and so on.
Grouping runs on a cheap key (a date, a naive hour); its label is made from the
few groups afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

import polars as pl

from pocketdev_analytics import model
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.settings.timezones import is_timezone, timezone_problem

__all__ = [
    "DIMENSIONS",
    "FACTS",
    "NO_NAME",
    "TIMES",
    "WEEKDAY",
    "WEEKDAYS",
    "Dimension",
    "Facts",
    "check_dimensions",
    "check_timezone",
    "check_week_start",
    "dimensions_of",
    "grouped",
    "local_date",
    "suggestion",
    "weekday_number",
    "weekday_type",
]

#: The days that a week may begin on.
WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
#: The type of the dimension `weekday`; it sorts from Monday.
WEEKDAY: Final = pl.Enum([name.title() for name in WEEKDAYS])
#: What a group without a name is shown as, and filtered by.
NO_NAME: Final = "(none)"


@dataclass(frozen=True, slots=True)
class Facts:
    """A frame of `History`: its schema and the column that says when."""

    at: str
    columns: model.Schema


FACTS: Final[dict[str, Facts]] = {
    "usage": Facts("responded_at", model.USAGE_COST),
    "prompts": Facts("prompted_at", model.PROMPTS),
    "tool_calls": Facts("called_at", model.TOOL_CALLS),
    "api_errors": Facts("occurred_at", model.API_ERRORS),
    "session_events": Facts("occurred_at", model.SESSION_EVENTS),
}


def _same(expression: pl.Expr) -> pl.Expr:
    return expression


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing to group by: from `column`, or from the local time where that is None.

    `key` turns the column (or local time) into what groups share, `label` turns
    that into what is shown. Where a frame lacks `column`, `otherwise` is the same.
    """

    meaning: str
    column: str | None = None
    otherwise: str | None = None
    key: Callable[[pl.Expr], pl.Expr] = _same
    label: Callable[[pl.Expr], pl.Expr] = _same

    def is_in(self, facts: Facts) -> bool:
        """Whether the frame has what this dimension is made of."""
        columns = facts.columns
        return self.column is None or self.column in columns or self.otherwise in columns


def _hour(local: pl.Expr) -> pl.Expr:
    # Without its zone: the hour that comes twice in autumn is one hour of that day.
    return local.dt.replace_time_zone(None).dt.truncate("1h")


def weekday_number(week_start: str) -> int:
    """Return 1 for Monday to 7 for Sunday.

    Raises:
        ReportError: `week_start` is not a weekday.
    """
    return WEEKDAYS.index(check_week_start(week_start)) + 1


def check_week_start(week_start: str) -> str:
    """Return `week_start` as `WEEKDAYS` spells it.

    Raises:
        ReportError: it is not a weekday.
    """
    name = week_start.strip().lower()
    if name not in WEEKDAYS:
        known = ", ".join(WEEKDAYS)
        raise ReportError(f"invalid week start {week_start!r}; choose one of: {known}")
    return name


def weekday_type(week_start: str = "monday") -> pl.Enum:
    """The type of the dimension `weekday`, which sorts from the week's first day."""
    first = weekday_number(week_start) - 1
    names = list(WEEKDAY.categories)
    return pl.Enum(names[first:] + names[:first])


def _week(week_start: str) -> Dimension:
    shift = weekday_number(week_start) - 1
    days = pl.duration(days=shift)
    return replace(
        DIMENSIONS["week"],
        key=lambda local: (local.dt.date() - days).dt.truncate("1w") + days,
    )


def _weekday(week_start: str) -> Dimension:
    first, kind = weekday_number(week_start), weekday_type(week_start)
    return replace(
        DIMENSIONS["weekday"],
        label=lambda number: _weekday_name(number, first, kind),
    )


def _weekday_name(number: pl.Expr, first: int = 1, kind: pl.Enum = WEEKDAY) -> pl.Expr:
    return ((number + 7 - first) % 7).cast(pl.UInt8).cat.to(kind)


DIMENSIONS: Final[dict[str, Dimension]] = {
    "day": Dimension("the date", key=lambda local: local.dt.date()),
    "week": Dimension(
        "the date of the week's first day", key=lambda local: local.dt.date().dt.truncate("1w")
    ),
    "month": Dimension(
        "such as 2026-11",
        key=lambda local: local.dt.date().dt.truncate("1mo"),
        label=lambda key: key.dt.to_string("%Y-%m"),
    ),
    "year": Dimension(
        "such as 2026",
        key=lambda local: local.dt.date().dt.truncate("1y"),
        label=lambda key: key.dt.to_string("%Y"),
    ),
    "hour": Dimension(
        "such as 2026-11-01 13:00", key=_hour, label=lambda key: key.dt.to_string("%Y-%m-%d %H:00")
    ),
    "weekday": Dimension(
        "Monday to Sunday, or from the week's first day on",
        key=lambda local: local.dt.weekday(),
        label=_weekday_name,
    ),
    "hour_of_day": Dimension("0 to 23", key=lambda local: local.dt.hour()),
    "model": Dimension("the model's id", "model"),
    "project": Dimension("the project worked on: a repository, folder or group", "project"),
    "folder": Dimension("the folder worked in, as it is", "folder", otherwise="project"),
    "session": Dimension("the session's id", "session_id"),
    "branch": Dimension("the git branch", "git_branch"),
    "agent": Dimension("main or subagent", "agent"),
    "agent_type": Dimension("the kind of subagent, such as Explore", "agent_type"),
    "machine": Dimension("the machine that the session file is from", "machine"),
    "product": Dimension("the agent product: claude, codex, pocketdev", "product"),
    "version": Dimension("the agent product's version", "version"),
    "requested_model": Dimension("the model that was asked for", "requested_model"),
    "provider": Dimension(
        "PocketDev's provider, such as claude_code; else who served it, where a gateway says so",
        "session_provider",
        otherwise="provider",
    ),
    "title": Dimension("the session's title", "session_title"),
    "workspace": Dimension("PocketDev's workspace", "workspace"),
    "pocketdev_agent": Dimension("the agent of PocketDev's that a person chose", "pocketdev_agent"),
    "screen": Dimension("the session of PocketDev's whose screens show it", "screen"),
    "working_directory": Dimension("PocketDev's working directory", "working_directory"),
    "conversation_status": Dimension(
        "PocketDev's status, such as processing or archived", "conversation_status"
    ),
    "deleted": Dimension("yes or no: whether PocketDev deleted it", "conversation_deleted"),
    "effort": Dimension("the effort that was asked for, such as high", "effort"),
    "entrypoint": Dimension("how the agent ran: cli, sdk-cli, exec", "entrypoint"),
    "session_kind": Dimension("the kind of session, such as bg (background)", "session_kind"),
    "team": Dimension("the team of agents", "team_name"),
    "skill": Dimension("the skill that asked", "attribution_skill"),
    "plugin": Dimension("the plugin that asked", "attribution_plugin"),
    "tool": Dimension("the tool's name", "tool"),
    "mcp_server": Dimension("the tool's MCP server", "mcp_server"),
    "error": Dimension("what the API error was", "error"),
    "status": Dimension("the API error's HTTP status", "status"),
    "kind": Dimension("error (it ended the turn) or retry", "kind"),
    "queue": Dimension("the queue of PocketDev's that a job is in", "queue"),
    "job": Dimension("the class of a job of PocketDev's", "job"),
}

#: The dimensions that go on, which two periods are compared by the position in.
TIMES: Final = ("hour", "day", "week", "month", "year")


def dimensions_of(*frames: str) -> tuple[str, ...]:
    """The dimensions that every one of these frames of `History` has, in order."""
    facts = [FACTS[frame] for frame in frames]
    return tuple(name for name, dimension in DIMENSIONS.items() if all(map(dimension.is_in, facts)))


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return the end of an error message with the most similar name, or nothing."""
    near = get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def check_dimensions(
    by: Sequence[str], allowed: Sequence[str], *, report: str, cure: str = ""
) -> tuple[str, ...]:
    """Return the dimensions to group by, with `-` read as `_` and without repeats.

    Raises:
        ReportError: a name is not a dimension of this report.
    """
    if isinstance(by, str):
        raise ReportError(f'by must be a list of names: by=["{by}"], not by="{by}"')
    names = tuple(dict.fromkeys(name.strip().lower().replace("-", "_") for name in by))
    for name in names:
        if name not in allowed:
            is_elsewhere = name in DIMENSIONS
            end = cure if is_elsewhere else suggestion(name, allowed)
            problem = (
                f"report {report!r} cannot be grouped by {name!r}"
                if is_elsewhere
                else f"unknown dimension {name!r} of report {report!r}"
            )
            raise ReportError(f"{problem}; expected one of: {', '.join(allowed)}{end}")
    return names


def check_timezone(timezone: str) -> str:
    """Return `timezone` if it is an IANA time zone that Polars knows too.

    Raises:
        ReportError: it is not.
    """
    if not is_timezone(timezone) or not _is_known_to_polars(timezone):
        raise ReportError(timezone_problem(timezone))
    return timezone


@lru_cache
def _is_known_to_polars(timezone: str) -> bool:
    moment = pl.Series([0]).cast(pl.Datetime("us", "UTC"))
    try:
        moment.dt.convert_time_zone(timezone)
    except pl.exceptions.PolarsError:
        return False
    return True


def local_date(facts: Facts, timezone: str) -> pl.Expr:
    """The date in `timezone` at which a row of the frame happened."""
    return _local(facts, timezone).dt.date()


def grouped(
    frame: pl.LazyFrame,
    by: Sequence[str],
    *,
    facts: Facts,
    timezone: str,
    measures: Sequence[pl.Expr],
    week_start: str = "monday",
) -> pl.LazyFrame:
    """`frame` with one row a group: the by-columns, then `measures`, sorted by the former.

    `by=()` gives exactly one row, also where the frame is empty.
    """
    if not by:
        return frame.select(measures)
    dimensions = {name: _dimension(name, week_start, frame) for name in by}
    keys = [_key(each, facts, timezone).alias(name) for name, each in dimensions.items()]
    labels = [each.label(pl.col(name)).alias(name) for name, each in dimensions.items()]
    return frame.group_by(keys).agg(measures).with_columns(labels).sort(list(by), nulls_last=True)


def _dimension(name: str, week_start: str, frame: pl.LazyFrame) -> Dimension:
    if name in _OF_WEEKS and check_week_start(week_start) != WEEKDAYS[0]:
        return _OF_WEEKS[name](week_start)
    dimension = DIMENSIONS[name]
    if dimension.otherwise and dimension.column not in frame.collect_schema():
        return replace(dimension, column=dimension.otherwise)
    return dimension


_OF_WEEKS: Final = {"week": _week, "weekday": _weekday}


def _key(dimension: Dimension, facts: Facts, timezone: str) -> pl.Expr:
    source = pl.col(dimension.column) if dimension.column else _local(facts, timezone)
    return dimension.key(source)


def _local(facts: Facts, timezone: str) -> pl.Expr:
    return pl.col(facts.at).dt.convert_time_zone(check_timezone(timezone))
