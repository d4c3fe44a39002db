"""What the names on the cost page are: of sessions, projects, models, branches, days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, TypeGuard
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.charts.text import clean, shortened
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.cube import Dictionary, distinct
from pocketdev_analytics.dashboard.weight import NOTHING_LEFT_OUT, UNNAMED, Left
from pocketdev_analytics.reports.blocks import WINDOW
from pocketdev_analytics.reports.dimensions import NO_NAME

__all__ = [
    "AGENT_NAMES",
    "agent_name",
    "agents",
    "days",
    "in_time",
    "is_file_name",
    "models",
    "named",
    "projects",
    "runners",
    "session_link",
    "session_names",
    "sessions",
    "teams",
    "windows",
]

AGENT_NAMES: Final = {"main": "Main thread", "subagent": "Subagents", "advisor": "Advisors"}
_LONGEST_KEY: Final = 200
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,127}", re.ASCII)


def named(values: tuple[Any, ...]) -> Dictionary:
    """Names that others chose: what is shown, the whole, and what a link calls it."""
    cells = [tables.name(value) for value in values]
    return Dictionary(
        values,
        {
            "text": [cell.text for cell in cells],
            "exact": [cell.exact for cell in cells],
            "key": [_key(value) for value in values],
        },
    )


def models(values: tuple[Any, ...], ranked: tuple[str | None, ...]) -> Dictionary:
    """Models, each with its rank among those of the page, which its usual colour follows."""
    places = {model: place for place, model in enumerate(ranked)}
    known = named(values)
    ranks = [places.get(value, len(places)) for value in values]
    return Dictionary(values, {**known.attributes, "rank": ranks})


def projects(values: tuple[Any, ...]) -> Dictionary:
    """Project paths, by their last folder."""
    show = tables.project(values)
    cells = [show(value) for value in values]
    return Dictionary(
        values,
        {
            "text": [cell.text for cell in cells],
            "exact": [cell.exact for cell in cells],
            "key": [_key(value) for value in values],
        },
    )


def days(values: Iterable[date]) -> Dictionary:
    """Days, with the first day of the week of each."""
    known = sorted(set(values))
    weeks = [day - timedelta(days=day.weekday()) for day in known]
    return Dictionary(tuple(known), {"text": [*map(str, known)], "week": [*map(str, weeks)]})


def session_link(session: str | None, pages: Collection[str | None]) -> str:
    """Where a session's own page is, from the page beside the folder `sessions`; else nothing."""
    return f"sessions/{session}.html" if session in pages and is_file_name(session) else ""


def is_file_name(session: str | None) -> TypeGuard[str]:
    """Whether a session's id can be what its page is called."""
    return session is not None and _FILE_NAME.fullmatch(session) is not None


def in_time(ids: pl.Series, facts: pl.DataFrame) -> tuple[Any, ...]:
    """The distinct ids of sessions as they began: those of a day lie close, so steps are small."""
    began = dict(facts.select("session", "started_at").iter_rows())
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(distinct(ids), key=lambda each: (began.get(each) or last, each or "")))


def sessions(ids: tuple[Any, ...], facts: pl.DataFrame, project: Dictionary) -> Dictionary:
    """Sessions, with what is known of each whatever is in view. `facts` is `reports.sessions`.

    `order` is the place of each among all by their ids, which equals are sorted by.
    """
    order = {value: place for place, value in enumerate(distinct(pl.Series(ids, dtype=pl.String)))}
    known = _known(ids, facts)
    places = {value: place for place, value in enumerate(project.values)}
    return Dictionary(
        ids,
        {
            "started": [_minute(value) for value in known["started_at"]],
            "minutes": known["duration_minutes"].to_list(),
            "prompts": known["prompts"].fill_null(0).to_list(),
            "project": [places.get(value, -1) for value in known["project"]],
            "order": [order[value] for value in ids],
        },
    )


def session_names(
    ids: tuple[Any, ...], facts: pl.DataFrame, page: CostFacts, left: Left = NOTHING_LEFT_OUT
) -> Dictionary:
    """What sessions are called: a title, where that is known, an id, and the page of their own."""
    known = _known(ids, facts)
    named = [left.is_named(value) for value in ids]
    titles = [
        tables.name(title if is_named else UNNAMED) if title is not None or not is_named else None
        for title, is_named in zip(known["title"], named, strict=True)
    ]
    return Dictionary(
        ids,
        {
            "text": [title.text if title else "" for title in titles],
            "exact": [title.exact if title else "" for title in titles],
            "has_title": [int(title is not None) for title in titles],
            "id": [
                clean((session or NO_NAME)[:400]) if is_named else ""
                for session, is_named in zip(ids, named, strict=True)
            ],
            "link": [
                session_link(session, page.pages) if is_named else ""
                for session, is_named in zip(ids, named, strict=True)
            ],
        },
    )


def _known(ids: tuple[Any, ...], facts: pl.DataFrame) -> pl.DataFrame:
    """The row of each session, in the order of `ids`."""
    return pl.DataFrame({"session": ids}, schema={"session": pl.String}).join(
        facts, on="session", how="left", maintain_order="left"
    )


def _minute(at: datetime | None) -> int:
    """The minute that clocks showed, counted as if they had been in UTC all along."""
    return -1 if at is None else int(at.replace(tzinfo=UTC).timestamp()) // 60


def agents(values: tuple[Any, ...]) -> Dictionary:
    """Main or subagent."""
    texts = [AGENT_NAMES.get(value, clean(value or NO_NAME)) for value in values]
    return Dictionary(values, {"text": texts, "key": [value or NO_NAME for value in values]})


def runners(values: tuple[Any, ...]) -> Dictionary:
    """What responded: '0' the main thread, '1:Explore' and '2' subagents, '3' advisors."""
    names = {"0": "main", "1": "subagent", "2": "subagent", "3": "advisor"}
    texts = [agent_name(names[value[0]], value[2:] or None) for value in values]
    kinds = [list(AGENT_NAMES).index(names[value[0]]) for value in values]
    return Dictionary(values, {"text": texts, "kind": kinds})


def teams(column: pl.Series) -> Dictionary:
    """Which runners there were together, as places among those of `runners`."""
    found = distinct(column)
    runners = sorted({runner for team in found for runner in team.split("\n")})
    places = {runner: place for place, runner in enumerate(runners)}
    return Dictionary(
        found, {"runners": [[places[runner] for runner in team.split("\n")] for team in found]}
    )


def windows(values: tuple[Any, ...], facts: CostFacts) -> Dictionary:
    """Five-hour windows: when each begins and ends, and the day it begins on."""
    zone, now = ZoneInfo(facts.timezone), facts.made_at
    ends = [(value.astimezone(UTC) + WINDOW).astimezone(zone) for value in values]
    return Dictionary(
        values,
        {
            "text": [tables.instant(value).text for value in values],
            "ends": [tables.instant(end).text for end in ends],
            "day": [str(value.date()) for value in values],
            "is_running": [int(at <= now < end) for at, end in zip(values, ends, strict=True)],
        },
    )


def agent_name(agent: str, kind: str | None) -> str:
    """What responded, to read."""
    name = AGENT_NAMES.get(agent, agent)
    return f"{name}: {shortened(kind, 60)}" if kind else name


def _key(value: str | None) -> str:
    """What a link calls a name: itself, unless it is very long or could not be typed."""
    if value is None:
        return NO_NAME
    if len(value) <= _LONGEST_KEY and clean(value) == value:
        return value
    digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{clean(value[:60])}~{digest}"
