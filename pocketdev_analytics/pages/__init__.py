"""Pages: a history as HTML files that open from disk, without a network."""

from pocketdev_analytics.pages.activity import activity_page
from pocketdev_analytics.pages.cost import cost_page
from pocketdev_analytics.pages.index import index_page
from pocketdev_analytics.pages.render import Context, store_context, write
from pocketdev_analytics.pages.session import session_page
from pocketdev_analytics.pages.sessions import is_file_name
from pocketdev_analytics.pages.store import (
    PAGES,
    SESSIONS,
    SessionPage,
    dashboard,
    session_dashboard,
    session_pages,
    start_page,
)

__all__ = [
    "PAGES",
    "SESSIONS",
    "Context",
    "SessionPage",
    "activity_page",
    "cost_page",
    "dashboard",
    "index_page",
    "is_file_name",
    "session_dashboard",
    "session_page",
    "session_pages",
    "start_page",
    "store_context",
    "write",
]
