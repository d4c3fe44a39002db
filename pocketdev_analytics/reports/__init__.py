"""Reports: pure functions from lazy frames of facts to lazy frames of answers."""

from pocketdev_analytics.history import History, Provenance
from pocketdev_analytics.reports.absence import why_empty
from pocketdev_analytics.reports.activity import activity, hour_by_weekday
from pocketdev_analytics.reports.certainty import certainty
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
from pocketdev_analytics.reports.reconcile import BILLED, COST_STATES, reconcile
from pocketdev_analytics.reports.registry import (
    REPORTS,
    Comparison,
    Question,
    Report,
    find_report,
)
from pocketdev_analytics.reports.remarks import remarks
from pocketdev_analytics.reports.rounding import count_of, dollars, percent
from pocketdev_analytics.reports.savings import (
    LAST_DAYS,
    caching_savings,
    compared,
    savings,
    what_if,
)
from pocketdev_analytics.reports.sessions import session_totals, sessions
from pocketdev_analytics.reports.timeline import (
    dearest_session,
    find_session,
    lanes,
    only_session,
    timeline,
    turns,
)
from pocketdev_analytics.reports.token_classes import token_classes
from pocketdev_analytics.reports.tools import errors, tools

__all__ = [
    "BILLED",
    "COST_STATES",
    "DIMENSIONS",
    "LAST_DAYS",
    "REPORTS",
    "WEEKDAY",
    "Comparison",
    "Filters",
    "History",
    "Provenance",
    "Quality",
    "Question",
    "Report",
    "UnpricedModel",
    "activity",
    "caching_savings",
    "certainty",
    "compared",
    "cost",
    "count_of",
    "dearest_session",
    "dollars",
    "errors",
    "filter_history",
    "find_report",
    "find_session",
    "hour_by_weekday",
    "lanes",
    "notes",
    "only_session",
    "percent",
    "quality",
    "quality_table",
    "reconcile",
    "remarks",
    "savings",
    "session_totals",
    "sessions",
    "timeline",
    "token_classes",
    "tools",
    "totals",
    "turns",
    "unpriced_models",
    "what_if",
    "why_empty",
]
