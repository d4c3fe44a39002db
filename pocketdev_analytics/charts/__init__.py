"""Charts: each function takes a report's frame and returns a Plotly figure."""

from pocketdev_analytics.charts import summaries, text, theme
from pocketdev_analytics.charts.budget import month_budget
from pocketdev_analytics.charts.certainty import certainty
from pocketdev_analytics.charts.cost import TOKEN_CLASS_NAMES
from pocketdev_analytics.charts.functions import (
    active_hours,
    api_errors,
    block_costs,
    caching_savings,
    calendar_heatmap,
    cost_by_agent,
    cost_by_branch,
    cost_by_model,
    cost_by_project,
    cost_by_token_class,
    cumulative_cost,
    daily_activity,
    daily_cost,
    daily_lines_changed,
    hour_by_weekday,
    monthly_cost,
    session_costs,
    session_lengths,
    tool_errors,
    tool_mix,
)
from pocketdev_analytics.charts.session import session_context, session_cost
from pocketdev_analytics.charts.session_lanes import MOST_LANES, session_lanes
from pocketdev_analytics.charts.theme import in_dark
from pocketdev_analytics.charts.what_if import what_if

__all__ = [
    "MOST_LANES",
    "TOKEN_CLASS_NAMES",
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
    "in_dark",
    "month_budget",
    "monthly_cost",
    "session_context",
    "session_cost",
    "session_costs",
    "session_lanes",
    "session_lengths",
    "summaries",
    "text",
    "theme",
    "tool_errors",
    "tool_mix",
    "what_if",
]
