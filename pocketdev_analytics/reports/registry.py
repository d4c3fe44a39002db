"""Every report by its name: a new report is one entry here."""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.reports.active_time import TIME_DIMENSIONS
from pocketdev_analytics.reports.activity import ACTIVITY_DIMENSIONS, activity, hour_by_weekday
from pocketdev_analytics.reports.agents import agents
from pocketdev_analytics.reports.audit import lower_bounds, quarantine
from pocketdev_analytics.reports.computations import (
    compute_blocks,
    compute_budget,
    compute_cost,
    compute_evidence,
    compute_findings,
    compute_quality,
    compute_reconcile,
    compute_savings,
    compute_time,
)
from pocketdev_analytics.reports.cost import COST_DIMENSIONS, totals
from pocketdev_analytics.reports.dimensions import suggestion
from pocketdev_analytics.reports.findings import finding_notes
from pocketdev_analytics.reports.queue import QUEUE_DIMENSIONS, batches, locks, queue
from pocketdev_analytics.reports.report import Report
from pocketdev_analytics.reports.sessions import session_totals, sessions
from pocketdev_analytics.reports.streaks import streaks
from pocketdev_analytics.reports.tokens import TOKEN_DIMENSIONS, tokens
from pocketdev_analytics.reports.tools import ERROR_DIMENSIONS, TOOL_DIMENSIONS, errors, tools

__all__ = ["REPORTS", "find_report"]

_ACTIVITY_FACTS: Final = ("usage", "prompts", "tool_calls", "api_errors")
_ACTIVITY_MODELLESS: Final = (
    "prompts",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
    "interruptions",
    "slash_commands",
    "shell_commands",
)


def find_report(name: str) -> Report:
    """Return the report of that name.

    Raises:
        ReportError: there is no such report.
    """
    key = name.strip().lower().replace("_", "-")
    if key not in REPORTS:
        near = suggestion(key, REPORTS)
        raise ReportError(f"unknown report {name!r}; expected one of: {', '.join(REPORTS)}{near}")
    return REPORTS[key]


_ALL: Final = (
    Report(
        name="cost",
        help="cost of your usage, in tokens and US dollars",
        by=("day",),
        dimensions=COST_DIMENSIONS,
        facts=("usage",),
        rows=lambda given: compute_cost(given, given.by),
        totals=lambda given: compute_cost(given, ()),
        modelless=(),
        has_money=True,
        has_estimate=True,
        compared=("cost_usd", "responses", "output_tokens"),
    ),
    Report(
        name="tokens",
        help="tokens of each class, and the share of prompt tokens from cache",
        by=("day",),
        dimensions=TOKEN_DIMENSIONS,
        facts=("usage",),
        rows=lambda given: tokens(given.history.usage, **given.grouping()),
        totals=lambda given: tokens(given.history.usage, by=()),
        modelless=(),
        compared=("total_tokens", "cache_read_tokens", "output_tokens"),
    ),
    Report(
        name="agents",
        help="main thread, subagents and advisors: runs, tokens, cost",
        by=("agent", "agent_type"),
        facts=("usage",),
        rows=lambda given: agents(given.history.usage),
        order=("agent", "agent_type"),
        totals=lambda given: totals(given.history.usage).with_columns(
            total_tokens=pl.sum_horizontal(TOKEN_COLUMNS)
        ),
        modelless=(),
        has_money=True,
    ),
    Report(
        name="activity",
        help="sessions, prompts, responses, tool calls, errors and edited lines",
        by=("day",),
        dimensions=ACTIVITY_DIMENSIONS,
        facts=_ACTIVITY_FACTS,
        rows=lambda given: activity(given.history, **given.grouping()),
        totals=lambda given: activity(given.history, by=()),
        modelless=_ACTIVITY_MODELLESS,
        compared=("sessions", "prompts", "responses", "tool_calls"),
    ),
    Report(
        name="hour-by-weekday",
        help="activity in each hour of the week",
        by=("weekday", "hour_of_day"),
        facts=_ACTIVITY_FACTS,
        rows=lambda given: hour_by_weekday(
            given.history, timezone=given.timezone, week_start=given.week_start
        ),
        totals=lambda given: activity(given.history, by=()),
        modelless=_ACTIVITY_MODELLESS,
        compared=("sessions", "prompts", "responses", "tool_calls"),
        is_fixed=True,
    ),
    Report(
        name="time",
        help="active time, and how long turns took",
        by=("day",),
        dimensions=TIME_DIMENSIONS,
        facts=_ACTIVITY_FACTS,
        rows=lambda given: compute_time(given, given.by),
        totals=lambda given: compute_time(given, ()),
        compared=("active_minutes", "turns"),
    ),
    Report(
        name="streaks",
        help="the current and the longest run of days with activity",
        by=(),
        facts=_ACTIVITY_FACTS,
        rows=lambda given: streaks(given.history, now=given.now, timezone=given.timezone),
        is_fixed=True,
    ),
    Report(
        name="sessions",
        help="one row per session, newest first: where, when, how long, and what it cost",
        by=("session",),
        facts=("usage", "prompts", "tool_calls"),
        rows=lambda given: sessions(
            given.history, timezone=given.timezone, idle_minutes=given.idle_minutes
        ).sort("started_at", "session", descending=[True, False]),
        totals=lambda given: session_totals(given.history),
        modelless=(
            *("prompts", "tool_calls", "active_minutes", "tool_errors", "api_errors"),
            "compactions",
        ),
        has_money=True,
        has_projects=True,
    ),
    Report(
        name="blocks",
        help="five-hour windows as limits count them: tokens, cost, rate, projection",
        by=(),
        facts=("usage",),
        rows=compute_blocks,
        modelless=(),
        has_money=True,
        nothing=(
            "No five-hour window begins in that period; what was used in it is of one that began"
            " before."
        ),
    ),
    Report(
        name="budget",
        help="budget used, and a forecast to the end of the month or day",
        by=(),
        facts=("usage",),
        rows=compute_budget,
        modelless=(),
        has_money=True,
        has_projects=True,
    ),
    Report(
        name="tools",
        help="tool calls, failure rates and edited lines",
        by=("tool",),
        dimensions=TOOL_DIMENSIONS,
        facts=("tool_calls",),
        rows=lambda given: tools(given.history, **given.grouping()),
        totals=lambda given: tools(given.history, by=()),
        compared=("calls", "errors"),
    ),
    Report(
        name="errors",
        help="API errors, retries, rate limits, refusals and fallbacks",
        by=("day",),
        dimensions=ERROR_DIMENSIONS,
        facts=("api_errors",),
        rows=lambda given: errors(given.history, **given.grouping()),
        totals=lambda given: errors(given.history, by=()),
        compared=("errors", "retries", "rate_limits"),
    ),
    Report(
        name="quality",
        help="what limits the numbers: lower bounds, missing prices, unreadable lines",
        by=(),
        facts=("usage",),
        rows=compute_quality,
        modelless=(),
        is_fixed=True,
    ),
    Report(
        name="lower-bounds",
        help="responses without their final output count, by version of Claude Code",
        by=("version",),
        dimensions=COST_DIMENSIONS,
        facts=("usage",),
        rows=lambda given: lower_bounds(given.history.usage, **given.grouping()),
        totals=lambda given: lower_bounds(given.history.usage, by=()),
        modelless=(),
    ),
    Report(
        name="quarantine",
        help="each line that could not be read: file, line, reason and byte offset",
        by=(),
        facts=("usage",),
        rows=lambda given: quarantine(given.history.usage, given.require_evidence()),
        nothing="Every line of these sessions could be read.",
        order=("file", "line"),
    ),
    Report(
        name="savings",
        help="what caching saved, and what other models would have cost",
        by=(),
        facts=("usage",),
        rows=compute_savings,
        modelless=(),
        is_comparing=True,
    ),
    Report(
        name="findings",
        help="what costs most without need: evidence, money, what to do, and whether it fell since",
        by=(),
        facts=("usage",),
        rows=compute_findings,
        is_comparing=True,
        nothing="Nothing here costs without need, as far as the store's facts show.",
        order=("kind",),
        remarks=finding_notes,
    ),
    Report(
        name="evidence",
        help="the rows behind findings: session, time, response or call, tokens, money",
        by=(),
        facts=("usage",),
        rows=compute_evidence,
        is_comparing=True,
        has_projects=True,
        nothing="Nothing here costs without need, as far as the store's facts show.",
        order=("kind", "evidence"),
    ),
    Report(
        name="reconcile",
        help="our cost compared with Claude Code's own figures and a console's, by cause",
        by=(),
        facts=("usage",),
        rows=compute_reconcile,
        is_comparing=True,
        nothing=(
            "None of these sessions has a figure of Claude Code's own to compare with; --usage-csv"
            " FILE compares with what Claude's console exports."
        ),
    ),
    Report(
        name="queue",
        help="jobs in PocketDev's queue: waiting, running or failed, as last synced",
        by=("queue",),
        dimensions=QUEUE_DIMENSIONS,
        facts=(),
        rows=lambda given: queue(
            given.require_queue(), by=given.by, now=given.queue_time(), timezone=given.timezone
        ),
        totals=lambda given: queue(
            given.require_queue(), by=(), now=given.queue_time(), timezone=given.timezone
        ),
        is_queue=True,
    ),
    Report(
        name="batches",
        help="batches of PocketDev's jobs and how far they are, as last synced",
        by=(),
        facts=(),
        rows=lambda given: batches(given.require_queue(), timezone=given.timezone),
        is_queue=True,
    ),
    Report(
        name="locks",
        help="PocketDev's cached values and locks, and which have expired, as last synced",
        by=(),
        facts=(),
        rows=lambda given: locks(given.require_queue(), now=given.queue_time()),
        is_queue=True,
    ),
)

#: The reports by their names, in the order that help shows them.
REPORTS: Final[dict[str, Report]] = {report.name: report for report in _ALL}
