from __future__ import annotations

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.reports import (
    COST_STATES,
    DIMENSIONS,
    REPORTS,
    Comparison,
    OtherFigures,
    ReportInput,
    find_report,
)


def test_every_report_answers_an_empty_and_a_full_history(
    make_history, make_provenance, make_evidence, make_queue
):
    frames = ("usage", "prompts", "tool_calls", "api_errors")
    stated = OtherFigures(pl.LazyFrame(schema=COST_STATES))
    for history in (make_history(), make_history(**{name: [{}] for name in frames})):
        same = [lambda usage=history.usage, **_options: usage] * 2
        compared = Comparison(*same, lambda: stated, models=("claude-opus-5",))
        for report in REPORTS.values():
            by = report.grouping([])
            given = ReportInput(
                *(history, make_provenance(), by, "Europe/Berlin", compared),
                evidence=lambda usage=history.usage: make_evidence(usage),
                queue=make_queue(),
            )
            rows = report.rows(given).collect()
            assert set(report.by) <= set(rows.columns)
            if report.totals:
                assert report.totals(given).collect().height == 1


def test_every_report_says_what_it_is_and_groups_by_what_there_is():
    for name, report in REPORTS.items():
        assert report.name == name
        assert report.help
        assert set(report.dimensions) | set(report.by) <= set(DIMENSIONS)


def test_a_comparing_report_says_what_it_lacks(make_history, make_provenance):
    given = ReportInput(make_history(), make_provenance(), (), "UTC")
    with pytest.raises(ReportError, match="compares prices"):
        REPORTS["savings"].rows(given)


def test_a_report_that_audits_says_what_it_lacks(make_history, make_provenance):
    given = ReportInput(make_history(), make_provenance(), (), "UTC")
    with pytest.raises(ReportError, match="give the evidence"):
        REPORTS["quarantine"].rows(given)


def test_a_report_is_found_by_its_name_in_any_spelling():
    assert find_report("Hour_By_Weekday") is REPORTS["hour-by-weekday"]


def test_a_misspelt_report_is_answered_with_those_there_are():
    with pytest.raises(
        ReportError, match=r"unknown report 'costs'.*activity.*did you mean 'cost'\?"
    ):
        find_report("costs")


def test_a_report_of_a_fixed_grain_takes_no_other():
    with pytest.raises(ReportError, match=r"'sessions' cannot be grouped: its rows are by session"):
        REPORTS["sessions"].grouping(["day"])
    with pytest.raises(
        ReportError, match=r"'hour-by-weekday' cannot be grouped: .* by weekday and hour_of_day"
    ):
        REPORTS["hour-by-weekday"].grouping(["day"])


def test_the_wing_hands_on_exactly_what_it_names():
    assert all(hasattr(reports, name) for name in reports.__all__)
    assert set(reports.__all__) == set(dict.fromkeys(reports.__all__))


def test_a_report_that_shows_projects_says_so(
    make_history, make_provenance, make_evidence, make_queue
):
    history = make_history(usage=[{}])
    for report in REPORTS.values():
        if not report.is_comparing:
            given = ReportInput(
                *(history, make_provenance(), report.by, "UTC"),
                evidence=lambda: make_evidence(history.usage),
                queue=make_queue(),
            )
            columns = report.rows(given).collect_schema().names()
            assert report.has_projects == ("project" in columns), report.name


def test_what_a_report_compares_is_among_its_columns(make_history, make_provenance):
    for report in REPORTS.values():
        if report.compared:
            given = ReportInput(make_history(), make_provenance(), report.by, "UTC")
            assert set(report.compared) <= set(report.rows(given).collect_schema().names())
