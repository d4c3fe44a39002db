"""The cost page's own panels: the month against its budget, sessions, windows, what is before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.charts.text import exact_usd
from pocketdev_analytics.dashboard import is_file_name
from pocketdev_analytics.dashboard.cost import cost_view
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.filters import NO_VIEW, View
from pocketdev_analytics.reports import Limit, Period, filter_history
from tests.dashboard.histories import HOSTILE, made

HISTORY = made(40)
NOW = datetime(2026, 11, 9, 18, tzinfo=UTC)
FACTS = CostFacts(HISTORY, HISTORY, None, (), "UTC", NOW)


def panel(name, facts=FACTS, view=NO_VIEW):
    return next((each for each in cost_view(facts, view).panels if each.id == name), None)


def traces(found):
    return {trace["name"]: trace for trace in found.figure["data"]}


def test_the_month_is_told_against_its_budget_as_the_report_tells_it():
    limits = (
        Limit("day", Decimal(9)),
        Limit("month", Decimal(20)),
        Limit("month", Decimal(7), "app"),
    )
    found = panel("month-budget", replace(FACTS, limits=limits))
    (row,) = reports.budget(HISTORY.usage, limits[1:2], now=NOW).collect().iter_rows(named=True)
    lines = traces(found)
    assert found.title == "Cost of the running month against the budget, USD"
    assert lines["Spent"]["customdata"][8] == exact_usd(row["cost_usd"]) == "$6.006"
    assert lines["Spent"]["customdata"][9] == "no price"
    assert lines["Forecast"]["customdata"][-1] == exact_usd(row["forecast_cost_usd"])
    assert set(lines["Budget"]["customdata"]) == {"$20.00"}
    band = lines["Nine in ten futures"]
    assert len(band["x"]) == 2 * 22
    assert band["y"][21] == float(row["high_cost_usd"])
    assert band["y"][22] == float(row["low_cost_usd"])
    assert [cells[2].text for cells in found.table.rows] == ["$9.00", "$20.00", "$7.00"]
    assert "$6.01 of $20.00 (30%) spent in Nov 2026 so far" in found.summary
    assert "no filter changes a budget" in found.remark


def test_no_filter_changes_the_budget():
    view = View(Period(date(2026, 10, 1), date(2026, 10, 5)), model="local-model")
    assert panel("month-budget", view=view) == panel("month-budget")


def test_a_spent_budget_is_told():
    found = panel("month-budget", replace(FACTS, limits=(Limit("month", Decimal(3)),)))
    assert found.summary.endswith("The budget is spent.")


def test_without_a_budget_and_long_after_all_usage_there_is_no_month_to_tell():
    later = replace(FACTS, made_at=NOW + timedelta(days=200), limits=(Limit(),))
    assert panel("month-budget", later) is None


def test_only_a_session_with_a_page_is_linked_to():
    found = panel("session-costs", replace(FACTS, pages={"session-002", "no-such-session"}))
    links = {row[-2].text: row[0].link for row in found.table.rows}
    assert links.pop("session-002") == "sessions/session-002.html"
    assert set(links.values()) == {""}


@pytest.mark.parametrize("session", ["../up", "a/b", "", ".hidden", "a\\b", "x" * 200, *HOSTILE])
def test_a_session_whose_id_is_no_file_name_has_no_page(session):
    assert not is_file_name(session)


def test_each_session_has_the_query_that_lists_its_rows():
    row = panel("session-costs", replace(FACTS, command="pocketdev-analytics --store 'a b'"))
    assert row.table.rows[0][-1].text == (
        "pocketdev-analytics --store 'a b' query --name responses_of_session"
        " --param session_id=session-000"
    )


def test_windows_are_those_of_the_store_whatever_is_in_view():
    narrowed = filter_history(HISTORY, projects=["/home/me/app"])
    found = panel("block-costs", replace(FACTS, history=narrowed), View(project=("/home/me/app",)))
    own = reports.blocks(narrowed.usage, now=NOW, account_usage=HISTORY.usage).collect()
    assert len(found.table.rows) == own.height
    assert found.figure["data"][0]["x"] == [f"{at:%Y-%m-%d %H:%M}" for at in own["started_at"]]


def test_a_period_is_compared_with_the_equal_one_before():
    period = Period(date(2026, 11, 1), date(2026, 11, 9))
    figures = cost_view(FACTS, View(period)).key_figures
    before = reports.cost(
        filter_history(HISTORY, since=date(2026, 10, 23), until=date(2026, 10, 31)).usage, by=()
    ).collect()
    assert figures[1].name == "Period before"
    assert figures[1].exact == f"at least {exact_usd(before['cost_usd'][0])}"
    assert figures[1].note == "Fri 23 Oct 2026 \u2013 Sat 31 Oct 2026"
    assert figures[0].change == "\u00b10%"


def test_a_period_before_the_first_day_is_compared_with_nothing():
    period = Period(date(2026, 10, 1), date(2026, 10, 31))
    figures = cost_view(FACTS, View(period)).key_figures
    assert figures[1].name == "Last 30 days"
    assert not any(figure.change for figure in figures)


def test_the_running_day_is_marked():
    layout = panel("daily-cost").figure["layout"]
    assert [shape["x0"] for shape in layout["shapes"]] == ["2026-11-08 12:00:00"]
    assert layout["annotations"][0]["text"] == "today, so far"
    later = panel("daily-cost", replace(FACTS, made_at=NOW + timedelta(days=1)))
    assert "shapes" not in later.figure["layout"]
