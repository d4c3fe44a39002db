"""A sentence for each chart, under its title and for screen readers.

One function for each chart, of the same name and for the same frame.
"""

from __future__ import annotations

from typing import Final

from pocketdev_analytics.charts.budget import month_budget_summary as month_budget
from pocketdev_analytics.charts.certainty import certainty_summary as certainty
from pocketdev_analytics.charts.functions import summary_function
from pocketdev_analytics.charts.session_summaries import (
    session_context,
    session_cost,
    session_lanes,
)
from pocketdev_analytics.charts.what_if import what_if_summary as what_if

__all__ = [
    "active_hours",
    "api_errors",
    "block_costs",
    "caching_savings",
    "calendar_heatmap",
    "certainty",
    "cost_by_agent",
    "cost_by_branch",
    "cost_by_model",
    "cost_by_project",
    "cost_by_token_class",
    "cumulative_cost",
    "daily_activity",
    "daily_cost",
    "daily_lines_changed",
    "hour_by_weekday",
    "month_budget",
    "monthly_cost",
    "session_context",
    "session_cost",
    "session_costs",
    "session_lanes",
    "session_lengths",
    "tool_errors",
    "tool_mix",
    "what_if",
]

daily_cost: Final = summary_function("daily_cost")
monthly_cost: Final = summary_function("monthly_cost")
cumulative_cost: Final = summary_function("cumulative_cost")
cost_by_model: Final = summary_function("cost_by_model")
cost_by_project: Final = summary_function("cost_by_project")
cost_by_token_class: Final = summary_function("cost_by_token_class")
cost_by_branch: Final = summary_function("cost_by_branch")
cost_by_agent: Final = summary_function("cost_by_agent")
caching_savings: Final = summary_function("caching_savings")
session_costs: Final = summary_function("session_costs")
block_costs: Final = summary_function("block_costs")
calendar_heatmap: Final = summary_function("calendar_heatmap")
hour_by_weekday: Final = summary_function("hour_by_weekday")
daily_activity: Final = summary_function("daily_activity")
active_hours: Final = summary_function("active_hours")
tool_mix: Final = summary_function("tool_mix")
tool_errors: Final = summary_function("tool_errors")
daily_lines_changed: Final = summary_function("daily_lines_changed")
api_errors: Final = summary_function("api_errors")
session_lengths: Final = summary_function("session_lengths")
