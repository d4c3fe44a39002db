"""Dashboards: a history as one HTML file that opens from disk, without a network."""

from pocketdev_analytics.dashboard.activity import activity_page
from pocketdev_analytics.dashboard.cost import cost_page
from pocketdev_analytics.dashboard.cost_names import is_file_name
from pocketdev_analytics.dashboard.index import index_page
from pocketdev_analytics.dashboard.render import Context, store_context, write
from pocketdev_analytics.dashboard.session import session_page

__all__ = [
    "Context",
    "activity_page",
    "cost_page",
    "index_page",
    "is_file_name",
    "session_page",
    "store_context",
    "write",
]
