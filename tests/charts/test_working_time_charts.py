from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics import charts
from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.activity import MOST_SESSIONS
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import COST_USD


def worked(*rows, by="day"):
    return pl.LazyFrame(rows, schema={by: pl.Date, "active_minutes": pl.Float64}, orient="row")


THREE_DAYS = worked(
    (date(2026, 11, 18), 90.0), (date(2026, 11, 19), 0.0), (date(2026, 11, 20), 30.0)
)


def test_a_bar_is_a_day_in_hours_and_reads_in_minutes():
    bars = charts.active_hours(THREE_DAYS).data[0]
    assert list(bars.y) == [1.5, 0.0, 0.5]
    assert list(bars.customdata) == ["1\u00a0h 30\u00a0min", "0\u00a0min", "30\u00a0min"]


def test_days_without_work_are_in_no_median():
    assert summaries.active_hours(THREE_DAYS) == (
        "Median 1\u00a0h 00\u00a0min on 2 days with active time; the most on Wed 18 Nov 2026,"
        " 1\u00a0h 30\u00a0min."
    )


def test_weeks_are_named_as_weeks():
    weeks = worked((date(2026, 11, 16), 600.0), by="week")
    assert charts.active_hours(weeks).layout.title.text == "Active time per week"
    assert summaries.active_hours(weeks) == (
        "10\u00a0h 00\u00a0min, all in the week of Mon 16 Nov 2026."
    )
    two = worked((date(2026, 11, 16), 600.0), (date(2026, 11, 9), 60.0), by="week")
    assert summaries.active_hours(two).endswith(
        "2 weeks with active time; the most in the week of Mon 16 Nov 2026, 10\u00a0h 00\u00a0min."
    )


def test_less_than_an_hour_is_drawn_in_minutes():
    short = charts.active_hours(worked((date(2026, 11, 16), 12.0)))
    assert short.data[0].y == (12.0,)
    assert short.layout.yaxis.ticksuffix == " min"
    long = charts.active_hours(worked((date(2026, 11, 16), 90.0)))
    assert (long.data[0].y, long.layout.yaxis.ticksuffix) == ((1.5,), " h")


def sessions(*rows):
    schema = {
        "session": pl.String,
        "title": pl.String,
        "active_minutes": pl.Float64,
        "cost_usd": COST_USD,
        "subagents": pl.Int64,
        "lower_bound_responses": pl.Int64,
    }
    return pl.LazyFrame(
        [(*row[:3], None if row[3] is None else Decimal(row[3]), *row[4:]) for row in rows],
        schema=schema,
        orient="row",
    )


FOUR = sessions(
    ("s-1", "Short", 0.0, "0", 0, 0),
    ("s-2", "<b>Long</b>", 120.0, "2.5", 3, 1),
    ("s-3", None, 10.0, "0.5", 0, 0),
    ("s-4", "Local", 900.0, None, 0, 0),
)


def test_a_session_is_a_point_by_its_length_and_cost_and_the_least_are_at_the_edge():
    alone, helped = charts.session_lengths(FOUR).data
    assert (list(alone.x), list(alone.y)) == ([10.0, 0.5], [0.5, 0.001])
    assert (list(helped.x), list(helped.y)) == ([120.0], [2.5])
    assert list(helped.customdata[0]) == [
        "&lt;b&gt;Long&lt;/b&gt;",
        "2\u00a0h 00\u00a0min",
        "at least $2.50",
    ]
    assert alone.customdata[0][0] == "s-3"


def test_a_session_without_a_price_is_mentioned_and_not_drawn():
    assert summaries.session_lengths(FOUR) == (
        "Median 10\u00a0min and $0.50 across 3 sessions with usage; the longest (<b>Long</b>) took"
        " 2\u00a0h 00\u00a0min and $2.50. 1 without a price not shown."
    )


def test_the_most_expensive_of_many_sessions_are_drawn():
    rows = [(f"s-{n}", None, 10.0, str(n + 1), 0, 0) for n in range(MOST_SESSIONS + 1)]
    (points,) = charts.session_lengths(sessions(*rows)).data
    assert (len(points.y), min(points.y)) == (MOST_SESSIONS, 2.0)
    assert summaries.session_lengths(sessions(*rows)).endswith(
        "The 1,000 most expensive are drawn."
    )


def test_a_frame_without_rows_shows_nothing():
    for frame, name in ((worked(), "active_hours"), (sessions(), "session_lengths")):
        assert getattr(charts, name)(frame).layout.annotations[0].text == "Nothing to show."
        assert getattr(summaries, name)(frame) == "Nothing to show in this period."


def test_a_frame_without_the_length_is_refused():
    with pytest.raises(ReportError, match="needs the column 'active_minutes'"):
        charts.session_lengths(FOUR.drop("active_minutes"))
