"""The queries of pages give, under every filter, what reports say of the narrowed history."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.charts.domains import Entry
from pocketdev_analytics.model import TOKEN_COLUMNS
from pocketdev_analytics.pages.activity_facts import ActivitySource, activity_facts
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.measures import CLASS_COSTS
from pocketdev_analytics.pages.view import NO_VIEW, query
from pocketdev_analytics.reports.active_time import stretches, worked_time
from pocketdev_analytics.reports.dimensions import FACTS, local_date
from tests.pages.generated import NOW, generated
from tests.pages.generated_activity import busy
from tests.pages.views import VIEWS, ZONE, narrowed

HISTORY, UNCACHED = generated()
COST = cost_facts(CostSource(HISTORY, UNCACHED, ZONE, NOW))
BUSY = busy()
ACTIVITY = activity_facts(ActivitySource(BUSY, ZONE))
STRETCHES = stretches(BUSY, reports.IDLE_MINUTES).collect()
COUNTS = ["responses", *TOKEN_COLUMNS, "lower_bound_responses", "unseen_calls", "unpriced_tokens"]
DONE = [
    "sessions",
    "prompts",
    "responses",
    "tool_calls",
    "tool_errors",
    "api_errors",
    "lines_added",
    "lines_removed",
]


@pytest.mark.parametrize("by", ["day", "week", "month", "model", "project", "branch", "session"])
@pytest.mark.parametrize("address", VIEWS)
def test_cost_in_view_is_that_of_the_report(address, by):
    view = VIEWS[address]
    rows = _queried(COST, "usage", [by], ["cost_usd", *COUNTS], view)
    report = reports.cost(narrowed(HISTORY, view).usage, by=[by], timezone=ZONE).collect()
    # Sessions of a page are in the order in which they began.
    assert sorted(rows, key=_first) == sorted(
        _reported(report, [by], ["cost_usd", *COUNTS]), key=_first
    )


@pytest.mark.parametrize("address", VIEWS)
def test_cost_of_each_token_class_in_view_is_that_of_the_report(address):
    view = VIEWS[address]
    measures = list(CLASS_COSTS.values())
    (row,) = query(COST, {"table": "usage", "by": [], "measures": measures}, view)
    report = reports.token_classes(narrowed(HISTORY, view).usage).collect()
    known = dict(report.select("token_class", "cost_usd").iter_rows())
    for unit, cost in CLASS_COSTS.items():
        name = "web_search" if unit == "web_search_requests" else unit
        if name in known:
            assert row[cost] == known[name]
        else:
            assert not row[cost]


@pytest.mark.parametrize("address", VIEWS)
def test_caching_savings_in_view_are_those_of_the_report(address):
    view = VIEWS[address]
    measures = ["cost_usd", "uncached_cost_usd", "saved_usd"]
    rows = _queried(COST, "usage", ["month"], measures, view)
    own = narrowed(HISTORY, view)
    other = narrowed(type(HISTORY)(**{**HISTORY.frames(), "usage": UNCACHED}), view)
    report = reports.caching_savings(own.usage, other.usage, timezone=ZONE).collect()
    assert rows == _reported(report, ["month"], measures)


@pytest.mark.parametrize("address", VIEWS)
def test_windows_in_view_are_those_that_begin_in_the_period(address):
    view = VIEWS[address]
    declared = {
        "table": "usage",
        "by": ["window"],
        "measures": ["cost_usd", "responses", "total_tokens"],
        "attach": {"begins": "window.text"},
        "period_of": "window",
    }
    rows = query(COST, declared, view)
    found = [(row["begins"], row["cost_usd"], row["responses"]) for row in rows]
    usage = narrowed(HISTORY, view, with_period=False).usage
    report = reports.blocks(usage, now=NOW, timezone=ZONE, account_usage=HISTORY.usage).collect()
    if view.period:
        begins = pl.col("started_at").dt.date()
        report = report.filter(begins.is_between(view.period.first, view.period.last))
    said = [
        (f"{began:%Y-%m-%d %H:%M}", cost, responses)
        for began, cost, responses in report.select(
            "started_at", "cost_usd", "responses"
        ).iter_rows()
    ]
    assert found == said


@pytest.mark.parametrize("address", VIEWS)
def test_agents_in_view_are_those_of_the_report(address):
    view = VIEWS[address]
    declared = {
        "table": "usage",
        "by": ["runner"],
        "measures": ["cost_usd", "responses", "sessions"],
    }
    rows = query(COST, declared, view)
    found = [(row["cost_usd"], row["responses"], row["sessions"]) for row in rows]
    report = reports.agents(narrowed(HISTORY, view).usage).collect()
    assert found == report.select("cost_usd", "responses", "sessions").rows()


@pytest.mark.parametrize("by", ["day", "week", "project"])
@pytest.mark.parametrize("address", VIEWS)
def test_activity_in_view_is_that_of_the_report(address, by):
    view = VIEWS[address]
    rows = _queried(ACTIVITY, "acts", [by], DONE, view)
    report = reports.activity(narrowed(BUSY, view), by=[by], timezone=ZONE).collect()
    assert rows == _reported(report, [by], DONE)


@pytest.mark.parametrize("address", VIEWS)
def test_hours_in_view_are_those_of_the_report(address):
    view = VIEWS[address]
    rows = _queried(ACTIVITY, "hours", ["weekday", "hour"], ["responses"], view)
    report = reports.hour_by_weekday(narrowed(BUSY, view), timezone=ZONE).collect()
    used = report.filter(pl.col("responses") > 0)
    assert rows == _reported(used, ["weekday", "hour_of_day"], ["responses"])


@pytest.mark.parametrize("address", VIEWS)
def test_tools_in_view_are_those_of_the_report(address):
    view = VIEWS[address]
    measures = ["calls", "errors", "error_rate", "lines_added", "lines_removed"]
    rows = _queried(ACTIVITY, "calls", ["tool"], measures, view, raw=True)
    report = reports.tools(narrowed(BUSY, view)).collect()
    assert rows == _reported(report, ["tool"], measures)


@pytest.mark.parametrize("address", VIEWS)
def test_errors_in_view_are_those_of_the_report(address):
    view = VIEWS[address]
    measures = ["errors", "retries", "rate_limits"]
    rows = _queried(ACTIVITY, "failures", ["day"], measures, view)
    report = reports.errors(narrowed(BUSY, view), timezone=ZONE).collect()
    assert rows == _reported(report, ["day"], measures)


@pytest.mark.parametrize("by", [(), ("day",), ("week",)])
@pytest.mark.parametrize("address", VIEWS)
def test_active_time_in_view_is_that_of_the_stretches_that_end_there(address, by):
    view = VIEWS[address]
    rows = _queried(ACTIVITY, "worked", list(by), ["active_minutes"], view)
    day = local_date(FACTS["session_events"], ZONE)
    tests = [pl.lit(value=True)]
    if view.period:
        tests.append(day.is_between(view.period.first, view.period.last))
    columns = {"branch": "git_branch"}
    for name, values in view.names.items():
        if name != "model":
            column = pl.col(columns.get(name, name))
            tests.append(
                pl.any_horizontal(column.eq_missing(pl.lit(value, pl.String)) for value in values)
            )
    report = worked_time(STRETCHES.lazy().filter(tests), by, timezone=ZONE).collect()
    assert rows == _reported(report, by, ["active_minutes"])


def test_active_time_of_everything_is_that_of_the_report():
    rows = _queried(ACTIVITY, "worked", ["day"], ["active_minutes"], NO_VIEW)
    report = reports.active_time(BUSY, by=["day"], timezone=ZONE).collect()
    worked = report.filter(pl.col("active_minutes") > 0)
    kept = [row for row in rows if row[-1] > 0]
    assert kept == _reported(worked, ["day"], ["active_minutes"])


def _queried(
    facts: Any, table: str, by: list[str], measures: list[str], view: Any, *, raw: bool = False
) -> list[tuple[Any, ...]]:
    """The rows as tuples of names and numbers, in the order of the names."""
    rows = query(facts, {"table": table, "by": by, "measures": measures}, view)
    return [
        (*(_name(row[name]) for name in by), *(row[measure] for measure in measures))
        for row in rows
    ]


def _first(row: tuple[Any, ...]) -> str:
    return str(row[0])


def _name(value: Any) -> Any:
    return str(value.domain.values[value.code]) if isinstance(value, Entry) else value


def _reported(
    frame: pl.DataFrame, by: list[str] | tuple[str, ...], measures: list[str]
) -> list[tuple[Any, ...]]:
    known = [name for name in measures if name in frame.columns]
    missing = [name for name in measures if name not in frame.columns]
    found = frame.with_columns(pl.lit(0).alias(name) for name in missing)
    assert not missing or known == ["sessions", "responses"]
    return [
        (*(str(name) for name in row[: len(by)]), *row[len(by) :])
        for row in found.select(*by, *measures).iter_rows()
    ]
