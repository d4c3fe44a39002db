from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics import charts
from pocketdev_analytics.charts import summaries
from pocketdev_analytics.exceptions import ReportError

MONEY = {
    "cost_usd": pl.Decimal(38, 15),
    "lower_bound_responses": pl.Int64,
    "unpriced_tokens": pl.Int64,
}


def costs(by, *rows):
    """A frame as `reports.cost` gives it: the by-columns, then cost and its marks."""
    schema = {**by, **MONEY}
    filled = [(*row[:-3], row[-3] and Decimal(row[-3]), *row[-2:]) for row in rows]
    return pl.LazyFrame(filled, schema=schema, orient="row")


DAYS = costs(
    {"day": pl.Date, "model": pl.String},
    (date(2026, 11, 1), "opus", "2.500000000000001", 0, 0),
    (date(2026, 11, 1), "haiku", "0.25", 1, 0),
    (date(2026, 11, 2), "opus", "1", 0, 0),
    (date(2026, 11, 2), "local", None, 0, 70),
)


def test_a_day_is_a_stack_of_models_with_the_most_expensive_first():
    figure = charts.daily_cost(DAYS)
    assert figure.layout.barmode == "stack"
    assert [trace.name for trace in figure.data] == [
        "opus",
        "haiku",
        "local (no price)",
        "<b>Total</b>",
    ]
    assert list(figure.data[0].x) == ["2026-11-01", "2026-11-02"]
    assert list(figure.data[0].y) == [2.5 + 1e-15, 1.0]


def test_hover_shows_every_digit_and_at_least_for_a_lower_bound():
    opus, haiku, local, total = charts.daily_cost(DAYS).data
    assert list(opus.customdata) == ["$2.500000000000001", "$1.00"]
    assert list(haiku.customdata) == ["at least $0.25"]
    assert list(local.customdata) == ["no price"]
    assert list(local.y) == [None]
    assert list(total.customdata) == ["at least $2.750000000000001", "at least $1.00"]


def test_models_beyond_the_palette_are_drawn_as_one():
    rows = [(date(2026, 11, 1), f"model-{n}", str(n), 0, 0) for n in range(1, 11)]
    figure = charts.daily_cost(costs({"day": pl.Date, "model": pl.String}, *rows))
    assert [trace.name for trace in figure.data][5:7] == ["model-5", "Other models"]
    assert list(figure.data[6].customdata) == ["$10.00"]


def test_days_without_models_are_one_row_of_bars():
    figure = charts.daily_cost(costs({"day": pl.Date}, (date(2026, 11, 1), "3", 0, 0)))
    assert [list(trace.y) for trace in figure.data] == [[3.0]]
    assert figure.layout.title.text == "Cost per day, USD"


def test_weeks_are_drawn_where_the_frame_is_by_week():
    frame = costs({"week": pl.Date}, (date(2026, 11, 2), "3", 0, 0))
    assert charts.daily_cost(frame).layout.title.text == "Cost per week, USD"


def test_months_are_named():
    frame = costs({"month": pl.String}, ("2026-10", "3", 0, 0), ("2026-11", "4", 0, 0))
    figure = charts.monthly_cost(frame)
    assert list(figure.layout.xaxis.ticktext) == ["Oct<br>2026", "Nov<br>2026"]
    assert summaries.monthly_cost(frame) == (
        "$4.00 in Nov 2026, the latest month and the most expensive."
    )


def test_a_month_without_usage_keeps_its_place():
    frame = costs({"month": pl.String}, ("2025-11", "3", 0, 0), ("2026-02", "4", 0, 0))
    axis = charts.monthly_cost(frame).layout.xaxis
    assert list(axis.categoryarray) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(axis.ticktext) == ["Nov<br>2025", "Dec<br>2025", "Jan<br>2026", "Feb<br>2026"]


def test_a_single_month_is_not_drawn_as_a_wall():
    one = charts.monthly_cost(costs({"month": pl.String}, ("2026-10", "3", 0, 0)))
    year = charts.monthly_cost(
        costs({"month": pl.String}, *((f"2026-{month:02}", "3", 0, 0) for month in range(1, 13)))
    )
    assert 0 < one.data[0].width < 0.2
    assert year.data[0].width == 0.82


def test_a_single_day_month_model_or_session_gives_no_average_and_no_ranking():
    day = costs({"day": pl.Date}, (date(2026, 11, 2), "1", 1, 0))
    assert summaries.daily_cost(day) == "At least $1.00, all on Mon 2 Nov 2026."
    assert summaries.cumulative_cost(day) == "At least $1.00, all by Mon 2 Nov 2026."
    month = costs({"month": pl.String}, ("2026-11", "4", 0, 0))
    assert summaries.monthly_cost(month) == "$4.00, all in Nov 2026."
    model = costs({"model": pl.String}, ("opus", "4", 0, 0))
    assert summaries.cost_by_model(model) == "$4.00, all for opus."
    session = costs({"session": pl.String, "title": pl.String}, ("a1", "Mend it", "4", 0, 0))
    assert summaries.session_costs(session) == "The only session with usage cost $4.00 (Mend it)."
    sessions = costs(
        {"session": pl.String, "title": pl.String},
        ("a1", "Mend it", "4", 0, 0),
        ("b", "", "1", 0, 0),
    )
    assert summaries.session_costs(sessions) == (
        "The most expensive of 2 sessions with usage cost $4.00 (Mend it)."
    )


def test_the_cumulative_cost_ends_at_the_exact_total():
    figure = charts.cumulative_cost(DAYS)
    assert list(figure.data[0].y) == [2.75 + 1e-15, 3.75 + 1e-15]
    assert figure.data[0].customdata[-1] == "at least $3.750000000000001"
    assert summaries.cumulative_cost(DAYS) == (
        "At least $3.75 in total, half of it by Sun 1 Nov 2026."
    )


def test_a_model_without_a_price_has_no_bar_but_its_tokens():
    frame = costs({"model": pl.String}, ("local", None, 0, 1234), ("opus", "3", 0, 0))
    bars = charts.cost_by_model(frame).data[0]
    assert list(bars.x) == [3.0, 0.0]
    assert list(bars.text) == ["$3.00 · 100%", "no price · 1.23\u00a0k tokens"]
    assert [words for _, words in bars.customdata] == ["$3.00", "no price"]
    assert summaries.cost_by_model(frame).endswith("1 model has no price.")


def test_the_pareto_line_adds_up_the_shares_of_all_projects():
    frame = costs({"project": pl.String}, ("/a/x", "1", 0, 0), ("/b/y", "3", 0, 0))
    bars, line = charts.cost_by_project(frame).data
    assert list(bars.x) == [3.0, 1.0]
    assert list(line.x) == [75.0, 100.0]
    assert list(charts.cost_by_project(frame).layout.yaxis.ticktext) == ["b/y", "a/x"]


def test_folders_of_the_same_name_are_distinguished():
    frame = costs({"project": pl.String}, ("/a/x", "1", 0, 0), ("/b/x", "3", 0, 0))
    assert list(charts.cost_by_project(frame).layout.yaxis.ticktext) == ["b/x", "a/x"]


def test_token_classes_show_their_share_of_tokens_and_of_cost():
    frame = pl.LazyFrame(
        [("input_tokens", 25, Decimal(3)), ("cache_read_tokens", 75, Decimal(1))],
        schema={"token_class": pl.String, "tokens": pl.Int64, "cost_usd": pl.Decimal(38, 15)},
        orient="row",
    )
    first, second = charts.cost_by_token_class(frame).data
    assert (first.name, list(first.x)) == ("Input", [75.0, 25.0])
    assert (second.name, list(second.customdata)) == ("Cache read", ["$1.00", "75 tokens"])


def test_a_frame_without_its_columns_is_refused_with_a_cure():
    with pytest.raises(ReportError, match=r"needs the column 'project'.*group the report by it"):
        charts.cost_by_project(DAYS)


def test_names_are_never_markup():
    frame = costs({"model": pl.String}, ("<b>&</b>", "1", 0, 0))
    figure = charts.cost_by_model(frame)
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;&amp;&lt;/b&gt;"]
    assert figure.data[0].customdata[0][0] == "&lt;b&gt;&amp;&lt;/b&gt;"


def test_an_empty_frame_gives_an_empty_figure():
    frame = costs({"day": pl.Date})
    assert all(not trace.x for trace in charts.daily_cost(frame).data)
    assert summaries.daily_cost(frame) == "Nothing to show in this period."
