"""A dashboard of a store, for the verbs that write one."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.config import Settings, default_store_path
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.history import History
from pocketdev_analytics.reports.projects import folding

if TYPE_CHECKING:
    from pocketdev_analytics.redaction import Redaction
    from pocketdev_analytics.reports import Limit
    from pocketdev_analytics.store import Store

__all__ = ["NAMES", "page_html", "session_html", "write_sessions"]

NAMES = ("cost", "activity")

#: The folder of sessions' own pages, beside the cost page.
_SESSIONS = "sessions"
_MOST_SESSIONS = 10
_LONGEST_TITLE = 60


def page_html(
    store: Store,
    name: str,
    settings: Settings,
    *,
    since: date | None = None,
    until: date | None = None,
    beside: Path | None = None,
    redaction: Redaction | None = None,
) -> str:
    """The dashboard of that name, of the days asked for.

    It leads to the pages of sessions that lie in the folder `beside`.
    """
    from pocketdev_analytics.dashboard import activity_page, cost_page
    from pocketdev_analytics.reports import Filters

    pages: dict[str, Callable[..., str]] = {"cost": cost_page, "activity": activity_page}
    whole, uncached = _histories(store, settings, redaction)
    days, timezone = Filters(since, until), settings.timezone
    more: dict[str, Any] = {"pages": _pages_in(beside / _SESSIONS) if beside else ()}
    if name == "cost":
        more |= {
            "store": whole,
            "uncached": days.apply(uncached, timezone=timezone).usage,
            "limits": _limits(whole, settings, is_redacted=redaction is not None),
        }
    else:
        more |= {"idle_minutes": settings.idle_minutes}
    return pages[name](
        days.apply(whole, timezone=timezone),
        store.provenance(),
        timezone=timezone,
        made_at=datetime.now(UTC),
        since=since,
        until=until,
        command=_command(store, is_redacted=redaction is not None),
        **more,
    )


def session_html(
    store: Store,
    session_id: str,
    settings: Settings,
    path: Path,
    redaction: Redaction | None = None,
) -> str:
    """The page of one session, by its id or the beginning of it, to be written to `path`."""
    home = "../" if path.parent.name == _SESSIONS else ""
    history = store.history(fold=folding(settings), redaction=redaction)
    is_redacted = redaction is not None
    return _session_html(store, history, session_id, settings, home, is_redacted=is_redacted)


def write_sessions(
    store: Store,
    folder: Path,
    settings: Settings,
    guard: Callable[[str], AbstractContextManager[None]],
) -> dict[str, str]:
    """Write the pages of the most expensive and the latest sessions, each within `guard(path)`.

    Returns:
        Their titles by path below `folder`, the latest first.
    """
    from pocketdev_analytics import reports
    from pocketdev_analytics.dashboard import is_file_name, write

    # Read once, not for every page.
    frames = store.history(fold=folding(settings)).frames()
    read = pl.collect_all(list(frames.values()))
    history = History(**{name: frame.lazy() for name, frame in zip(frames, read, strict=True)})
    rows = reports.sessions(history, timezone=settings.timezone).collect()
    dearest = rows.sort("cost_usd", "session", descending=[True, False], nulls_last=True)
    latest = rows.sort("started_at", "session", descending=True)
    chosen = {*dearest.head(_MOST_SESSIONS)["session"], *latest.head(_MOST_SESSIONS)["session"]}
    links = {}
    for row in latest.iter_rows(named=True):
        session = row["session"]
        if session in chosen and is_file_name(session):
            path = f"{_SESSIONS}/{session}.html"
            with guard(path):
                html = _session_html(store, history, session, settings, home="../")
                write(folder / path, html)
                links[path] = _called(row)
    return links


def _called(session: dict[str, Any]) -> str:
    """A session by its title, day and cost: titles alone may repeat."""
    from pocketdev_analytics.charts.text import day_name, shortened, usd
    from pocketdev_analytics.reports.measures import BOUNDS

    title = shortened(session["title"] or session["session"], _LONGEST_TITLE)
    cost = usd(session["cost_usd"])
    is_bounded = any(session[name] for name in BOUNDS)
    if is_bounded and session["cost_usd"] is not None:
        cost = f"at least {cost}"
    return f"{title} \u00b7 {day_name(session['started_at'])} \u00b7 {cost}"


def _session_html(
    store: Store,
    history: History,
    session_id: str,
    settings: Settings,
    home: str = "",
    *,
    is_redacted: bool = False,
) -> str:
    from pocketdev_analytics.dashboard import session_page

    return session_page(
        history,
        store.provenance(),
        session_id,
        timezone=settings.timezone,
        idle_minutes=settings.idle_minutes,
        made_at=datetime.now(UTC),
        command=_command(store, is_redacted=is_redacted),
        home=home,
    )


def _histories(
    store: Store, settings: Settings, redaction: Redaction | None
) -> tuple[History, History]:
    """All that the store holds, as it cost and as it would have cost without caching."""
    fold = folding(settings)
    whole = store.history(fold=fold, redaction=redaction)
    uncached = store.history(fold=fold, redaction=redaction, is_uncached=True)
    return whole, uncached.only_usage()


def _limits(whole: History, settings: Settings, *, is_redacted: bool) -> tuple[Limit, ...]:
    """The configured budgets; a redacted page shows those of no project."""
    from pocketdev_analytics.reports.limits import configured_limits, resolve_limits

    configured = configured_limits(settings.budget)
    in_all = tuple(limit for limit in configured if limit.project is None)
    if is_redacted:
        return in_all
    try:
        return resolve_limits(configured, whole, settings.groups)
    except ReportError as error:
        # A wrong budget in the configuration does not prevent the rest of the page.
        tell(f"The page leaves out the budgets of projects: {error}", err=True)
        return in_all


def _pages_in(folder: Path) -> Collection[str]:
    return frozenset(path.stem for path in folder.glob("*.html"))


def _command(store: Store, *, is_redacted: bool) -> str:
    """How the reader of a page asks the store that it is made from."""
    # A path is no part of a page without names, and the sample's store is gone when it is read.
    is_unnamed = is_redacted or store.provenance().is_sample
    is_unnamed = is_unnamed or store.path == default_store_path()
    named = "" if is_unnamed else f" --store {shlex.quote(str(store.path))}"
    return f"pocketdev-analytics{named}"
