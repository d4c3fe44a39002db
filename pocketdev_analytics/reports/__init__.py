"""Reports: pure functions from lazy frames of facts to lazy frames of answers."""

from pocketdev_analytics.model.history import Evidence, History, Provenance, Queue
from pocketdev_analytics.reports.absence import why_empty
from pocketdev_analytics.reports.active_time import IDLE_MINUTES, active_time
from pocketdev_analytics.reports.activity import activity, hour_by_weekday
from pocketdev_analytics.reports.agents import AGENT, agents
from pocketdev_analytics.reports.audit import (
    Agreement,
    Audit,
    audit,
    lower_bounds,
    quarantine,
)
from pocketdev_analytics.reports.blocks import WINDOW, blocks
from pocketdev_analytics.reports.budget import PERIODS, Limit, budget
from pocketdev_analytics.reports.certainty import certainty
from pocketdev_analytics.reports.comparing import compare
from pocketdev_analytics.reports.cost import cost, totals, unpriced_models
from pocketdev_analytics.reports.cost_breakdown import CostBreakdown, explain_cost
from pocketdev_analytics.reports.dimensions import (
    DIMENSIONS,
    NO_NAME,
    WEEKDAY,
    WEEKDAYS,
    suggestion,
)
from pocketdev_analytics.reports.filters import Filters, filter_history
from pocketdev_analytics.reports.findings import (
    FindingInput,
    cheaper_model,
    evidence,
    finding_notes,
    findings,
)
from pocketdev_analytics.reports.forecast import DayCost, Forecast, forecast
from pocketdev_analytics.reports.inputs import Comparison, OtherFigures, ReportInput
from pocketdev_analytics.reports.lookup import find_projects, find_sessions
from pocketdev_analytics.reports.output_estimate import (
    calibrate_output,
    estimate_notes,
    estimate_output,
    estimated_cost,
    output_estimate,
)
from pocketdev_analytics.reports.periods import SPANS, Period, find_period
from pocketdev_analytics.reports.project_map import group_frame, group_projects, project_map
from pocketdev_analytics.reports.quality import (
    Quality,
    UnpricedModel,
    notes,
    quality,
    quality_table,
    sample_notes,
)
from pocketdev_analytics.reports.queue import batches, locks, queue
from pocketdev_analytics.reports.reconcile import (
    BILLED,
    COST_STATES,
    reconcile,
    reconcile_runs,
    reconcile_token_days,
)
from pocketdev_analytics.reports.registry import REPORTS, find_report
from pocketdev_analytics.reports.remarks import remarks
from pocketdev_analytics.reports.report import Report
from pocketdev_analytics.reports.request import ReportRequest
from pocketdev_analytics.reports.result import ReportResult
from pocketdev_analytics.reports.savings import (
    LAST_DAYS,
    caching_savings,
    compare_prices,
    savings,
    what_if,
)
from pocketdev_analytics.reports.sessions import session_totals, sessions
from pocketdev_analytics.reports.source import ReportSource
from pocketdev_analytics.reports.streaks import streaks
from pocketdev_analytics.reports.timeline import (
    find_session,
    lanes,
    most_expensive_session,
    only_session,
    timeline,
    turns,
)
from pocketdev_analytics.reports.token_classes import token_classes
from pocketdev_analytics.reports.tokens import tokens
from pocketdev_analytics.reports.tools import errors, tools

__all__ = [
    "AGENT",
    "BILLED",
    "COST_STATES",
    "DIMENSIONS",
    "IDLE_MINUTES",
    "LAST_DAYS",
    "NO_NAME",
    "PERIODS",
    "REPORTS",
    "SPANS",
    "WEEKDAY",
    "WEEKDAYS",
    "WINDOW",
    "Agreement",
    "Audit",
    "Comparison",
    "CostBreakdown",
    "DayCost",
    "Evidence",
    "Filters",
    "FindingInput",
    "Forecast",
    "History",
    "Limit",
    "OtherFigures",
    "Period",
    "Provenance",
    "Quality",
    "Queue",
    "Report",
    "ReportInput",
    "ReportRequest",
    "ReportResult",
    "ReportSource",
    "UnpricedModel",
    "active_time",
    "activity",
    "agents",
    "audit",
    "batches",
    "blocks",
    "budget",
    "caching_savings",
    "calibrate_output",
    "certainty",
    "cheaper_model",
    "compare",
    "compare_prices",
    "cost",
    "errors",
    "estimate_notes",
    "estimate_output",
    "estimated_cost",
    "evidence",
    "explain_cost",
    "filter_history",
    "find_period",
    "find_projects",
    "find_report",
    "find_session",
    "find_sessions",
    "finding_notes",
    "findings",
    "forecast",
    "group_frame",
    "group_projects",
    "hour_by_weekday",
    "lanes",
    "locks",
    "lower_bounds",
    "most_expensive_session",
    "notes",
    "only_session",
    "output_estimate",
    "project_map",
    "quality",
    "quality_table",
    "quarantine",
    "queue",
    "reconcile",
    "reconcile_runs",
    "reconcile_token_days",
    "remarks",
    "sample_notes",
    "savings",
    "session_totals",
    "sessions",
    "streaks",
    "suggestion",
    "timeline",
    "token_classes",
    "tokens",
    "tools",
    "totals",
    "turns",
    "unpriced_models",
    "what_if",
    "why_empty",
]
