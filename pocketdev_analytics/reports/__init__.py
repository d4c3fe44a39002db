"""Reports: pure functions from lazy frames of facts to lazy frames of answers."""

from pocketdev_analytics.history import History, Provenance
from pocketdev_analytics.reports.absence import why_empty
from pocketdev_analytics.reports.activity import activity, hour_by_weekday
from pocketdev_analytics.reports.cost import cost, totals, unpriced_models
from pocketdev_analytics.reports.dimensions import DIMENSIONS, WEEKDAY
from pocketdev_analytics.reports.filters import Filters, filter_history
from pocketdev_analytics.reports.quality import (
    Quality,
    UnpricedModel,
    notes,
    quality,
    quality_table,
)
from pocketdev_analytics.reports.registry import REPORTS, Question, Report, find_report
from pocketdev_analytics.reports.rounding import count_of, dollars, percent
from pocketdev_analytics.reports.sessions import session_totals, sessions
from pocketdev_analytics.reports.tools import errors, tools

__all__ = [
    "DIMENSIONS",
    "REPORTS",
    "WEEKDAY",
    "Filters",
    "History",
    "Provenance",
    "Quality",
    "Question",
    "Report",
    "UnpricedModel",
    "activity",
    "cost",
    "count_of",
    "dollars",
    "errors",
    "filter_history",
    "find_report",
    "hour_by_weekday",
    "notes",
    "percent",
    "quality",
    "quality_table",
    "session_totals",
    "sessions",
    "tools",
    "totals",
    "unpriced_models",
    "why_empty",
]
