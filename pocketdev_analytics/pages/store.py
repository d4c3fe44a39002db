"""Pages of a store: an open store and settings in, HTML out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from pocketdev_analytics import reports
from pocketdev_analytics.charts.text import shortened
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.formatting import format_day, format_usd
from pocketdev_analytics.model.history import History
from pocketdev_analytics.pages.activity import activity_page
from pocketdev_analytics.pages.cost import cost_page
from pocketdev_analytics.pages.index import index_page
from pocketdev_analytics.pages.render import store_context
from pocketdev_analytics.pages.session import session_page
from pocketdev_analytics.pages.sessions import is_file_name
from pocketdev_analytics.pages.start import start_of
from pocketdev_analytics.redaction import store_redaction
from pocketdev_analytics.reports import Limit
from pocketdev_analytics.reports.cures import price_notes
from pocketdev_analytics.reports.days import resolve_days, today_in
from pocketdev_analytics.reports.limits import configured_limits, resolve_limits
from pocketdev_analytics.reports.measures import BOUNDS
from pocketdev_analytics.reports.projects import project_grouping
from pocketdev_analytics.reports.source import ReportSource
from pocketdev_analytics.settings.config import Settings, default_store_path, parse_timezone

__all__ = [
    "PAGES",
    "SESSIONS",
    "SessionPage",
    "dashboard",
    "session_dashboard",
    "session_pages",
    "start_page",
]

#: The dashboards by name.
PAGES: Final = ("cost", "activity")
#: The folder of the pages of sessions, next to the dashboards.
SESSIONS: Final = "sessions"
_START: Final = "index.html"
_MOST_SESSIONS: Final = 10
_LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class SessionPage:
    """The page of a session: its path below the folder of the dashboards, its title, its HTML."""

    path: str
    title: str
    html: Callable[[], str]


def dashboard(
    store: ReportSource,
    name: str,
    *,
    settings: Settings | None = None,
    timezone: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    redact: bool = False,
    folder: Path | None = None,
    has_start: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> str:
    """Build a dashboard, the HTML that `pocketdev-analytics dashboard` writes.

    >>> html = pda.dashboard(store, "cost", since="90d")

    Args:
        store: An open store.
        name: 'cost' or 'activity'.
        settings: The settings; default is the environment and `config.toml`.
        timezone: Another time zone than that of the settings.
        since: The first day, a date or a span such as '7d'; default is all.
        until: The last day; default is all.
        redact: Replace names by the hashes of this store.
        folder: Where the page will be: it links to the pages of sessions that are there.
        has_start: Whether the folder has, or gets, a start page; else it is looked for.
        warn: Called with each budget of the settings that cannot be shown.

    Raises:
        ReportError: the name, a date or a span is unknown.
    """
    if name not in PAGES:
        raise ReportError(f"unknown dashboard {name!r}; expected one of: {', '.join(PAGES)}")
    chosen = _chosen(settings, timezone)
    today = today_in(chosen.timezone)
    days = resolve_days(since, until, today=today, week_start=chosen.week_start)
    redaction = store_redaction(store.path) if redact else None
    group = project_grouping(chosen)
    history = store.history(group=group, redaction=redaction)
    common: dict[str, Any] = {
        "timezone": chosen.timezone,
        "made_at": datetime.now(UTC),
        "since": days.since,
        "until": days.until,
        "command": _command(store, is_redacted=redact),
        "pages": _pages_in(folder / SESSIONS) if folder else (),
        "has_start": has_start or bool(folder and (folder / _START).is_file()),
    }
    provenance = store.provenance()
    if name == "activity":
        idle_minutes = chosen.idle_minutes
        return activity_page(history, provenance, idle_minutes=idle_minutes, **common)
    uncached = store.history(group=group, redaction=redaction, is_uncached=True).usage
    limits = _limits(history, chosen, warn, is_redacted=redact)
    unpriced = reports.unpriced_models(history.usage).collect()["model"].drop_nulls()
    cures = () if redact else price_notes(store.price_book(), unpriced)
    return cost_page(history, provenance, uncached=uncached, limits=limits, cures=cures, **common)


def session_dashboard(
    store: ReportSource,
    session_id: str,
    *,
    settings: Settings | None = None,
    redact: bool = False,
    home: str = "",
    has_start: bool = False,
) -> str:
    """Build the page of one session, the HTML that `pocketdev-analytics dashboard session` writes.

    Args:
        store: An open store.
        session_id: The id of the session, or the beginning of one id alone.
        settings: The settings; default is the environment and `config.toml`.
        redact: Replace names by the hashes of this store.
        home: The path from the page to the folder of the dashboards.
        has_start: Whether that folder has a start page.

    Raises:
        ReportError: there is no such session, or several begin so.
    """
    chosen = _chosen(settings, None)
    redaction = store_redaction(store.path) if redact else None
    if redaction:
        session_id = redaction.value("session_id", _full_id(store, session_id)) or ""
    history = store.history(group=project_grouping(chosen), redaction=redaction)
    made = _SessionInput(store, history, chosen, _evidence(store, history, chosen))
    return _session_html(made, session_id, home, is_redacted=redact, has_start=has_start)


def session_pages(store: ReportSource, settings: Settings) -> Iterator[SessionPage]:
    """The pages of the most expensive and of the latest sessions, the latest first."""
    history = store.history(group=project_grouping(settings)).collect()  # read once, not per page
    rows = reports.sessions(history, timezone=settings.timezone).collect()
    expensive = rows.sort("cost_usd", "session", descending=[True, False], nulls_last=True)
    latest = rows.sort("started_at", "session", descending=True)
    made = _SessionInput(store, history, settings, _evidence(store, history, settings))
    first = (expensive.head(_MOST_SESSIONS), latest.head(_MOST_SESSIONS))
    chosen = {session for frame in first for session in frame["session"]}
    for row in latest.iter_rows(named=True):
        session = row["session"]
        if session in chosen and is_file_name(session):
            yield SessionPage(
                f"{SESSIONS}/{session}.html",
                _title(row),
                partial(_session_html, made, session, "../", has_start=True),
            )


def _chosen(settings: Settings | None, timezone: str | None) -> Settings:
    chosen = settings or Settings.from_environment()
    return replace(chosen, timezone=parse_timezone(timezone)) if timezone else chosen


def _title(session: dict[str, Any]) -> str:
    """A session by its title, day and cost: titles alone may repeat."""
    title = shortened(session["title"] or session["session"], _LONGEST_TITLE)
    cost = format_usd(session["cost_usd"])
    is_bounded = any(session[name] for name in BOUNDS)
    if is_bounded and session["cost_usd"] is not None:
        cost = f"at least {cost}"
    return f"{title} \u00b7 {format_day(session['started_at'], is_full=True)} \u00b7 {cost}"


@dataclass(frozen=True, slots=True)
class _SessionInput:
    """What the pages of sessions are made of, read once for all of them."""

    store: ReportSource
    history: History
    settings: Settings
    evidence: pl.DataFrame


def _evidence(store: ReportSource, history: History, settings: Settings) -> pl.DataFrame:
    model = reports.cheaper_model(store.price_book().current_models(today_in(settings.timezone)))
    cheaper = store.usage_cost(as_model=model) if model else None
    given = reports.FindingInput(history, cheaper)
    return reports.evidence(given, timezone=settings.timezone).collect()


def _session_html(
    made: _SessionInput,
    session_id: str,
    home: str,
    *,
    is_redacted: bool = False,
    has_start: bool = False,
) -> str:
    # Facts hold names of many kinds: a redacted page does without them.
    facts = None
    if not is_redacted:
        whole = reports.find_session(made.history, session_id)
        facts = made.store.named_query("facts_of_session", {"session_id": whole})
    return session_page(
        made.history,
        made.store.provenance(),
        session_id,
        facts=facts,
        timezone=made.settings.timezone,
        idle_minutes=made.settings.idle_minutes,
        made_at=datetime.now(UTC),
        command=_command(made.store, is_redacted=is_redacted),
        home=home,
        evidence=made.evidence,
        has_start=has_start,
    )


def start_page(
    store: ReportSource,
    settings: Settings,
    links: Mapping[str, Mapping[str, str]],
    *,
    folder: Path | None = None,
) -> str:
    """Build the start page, the index.html that `pocketdev-analytics build` writes.

    Args:
        store: An open store.
        settings: Time zone, projects and budgets.
        links: Under each heading the titles of pages by their paths.
        folder: Where the page will be: it links to the pages of sessions that are there.
    """
    made_at = datetime.now(UTC)
    start = start_of(
        store,
        settings,
        command=_command(store, is_redacted=False),
        pages=_pages_in(folder / SESSIONS) if folder else (),
        now=made_at,
    )
    context = store_context(store.provenance(), timezone=settings.timezone, made_at=made_at)
    return index_page(links, context, start)


def _full_id(store: ReportSource, session_id: str) -> str:
    """The full id, which has to be found before it is hashed; errors do not repeat names."""
    try:
        return reports.find_session(store.history(), session_id)
    except ReportError:
        raise ReportError(
            "no session or several sessions begin with this; run without --redact to see them"
        ) from None


def _limits(
    history: History, settings: Settings, warn: Callable[[str], None], *, is_redacted: bool
) -> tuple[Limit, ...]:
    """The configured budgets; a redacted page shows those of no project."""
    configured = configured_limits(settings.budget)
    of_all = tuple(limit for limit in configured if limit.project is None)
    if is_redacted:
        return of_all
    try:
        return resolve_limits(configured, history, settings.groups)
    except ReportError as error:
        # A wrong budget in the configuration does not prevent the rest of the page.
        warn(f"The page leaves out the budgets of projects: {error}")
        return of_all


def _pages_in(folder: Path) -> Collection[str]:
    return frozenset(path.stem for path in folder.glob("*.html"))


def _command(store: ReportSource, *, is_redacted: bool) -> str:
    """Return the command line that reads the page's store."""
    # A path is a name too, and the sample's store is gone when its page is read.
    is_unnamed = is_redacted or store.provenance().is_sample
    is_unnamed = is_unnamed or store.path == default_store_path()
    named = "" if is_unnamed else f" --store {shlex.quote(str(store.path))}"
    return f"pocketdev-analytics{named}"
