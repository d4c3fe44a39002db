"""What Claude Code sessions cost and what they did.

>>> import pocketdev_analytics as pda
>>> store = pda.open_store()
>>> pda.report(store, "cost", by=["day"], since="7d").rows
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pocketdev_analytics import charts, model, notebooks, pages, pricing, reports
    from pocketdev_analytics.importer import ImportSummary
    from pocketdev_analytics.live.importing import import_history
    from pocketdev_analytics.pages.store import dashboard
    from pocketdev_analytics.reports.projects import project_grouping
    from pocketdev_analytics.reports.run import report
    from pocketdev_analytics.sample import write_sample
    from pocketdev_analytics.settings.config import Settings
    from pocketdev_analytics.store import Store, list_queries, open_store

__all__ = [
    "ImportSummary",
    "Settings",
    "Store",
    "charts",
    "dashboard",
    "import_history",
    "list_queries",
    "model",
    "notebooks",
    "open_store",
    "pages",
    "pricing",
    "project_grouping",
    "report",
    "reports",
    "write_sample",
]

__version__ = "0.1.0"

# Polars, DuckDB and Plotly take longer to import than many commands to run: each
# name is imported when it is first used.
_HOMES = {
    "ImportSummary": "importer",
    "Settings": "settings.config",
    "Store": "store",
    "dashboard": "pages.store",
    "project_grouping": "reports.projects",
    "import_history": "live.importing",
    "list_queries": "store",
    "open_store": "store",
    "report": "reports.run",
    "write_sample": "sample",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOMES.get(name, name)}")
    return getattr(module, name) if name in _HOMES else module


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
