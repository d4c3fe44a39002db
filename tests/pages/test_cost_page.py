"""The cost page's own panels: the month against its budget, sessions, windows, what is before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.charts.text import exact_usd
from pocketdev_analytics.pages import cost_facts as cost_facts_module
from pocketdev_analytics.pages import is_file_name
from pocketdev_analytics.pages.cost import cost_view
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.view import NO_VIEW, View
from pocketdev_analytics.reports import Limit, Period, filter_history
from tests.pages.histories import HOSTILE, made

HISTORY = made(40)
NOW = datetime(2026, 11, 9, 18, tzinfo=UTC)
SOURCE = CostSource(HISTORY, None, "UTC", NOW)


def drawn(source=SOURCE, limits=(), view=NO_VIEW, **options):
    return cost_view(source, cost_facts(source), limits, view, **options)


def panel(name, source=SOURCE, limits=(), view=NO_VIEW, **options):
    panels = drawn(source, limits, view, **options).panels
    return next((each for each in panels if each.id == name), None)


def traces(found):
    return {trace["name"]: trace for trace in found.figure["data"]}


def test_the_month_against_its_budget_is_that_of_the_report():
    limits = (
        Limit("day", Decimal(9)),
        Limit("month", Decimal(20)),
        Limit("month", Decimal(7), "app"),
    )
    found = panel("month-budget", limits=limits)
    (row,) = reports.budget(HISTORY.usage, limits[1:2], now=NOW).collect().iter_rows(named=True)
    lines = traces(found)
    assert found.title == "Cost of the current month against the budget, USD"
    assert lines["Cost so far"]["customdata"][8] == exact_usd(row["cost_usd"]) == "$6.006"
    assert lines["Cost so far"]["customdata"][9] == "no price"
    assert lines["Forecast"]["customdata"][-1] == exact_usd(row["forecast_cost_usd"])
    assert set(lines["Budget"]["customdata"]) == {"$20.00"}
    band = lines["90% range"]
    assert len(band["x"]) == 2 * 22
    assert band["y"][21] == float(row["high_cost_usd"])
    assert band["y"][22] == float(row["low_cost_usd"])
    assert [cells[2].text for cells in found.table.rows] == ["$9.00", "$20.00", "$7.00"]
    assert "$6.01 of $20.00 (30%) used in Nov 2026 so far" in found.summary
    assert "filters do not apply to budgets" in found.remark


def test_no_filter_changes_the_budget():
    view = View(Period(date(2026, 10, 1), date(2026, 10, 5)), {"model": ("local-model",)})
    assert panel("month-budget", view=view) == panel("month-budget")


def test_a_budget_that_is_spent_is_over():
    found = panel("month-budget", limits=(Limit("month", Decimal(3)),))
    assert found.summary.endswith("Over budget.")


def test_long_after_all_usage_there_is_no_panel_without_a_budget():
    later = replace(SOURCE, made_at=NOW + timedelta(days=200))
    assert panel("month-budget", later, (Limit(),)) is None


def test_only_a_session_with_a_page_is_linked_to():
    found = panel("session-costs", replace(SOURCE, pages={"session-002", "no-such-session"}))
    links = {row[-2].text: row[0].link for row in found.table.rows}
    assert links.pop("session-002") == "sessions/session-002.html"
    assert set(links.values()) == {""}


@pytest.mark.parametrize("session", ["../up", "a/b", "", ".hidden", "a\\b", "x" * 200, *HOSTILE])
def test_a_session_whose_id_is_not_a_file_name_has_no_page(session):
    assert not is_file_name(session)


def test_each_session_has_the_query_that_lists_its_rows():
    row = panel("session-costs", command="pocketdev-analytics --store 'a b'")
    assert row.table.rows[0][-1].text == (
        "pocketdev-analytics --store 'a b' query --name responses_of_session"
        " --param session_id=session-000"
    )


def test_windows_are_those_of_the_store_under_any_filter():
    narrowed = filter_history(HISTORY, projects=["/home/me/app"])
    found = panel("block-costs", view=View(names={"project": ("/home/me/app",)}))
    own = reports.blocks(narrowed.usage, now=NOW, account_usage=HISTORY.usage).collect()
    assert len(found.table.rows) == own.height
    assert found.figure["data"][0]["x"] == [f"{at:%Y-%m-%d %H:%M}" for at in own["started_at"]]


def test_a_window_that_begins_on_the_last_day_of_a_page_has_all_of_its_usage():
    usage = HISTORY.usage.with_columns(
        responded_at=pl.when(pl.col("response_id") == "response-6")
        .then(pl.datetime(2026, 10, 6, 23, time_zone="UTC"))
        .otherwise("responded_at")
    )
    late = pl.col("response_id") == "response-7"
    usage = usage.with_columns(
        responded_at=pl.when(late)
        .then(pl.datetime(2026, 10, 7, 2, time_zone="UTC"))
        .otherwise("responded_at")
    )
    history = type(HISTORY)(**{**HISTORY.frames(), "usage": usage})
    source = CostSource(history, None, "UTC", NOW, until=date(2026, 10, 6))
    latest = panel("block-costs", source).table.rows[0]
    assert (latest[0].text, latest[3].text) == ("2026-10-06 23:00", "2")
    daily = panel("cumulative-cost", source).table.rows
    assert daily[-1][0].text == "2026-10-06"


def test_a_period_is_compared_with_the_equal_one_before():
    period = Period(date(2026, 11, 1), date(2026, 11, 9))
    figures = drawn(view=View(period)).key_figures
    before = reports.cost(
        filter_history(HISTORY, since=date(2026, 10, 23), until=date(2026, 10, 31)).usage, by=()
    ).collect()
    assert figures[1].name == "Previous period"
    assert figures[1].exact == f"at least {exact_usd(before['cost_usd'][0])}"
    assert figures[1].note == "Fri 23 Oct 2026 \u2013 Sat 31 Oct 2026"
    assert figures[0].change == "\u00b10%"


def test_a_period_before_the_first_day_is_compared_with_nothing():
    period = Period(date(2026, 10, 1), date(2026, 10, 31))
    figures = drawn(view=View(period)).key_figures
    assert "Last 30 days" not in [figure.name for figure in figures]
    assert not any(figure.change for figure in figures)


def test_the_current_day_is_marked():
    layout = panel("daily-cost").figure["layout"]
    assert [shape["x0"] for shape in layout["shapes"]] == ["2026-11-08 12:00:00"]
    assert layout["annotations"][0]["text"] == "today so far"
    later = panel("daily-cost", replace(SOURCE, made_at=NOW + timedelta(days=1)))
    assert "shapes" not in later.figure["layout"]


@pytest.mark.parametrize("limit", ["MOST_RESPONSES", "MOST_ROWS"])
def test_a_very_long_history_is_combined_by_day_and_the_page_says_so(monkeypatch, limit):
    monkeypatch.setattr(cost_facts_module, limit, 10)
    facts = cost_facts(SOURCE)
    assert "combined by day" in facts.notice
    assert len(set(facts.tables["usage"].frame["session"])) == 1
    whole = panel("cumulative-cost").table
    panels = {each.id: each for each in cost_view(SOURCE, facts).panels}
    assert panels["cumulative-cost"].table == whole
