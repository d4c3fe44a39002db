from __future__ import annotations

from datetime import date

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import (
    DIMENSIONS,
    activity,
    cost,
    errors,
    hour_by_weekday,
    tools,
)
from pocketdev_analytics.reports.activity import ACTIVITY_DIMENSIONS
from pocketdev_analytics.reports.cost import COST_DIMENSIONS
from pocketdev_analytics.reports.tools import ERROR_DIMENSIONS, TOOL_DIMENSIONS

BERLIN = "Europe/Berlin"


def groups(frame, name):
    """The values of a by-column with their responses."""
    return list(frame.collect().select(name, "responses").iter_rows())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", date(2026, 11, 2)),
        ("week", date(2026, 11, 2)),
        ("month", "2026-11"),
        ("hour", "2026-11-02 00:00"),
        ("weekday", "Monday"),
        ("hour_of_day", 0),
        ("model", "claude-opus-5"),
        ("project", "/home/me/app"),
        ("session", "session-a"),
        ("branch", "main"),
        ("agent", "main"),
        ("version", "2.1.0"),
    ],
)
def test_every_dimension_of_a_response_names_its_group(make_usage, name, value):
    usage = make_usage({"responded_at": "2026-11-01T23:30:00+00:00"})
    assert groups(cost(usage, by=[name], timezone=BERLIN), name) == [(value, 1)]


def test_time_dimensions_are_in_the_given_time_zone(make_usage):
    usage = make_usage({"responded_at": "2026-11-01T03:00:00+00:00"})
    by = ["day", "month", "hour", "weekday", "hour_of_day"]
    row = cost(usage, by=by, timezone="America/New_York").collect().row(0)
    assert row[:5] == (date(2026, 10, 31), "2026-10", "2026-10-31 23:00", "Saturday", 23)


def test_an_hour_is_a_local_one_where_zones_are_off_by_half_an_hour(make_usage):
    usage = make_usage({"responded_at": "2026-11-01T10:15:00+00:00"})
    hours = groups(cost(usage, by=["hour"], timezone="Asia/Kolkata"), "hour")
    assert hours == [("2026-11-01 15:00", 1)]


def test_a_day_of_25_hours_is_one_day_and_its_doubled_hour_one_hour(make_usage):
    usage = make_usage(
        {"responded_at": "2026-10-24T22:00:00+00:00"},  # 00:00 summer time
        {"responded_at": "2026-10-25T00:30:00+00:00"},  # 02:30 summer time
        {"responded_at": "2026-10-25T01:30:00+00:00"},  # 02:30 winter time
        {"responded_at": "2026-10-25T22:59:59+00:00"},  # 23:59 winter time
        {"responded_at": "2026-10-25T23:00:00+00:00"},  # the next day
    )
    days = groups(cost(usage, by=["day"], timezone=BERLIN), "day")
    assert days == [(date(2026, 10, 25), 4), (date(2026, 10, 26), 1)]
    hours = dict(groups(cost(usage, by=["hour"], timezone=BERLIN), "hour"))
    assert hours["2026-10-25 02:00"] == 2


def test_a_day_of_23_hours_has_no_skipped_hour(make_usage):
    usage = make_usage(
        {"responded_at": "2026-03-29T00:59:00+00:00"}, {"responded_at": "2026-03-29T01:00:00+00:00"}
    )
    hours = groups(cost(usage, by=["hour"], timezone=BERLIN), "hour")
    assert hours == [("2026-03-29 01:00", 1), ("2026-03-29 03:00", 1)]


def test_weeks_begin_on_monday_over_the_turn_of_a_year(make_usage):
    usage = make_usage(
        {"responded_at": "2027-01-03T12:00:00+00:00"}, {"responded_at": "2027-01-04T12:00:00+00:00"}
    )
    weeks = groups(cost(usage, by=["week"]), "week")
    assert weeks == [(date(2026, 12, 28), 1), (date(2027, 1, 4), 1)]


def test_weekdays_are_sorted_from_monday_not_by_name(make_usage):
    usage = make_usage(*({"responded_at": f"2026-11-0{day}T12:00:00+00:00"} for day in range(1, 8)))
    days = cost(usage, by=["weekday"]).collect()["weekday"].to_list()
    assert days[0] == "Monday"
    assert days[-1] == "Sunday"


def test_what_has_no_branch_is_a_group_of_its_own_and_the_last(make_usage):
    usage = make_usage({"git_branch": None}, {"git_branch": "topic"}, {"git_branch": ""})
    assert groups(cost(usage, by=["branch"]), "branch") == [("", 1), ("topic", 1), (None, 1)]


def test_hyphens_and_repeats_in_names_are_understood(make_usage):
    frame = cost(make_usage({}), by=["hour-of-day", "Day", "day"]).collect()
    assert frame.columns[:3] == ["hour_of_day", "day", "responses"]


def test_a_misspelt_dimension_is_answered_with_those_there_are(make_usage):
    with pytest.raises(ReportError, match=r"unknown dimension 'modle'.*week.*did you mean 'model'"):
        cost(make_usage(), by=["modle"])


def test_a_dimension_of_another_report_is_answered_with_that_report(make_usage):
    with pytest.raises(ReportError, match=r"'cost' cannot be grouped by 'tool'.*report 'tools'"):
        cost(make_usage(), by=["tool"])


def test_a_dimension_that_is_not_in_a_list_is_an_error(make_usage):
    with pytest.raises(ReportError, match=r'must be a list of names: by=\["day"\]'):
        cost(make_usage(), by="day")


def test_a_time_zone_that_does_not_exist_is_an_error_that_says_what_to_write(make_usage):
    with pytest.raises(ReportError, match=r"'Berlin'.*'Europe/Berlin'"):
        cost(make_usage(), timezone="Berlin")


@pytest.mark.parametrize(
    ("report", "dimensions"),
    [
        (activity, ACTIVITY_DIMENSIONS),
        (tools, TOOL_DIMENSIONS),
        (errors, ERROR_DIMENSIONS),
        (lambda history, by: cost(history.usage, by=by), COST_DIMENSIONS),
    ],
)
def test_every_dimension_of_every_report_groups_and_adds_up(make_history, report, dimensions):
    rows = {
        name: [{}, {"project": None}] for name in ("usage", "prompts", "tool_calls", "api_errors")
    }
    history = make_history(**rows)
    assert set(dimensions) < set(DIMENSIONS)
    for name in dimensions:
        frame = report(history, by=[name]).collect()
        assert frame.columns[0] == name
        counted = {"responses", "calls", "errors"} & set(frame.columns)
        assert frame[counted.pop() if len(counted) == 1 else "calls"].sum() == 2


@pytest.mark.parametrize(
    ("week_start", "week"),
    [
        ("sunday", date(2026, 11, 1)),
        ("Thursday", date(2026, 10, 29)),
        ("monday", date(2026, 10, 26)),
    ],
)
def test_weeks_and_weekdays_begin_on_the_given_day(make_usage, week_start, week):
    usage = make_usage(
        {"responded_at": "2026-11-01T12:00:00+00:00"}, {"responded_at": "2026-10-31T12:00:00+00:00"}
    )
    weeks = cost(usage, by=["week"], week_start=week_start).collect()["week"].to_list()
    assert weeks[-1] == week
    weekdays = cost(usage, by=["weekday"], week_start=week_start).collect()["weekday"].to_list()
    assert weekdays == (
        ["Sunday", "Saturday"] if week_start == "sunday" else ["Saturday", "Sunday"]
    )


def test_the_grid_of_a_week_begins_on_the_given_day(make_history):
    grid = hour_by_weekday(make_history(prompts=[{}]), week_start="sunday").collect()
    assert grid.height == 7 * 24
    assert grid.row(10)[:2] == ("Sunday", 10)
    assert grid.row(10, named=True)["prompts"] == 1


def test_a_week_begins_on_a_weekday_alone(make_usage):
    with pytest.raises(
        ReportError, match="invalid week start 'mon'; choose one of: monday, tuesday"
    ):
        cost(make_usage({}), by=["week"], week_start="mon")


def test_a_folder_is_the_project_without_grouping(make_usage):
    rows = cost(make_usage({}), by=["folder", "year"]).collect()
    assert rows.row(0)[:2] == ("/home/me/app", "2026")
