"""What the names on the cost page are: of sessions, projects, models, branches, days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import Any, Final, TypeGuard
from zoneinfo import ZoneInfo

import polars as pl

from pocketdev_analytics.charts.text import clean, shortened
from pocketdev_analytics.dashboard import tables
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.cube import Dictionary
from pocketdev_analytics.reports.blocks import WINDOW
from pocketdev_analytics.reports.dimensions import NO_NAME

__all__ = [
    "AGENT_NAMES",
    "agent_name",
    "agents",
    "days",
    "is_file_name",
    "models",
    "named",
    "projects",
    "runners",
    "session_link",
    "sessions",
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


def session_link(session: str | None, pages: Collection[str]) -> str:
    """Where a session's own page is, from the page beside the folder `sessions`; else nothing."""
    return f"sessions/{session}.html" if session in pages and is_file_name(session) else ""


def is_file_name(session: str | None) -> TypeGuard[str]:
    """Whether a session's id can be what its page is called."""
    return session is not None and _FILE_NAME.fullmatch(session) is not None


def sessions(
    ids: tuple[Any, ...], facts: pl.DataFrame, project: Dictionary, pages: Collection[str]
) -> Dictionary:
    """Sessions, with what is known of each whatever is in view. `facts` is `reports.sessions`."""
    known = pl.DataFrame({"session": ids}, schema={"session": pl.String}).join(
        facts.with_columns(tables.TITLE_OR_ID.alias("name")),
        on="session",
        how="left",
        maintain_order="left",
    )
    places = {value: place for place, value in enumerate(project.values)}
    titles = [tables.name(title) for title in known["name"]]
    lengths = [tables.minutes(value) for value in known["duration_minutes"]]
    return Dictionary(
        ids,
        {
            "text": [cell.text for cell in titles],
            "exact": [cell.exact for cell in titles],
            "has_title": [int(title is not None) for title in known["title"]],
            "id": [clean((session or NO_NAME)[:400]) for session in known["session"]],
            "link": [session_link(session, pages) for session in known["session"]],
            "started": [tables.instant(value).text for value in known["started_at"]],
            "length": [cell.text for cell in lengths],
            "minutes": [cell.exact for cell in lengths],
            "prompts": known["prompts"].fill_null(0).to_list(),
            "project": [places.get(value, -1) for value in known["project"]],
        },
    )


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
