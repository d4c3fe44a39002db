"""The charts of one session."""

from __future__ import annotations

import polars as pl
import pytest

from pocketdev_analytics import charts, reports
from pocketdev_analytics.charts.session_axis import downsample
from pocketdev_analytics.exceptions import ReportError
from tests.pages.sessions import one_session

CHARTS = [charts.session_context, charts.session_cost, charts.session_lanes]


@pytest.fixture(scope="module")
def events():
    return reports.timeline(one_session()).collect()


def traces(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_names_the_column_that_it_lacks(chart):
    with pytest.raises(ReportError, match="needs the column"):
        chart(pl.DataFrame({"at": []}))


@pytest.mark.parametrize("chart", CHARTS)
def test_nothing_is_drawn_without_a_complaint(chart, events):
    assert chart(events.clear()).layout.title.text
    assert getattr(charts.summaries, chart.__name__)(events.clear())


@pytest.mark.parametrize("chart", CHARTS)
def test_the_axis_is_time_worked_with_times_of_day_and_a_line_at_each_pause(chart, events):
    layout = chart(events).layout
    # So short a session would repeat minutes.
    assert layout.xaxis.ticktext[0] == "12:00:00<br>1 Oct"
    assert layout.xaxis.ticktext[-1] == "15:13:00"
    assert layout.xaxis.tickvals[-1] == pytest.approx(38 * 20 / 60, abs=1e-3)
    assert [line.x0 for line in layout.shapes] == [pytest.approx(19 * 20 / 60, abs=1e-3)]


def test_the_context_is_a_line_of_its_own_for_every_thread(events):
    found = traces(charts.session_context(events))
    assert list(found) == ["Main thread", "Subagents", "Prompts", "Compactions", "API errors"]
    assert [value is None for value in found["Subagents"].y].count(True) == 1
    assert set(found["Main thread"].y) == {4600}


def test_what_was_spent_ends_at_the_total(events):
    spent = traces(charts.session_cost(events))["Spent so far"]
    assert spent.y[-1] == 27.027
    assert tuple(spent.customdata[-1]) == ("15:13:00, so far", "$27.027")


def test_each_model_has_its_own_colour(events):
    found = traces(charts.session_cost(events))
    assert list(found) == ["Spent so far", "claude-opus-5", "claude-haiku-4-5"]
    assert len({trace.marker.color for trace in found.values()} - {None}) == 2


def test_lanes_show_what_failed(events):
    found = traces(charts.session_lanes(events))
    assert len(found["Responses"].x) == 40
    assert len(found["Failed calls"].x) == 8
    assert tuple(found["Failed calls"].customdata[0]) == ("1 failed call", "12:00:00")


def test_many_subagents_share_the_last_lane():
    events = reports.timeline(one_session(200, 50)).collect()
    figure = charts.session_lanes(events)
    assert len(figure.layout.yaxis.ticktext) == charts.MOST_LANES
    assert figure.layout.yaxis.ticktext[0] == "main"
    assert figure.layout.yaxis.ticktext[-1] == "31 more"


def test_thinned_rows_keep_the_largest_of_each_run():
    rows = pl.DataFrame({"x": range(100), "y": [*range(50), *range(50)]})
    assert downsample(rows, "y", 4)["x"].to_list() == [24, 49, 74, 99]
    assert downsample(rows, "y", 100).equals(rows)


def test_summaries_describe_the_trend(events):
    shown = charts.summaries
    assert shown.session_context(events) == (
        "4.60\u00a0k tokens at most, at 12:00:00; 2 compactions. 1 pause cut out (dotted)."
    )
    assert shown.session_cost(events) == (
        "The most expensive response cost $1.00 (claude-opus-5, at 12:00:00);"
        " 14 of 27 responses make up half of the cost."
    )
    assert shown.session_lanes(events) == (
        "2 subagents with 48% of the cost. 1 pause cut out (dotted)."
    )
