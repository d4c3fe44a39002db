from __future__ import annotations

import itertools
from datetime import date

import polars as pl
import pytest

from pocketdev_analytics import charts
from pocketdev_analytics.charts import summaries
from pocketdev_analytics.charts.activity import CALENDAR_WEEKS
from pocketdev_analytics.charts.axes import BAR_WIDTH_MS

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def activity(*rows):
    columns = ["prompts", "responses", "tool_calls", "lines_added", "lines_removed"]
    schema = {"day": pl.Date, **dict.fromkeys(columns, pl.Int64)}
    frame = pl.LazyFrame(rows, schema=schema, orient="row")
    return frame.with_columns(sessions=pl.col("prompts") // 2)


TWO_DAYS = activity(
    (date(2026, 11, 18), 4, 40, 30, 100, 20), (date(2026, 11, 20), 6, 60, 50, None, 5)
)


def test_the_calendar_has_a_row_a_weekday_and_counts_in_their_place():
    squares = charts.calendar_heatmap(TWO_DAYS).data[0]
    assert list(squares.y) == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert [row[-1] for row in squares.z] == [None, None, 4, 0, 6, None, None]
    assert squares.customdata[4][-1] == "Fri 20 Nov 2026: 6"


def test_the_calendar_keeps_to_its_weeks():
    long_ago = activity((date(2020, 1, 1), 1, 1, 1, 1, 1), (date(2026, 11, 20), 1, 1, 1, 1, 1))
    assert len(charts.calendar_heatmap(long_ago).data[0].x) == CALENDAR_WEEKS[1]
    assert len(charts.calendar_heatmap(TWO_DAYS).data[0].x) == CALENDAR_WEEKS[0]


def test_the_summary_of_a_calendar_is_of_the_weeks_that_it_shows():
    long_ago = activity((date(2020, 1, 1), 99, 1, 1, 1, 1), (date(2026, 11, 20), 1, 1, 1, 1, 1))
    assert summaries.calendar_heatmap(long_ago) == (
        "1 prompt, all on Fri 20 Nov 2026. These are the last 53 weeks of 100 prompts."
    )


def test_the_week_is_dense_in_any_order_of_rows():
    rows = [(day, hour, 24 * n + hour) for n, day in enumerate(WEEKDAYS) for hour in range(24)]
    schema = {"weekday": pl.Enum(WEEKDAYS), "hour_of_day": pl.Int8, "responses": pl.Int64}
    squares = charts.hour_by_weekday(pl.DataFrame(rows[::-1], schema, orient="row")).data[0]
    assert [list(row) for row in squares.z] == [
        [24 * day + hour for hour in range(24)] for day in range(7)
    ]


def test_each_measure_has_its_own_row():
    figure = charts.daily_activity(TWO_DAYS)
    assert [(trace.name, list(trace.y)) for trace in figure.data] == [
        ("Sessions", [2, 3]),
        ("Prompts", [4, 6]),
        ("Responses", [40, 60]),
        ("Tool calls", [30, 50]),
    ]
    domains = [figure.layout[axis].domain for axis in ("yaxis", "yaxis2", "yaxis3", "yaxis4")]
    assert all(above[0] > below[1] for above, below in itertools.pairwise(domains))


def test_removed_lines_hang_below_and_read_positive():
    added, removed = charts.daily_lines_changed(TWO_DAYS).data
    assert list(added.y) == [100, 0]
    assert (list(removed.y), list(removed.customdata)) == ([-20, -5], ["20", "5"])
    assert summaries.daily_lines_changed(TWO_DAYS) == "100 lines added and 25 removed by edits."


def tools(*rows):
    schema = {"tool": pl.String, "calls": pl.Int64, "errors": pl.Int64, "error_rate": pl.Float64}
    return pl.LazyFrame(rows, schema=schema, orient="row")


TOOLS = tools(("Bash", 60, 6, 0.1), ("Read", 39, 0, 0.0), ("mcp__web__open", 1, 1, 1.0))


def test_tools_are_ranked_by_calls():
    figure = charts.tool_mix(TOOLS)
    assert list(figure.layout.yaxis.ticktext) == ["Bash", "Read", "web: open"]
    assert list(figure.data[0].x) == [60, 39, 1]
    assert figure.data[0].customdata[2] == ["mcp__web__open", "1 call"]


def test_a_tool_called_once_has_no_error_rate():
    figure = charts.tool_errors(TOOLS)
    assert list(figure.layout.yaxis.ticktext) == ["Bash"]
    assert list(figure.data[0].x) == [10.0]
    assert figure.data[0].customdata[0][1] == "6 of 60 calls failed"


def errors(*rows):
    columns = dict.fromkeys(("errors", "retries", "rate_limits"), pl.Int64)
    return pl.LazyFrame(rows, schema={"day": pl.Date, **columns}, orient="row")


def test_errors_and_retries_are_stacked():
    ended, retried = charts.api_errors(errors((date(2026, 11, 1), 2, 3, 0))).data
    assert (list(ended.y), list(retried.y)) == ([2], [3])
    assert summaries.api_errors(errors((date(2026, 11, 1), 2, 3, 0))) == (
        "2 errors ended a turn and 3 were retried, on 1 day; none of them for a limit."
    )


def test_limits_are_marked_on_their_days():
    frame = errors((date(2026, 11, 1), 2, 3, 0), (date(2026, 11, 2), 1, 1, 2))
    limits = charts.api_errors(frame).data[2]
    assert (list(limits.x), list(limits.y)) == (["2026-11-02"], [2])
    assert summaries.api_errors(frame).endswith("on 2 days; 2 of them for a limit.")


def test_a_single_day_is_not_drawn_as_a_wall():
    first, last = (
        charts.daily_lines_changed(activity((date(2026, 11, 20), 1, 1, 1, 1, 1)))
        .layout["xaxis"]
        .range
    )
    assert (first[:10], last[:10]) == ("2026-11-06", "2026-11-20")


@pytest.mark.parametrize("chart", [charts.daily_activity, charts.daily_lines_changed])
def test_a_single_day_is_not_drawn_as_a_hair(chart):
    one = activity((date(2026, 11, 20), 1, 1, 1, 1, 1))
    assert {bar.width for bar in chart(one).data} == {BAR_WIDTH_MS["day"]}


def test_where_there_are_few_no_tick_is_between_two():
    few = charts.daily_activity(activity((date(2026, 11, 20), 2, 50, 3, 1, 1))).layout
    assert (few.yaxis2.dtick, few.yaxis3.dtick) == (1, None)
    assert charts.calendar_heatmap(TWO_DAYS).layout.coloraxis.colorbar.dtick is None
    one = activity((date(2026, 11, 20), 1, 1, 1, 1, 1))
    assert charts.calendar_heatmap(one).layout.coloraxis.colorbar.dtick == 1
    assert charts.daily_lines_changed(one).layout.yaxis.dtick == 1


def test_one_of_a_kind_is_singular():
    one = activity((date(2026, 11, 20), 1, 1, 1, 1, 1))
    assert summaries.daily_activity(one) == (
        "1 prompt, 1 response and 1 tool call on 1 day with activity."
    )
    assert summaries.daily_lines_changed(one) == "1 line added and 1 removed by edits."
    tools = pl.DataFrame({"tool": ["Read"], "calls": [6], "errors": [0], "error_rate": [0.0]})
    assert summaries.tool_mix(tools) == "6 calls, all of Read."
    assert summaries.tool_errors(tools) == "None of 6 calls failed."
