"""A dashboard of a store, for the verbs that write one."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pocketdev_analytics.config import default_store_path

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["NAMES", "page_html", "session_html"]

NAMES = ("cost", "activity")


def page_html(
    store: Store, name: str, timezone: str, *, since: date | None = None, until: date | None = None
) -> str:
    """The dashboard of that name, of the days asked for."""
    from pocketdev_analytics.dashboard import activity_page, cost_page
    from pocketdev_analytics.reports import Filters

    page = {"cost": cost_page, "activity": activity_page}[name]
    return page(
        Filters(since, until).apply(store.history(), timezone=timezone),
        store.provenance(),
        timezone=timezone,
        made_at=datetime.now(UTC),
        since=since,
        until=until,
        command=_command(store),
    )


def session_html(store: Store, session_id: str, timezone: str) -> str:
    """The page of one session, by its id or the beginning of it."""
    from pocketdev_analytics.dashboard import session_page

    return session_page(
        store.history(),
        store.provenance(),
        session_id,
        timezone=timezone,
        made_at=datetime.now(UTC),
        command=_command(store),
    )


def _command(store: Store) -> str:
    """How the reader of a page asks the store that it is made from."""
    # Nor does the store's own path belong on a page without names.
    is_usual = store.path == default_store_path() or store.redaction
    named = "" if is_usual else f" --store {shlex.quote(str(store.path))}"
    return f"pocketdev-analytics{named}"
