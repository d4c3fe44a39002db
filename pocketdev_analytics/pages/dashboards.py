"""The cost page and the activity page: which panels they have, in which order."""

from __future__ import annotations

from typing import Any, Final

from pocketdev_analytics.charts import activity, cost
from pocketdev_analytics.pages.keys import ACTIVITY_KEYS, COST_KEYS
from pocketdev_analytics.pages.page import PageSpec

__all__ = ["activity_spec", "cost_spec"]

_FULL: Final = {"span": 12}


def cost_spec(*, has_budget: bool = False, has_uncached: bool = True) -> PageSpec:
    """The cost page. Next to a budget the running sum has a row of its own."""
    running = {**cost.CUMULATIVE_COST, **_FULL} if has_budget else cost.CUMULATIVE_COST
    savings = (cost.CACHING_SAVINGS,) if has_uncached else ()
    return PageSpec(
        "cost",
        "Cost",
        (
            ("Over time", (cost.DAILY_COST, cost.MONTHLY_COST, running)),
            (
                "Breakdown",
                (
                    cost.COST_BY_MODEL,
                    cost.COST_BY_PROJECT,
                    cost.COST_BY_TOKEN_CLASS,
                    cost.COST_BY_BRANCH,
                    cost.COST_BY_AGENT,
                    *savings,
                ),
            ),
            ("Sessions and windows", (cost.SESSION_COSTS, cost.BLOCK_COSTS)),
        ),
        COST_KEYS,
        "usage",
        cost.COST_NOTES,
    )


def activity_spec(*, is_short: bool = False, has_errors: bool = True) -> PageSpec:
    """The activity page. A short history leaves room next to its calendar."""
    calendar = {**activity.CALENDAR, "span": 6 if is_short else 12, "is_wide": not is_short}
    worked: dict[str, Any] = {**activity.ACTIVE_HOURS, "span": 12 if is_short else 6}
    errors = {**activity.API_ERRORS, "span": 6 if has_errors else 12}
    over_time = (
        (calendar, activity.HOURS, activity.DAILY_ACTIVITY, worked)
        if is_short
        else (calendar, activity.HOURS, worked, activity.DAILY_ACTIVITY)
    )
    return PageSpec(
        "activity",
        "Activity",
        (
            ("Over time", over_time),
            ("Tools and edits", (activity.TOOL_MIX, activity.TOOL_ERRORS, activity.LINES_CHANGED)),
            ("Errors and limits", (errors, activity.ERROR_KINDS) if has_errors else (errors,)),
            ("Sessions", (activity.SESSION_LENGTHS, activity.SESSIONS)),
        ),
        ACTIVITY_KEYS,
        "acts",
    )
