"""The sessions of a page: name, time, duration and cost of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Final, TypeGuard

import polars as pl

from pocketdev_analytics.charts.domains import NO_NAME, Domain, moment
from pocketdev_analytics.charts.rows import BOUNDS
from pocketdev_analytics.charts.text import clean, shortened

__all__ = ["is_file_name", "session_domain", "session_link"]

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,127}", re.ASCII)
_LONGEST: Final = 80
_COUNTS: Final = ("prompts", "responses", "subagent_responses", "tool_calls")


def session_domain(
    ids: Iterable[str | None],
    facts: pl.DataFrame,
    projects: Domain,
    pages: Collection[str],
) -> Domain:
    """Sessions in the order in which they began, with what is known of each as a whole.

    Args:
        ids: The sessions of the page.
        facts: `reports.sessions` of the store.
        projects: The projects of the page; the attribute `project` is a code of it, or None.
        pages: The ids of the sessions that have a page of their own.
    """
    known = {row["session"]: row for row in facts.iter_rows(named=True)}
    values = sorted(set(ids), key=lambda session: _began(session, known))
    rows: list[dict[str, Any]] = [known.get(session, {}) for session in values]
    codes = projects.codes
    names = [_named(session, row.get("title")) for session, row in zip(values, rows, strict=True)]
    order = facts.sort(["started_at", "session"], descending=[True, False])["session"]
    places = {session: place for place, session in enumerate(order)}
    return Domain(
        "session",
        tuple(values),
        {
            "text": [shortened(name, _LONGEST) for name in names],
            "exact": [_exact(name) for name in names],
            "label": [
                shortened(row.get("title") or (session or NO_NAME)[:8], 40)
                for session, row in zip(values, rows, strict=True)
            ],
            "id": [clean((session or NO_NAME)[:400]) for session in values],
            "link": [session_link(session, pages) for session in values],
            "is_known": [
                int(bool(row) and session is not None)
                for session, row in zip(values, rows, strict=True)
            ],
            "latest": [places.get(session, -1) for session in values],
            "started": [moment(row.get("started_at")) for row in rows],
            "minutes": [row.get("duration_minutes") for row in rows],
            "active": [row.get("active_minutes") for row in rows],
            "cost_usd": [row.get("cost_usd") for row in rows],
            "is_bounded": [int(any(row.get(name) for name in BOUNDS)) for row in rows],
            "has_subagents": [int(bool(row.get("subagents"))) for row in rows],
            "project": [codes.get(row.get("project")) if row else None for row in rows],
            **{name: [row.get(name) or 0 for row in rows] for name in _COUNTS},
        },
    )


def session_link(session: str | None, pages: Collection[str]) -> str:
    """The address of a session's own page, from the page next to the folder `sessions`."""
    return f"sessions/{session}.html" if session in pages and is_file_name(session) else ""


def is_file_name(session: str | None) -> TypeGuard[str]:
    """Whether a session's id can be the name of its page's file."""
    return session is not None and _FILE_NAME.fullmatch(session) is not None


def _began(session: str | None, known: dict[str, Any]) -> tuple[Any, ...]:
    at = known[session]["started_at"] if session in known else None
    return (session is None, at is None, at.timestamp() if at else 0.0, session or "")


def _named(session: str | None, title: str | None) -> str:
    return title or session or NO_NAME


def _exact(name: str) -> str:
    text, full = shortened(name, _LONGEST), clean(name[:400])
    return full if full != text else ""
