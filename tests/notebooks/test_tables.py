"""Frames as tables: what is shown of each kind of value, and that names stay text."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.notebooks import answer, table


def cells(frame: Any, title: str | None = None, **options: Any) -> list[list[str]]:
    raw = table(frame, title, **options).as_raw_html()
    rows = re.findall(r"<tr>(.*?)</tr>", raw, re.DOTALL)
    return [
        [
            html.unescape(re.sub(r"<[^>]*>", "", cell))
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        for row in rows
    ]


def headings(frame: pl.DataFrame) -> list[str]:
    raw = table(frame).as_raw_html()
    found = re.findall(r'<th class="gt_col_heading[^>]*>(.*?)</th>', raw)
    return [re.sub(r"<[^>]*>", "", words) for words in found]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("cost_usd", Decimal("1234.5678"), "$1,234.57"),
        ("cost_usd", Decimal("0.00042"), "$0.00042"),
        ("cost_usd", None, "\u2013"),
        ("responses", 1234567, "1,234,567"),
        ("responses", None, "\u2013"),
        ("error_rate", 0.0421, "4.2%"),
        ("duration_minutes", 72.4, "1\u00a0h 12\u00a0min"),
        ("duration_minutes", 0.3, "<1\u00a0min"),
        ("duration_minutes", 0.0, "0\u00a0min"),
        ("title", "word " * 30, ("word " * 30).strip()),
        ("started_at", datetime(2026, 11, 3, 9, 5, tzinfo=UTC), "2026-11-03 09:05"),
        ("day", date(2026, 11, 3), "2026-11-03"),
        ("models", ["a", "b"], "a, b"),
        ("is_error", True, "yes"),
        ("title", None, "\u2013"),
        ("input_price_per_million", Decimal("0.300000000"), "$0.30"),
    ],
)
def test_a_value_is_shown_as_what_it_is(column: str, value: Any, shown: str) -> None:
    kinds = {"cost_usd": COST_USD, "responses": pl.Int64, "title": pl.String}
    schema = {column: kinds[column]} if column in kinds else None
    assert cells(pl.DataFrame({column: [value]}, schema=schema)) == [[shown]]


def test_a_cost_known_from_below_reads_at_least_and_the_marks_are_left_out() -> None:
    frame = pl.DataFrame(
        {
            "model": ["a", "b", "c"],
            "cost_usd": [Decimal(1), Decimal(2), None],
            "lower_bound_responses": [0, 1, 0],
            "unpriced_tokens": [0, 0, 9],
        }
    )
    assert cells(frame) == [["a", "$1.00"], ["b", "\u2265 $2.00"], ["c", "no price"]]


def test_columns_are_headed_with_words_and_units() -> None:
    names = ["cost_usd", "started_at", "result_bytes", "cache_write_5m_tokens", "mcp_server"]
    names += ["input_price_per_million", "error_rate", "duration_minutes"]
    assert headings(pl.DataFrame({name: [None] for name in names})) == [
        "Cost, USD",
        "Started",
        "Result, bytes",
        "Cache write 5 min tokens",
        "MCP server",
        "Input price per million, USD",
        "Error rate",
        "Duration",
    ]


def test_names_stay_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    raw = table(pl.DataFrame({hostile: [hostile, f'{"x" * 60}"{hostile}']}), hostile).as_raw_html()
    assert "<img" not in raw
    assert raw.count("&lt;img") >= 3
    assert not re.search(r'title="[^"]*"[^>]*onerror', raw)


def test_a_long_text_is_complete_in_lines_of_its_own() -> None:
    question = "which sessions cost the most, and what was done in each of them? One row a session."
    raw = table(pl.DataFrame({"question": [question], "name": ["short"]})).as_raw_html()
    assert f'<span class="long">{question}</span>' in raw
    assert ">short</td>" in raw


def test_a_command_in_a_detail_is_code_and_one_in_a_name_is_text() -> None:
    row = {"detail": "`report lower-bounds` <lists>", "branch": "a`b`"}
    raw = table(pl.DataFrame([row])).as_raw_html()
    assert "<code>report lower-bounds</code> &lt;lists&gt;" in raw
    assert "a`b`" in raw


def test_a_heading_breaks_only_between_its_lines() -> None:
    raw = table(pl.DataFrame({"cache_write_5m_tokens": [1], "cost_usd": [1]})).as_raw_html()
    lines = re.findall(r'<span class="line">(.*?)</span>', raw)
    assert lines == ["Cache write", "5 min tokens", "Cost, USD"]


def test_many_rows_are_counted_below_the_table() -> None:
    raw = table(pl.LazyFrame({"n": range(1200)}), most=10).as_raw_html()
    assert raw.count("<td headers") == 10
    assert "The first 10 of 1,200 rows." in raw


def test_a_table_without_rows_is_described() -> None:
    empty = pl.DataFrame(schema={"cost_usd": COST_USD})
    assert cells(empty) == [["Nothing to show."]]
    assert cells(empty, nothing="Every line could be read.") == [["Every line could be read."]]


def test_the_same_frame_is_the_same_table() -> None:
    frame = pl.DataFrame({"n": [1]})
    assert table(frame, "A").as_raw_html() == table(frame, "A").as_raw_html()
    assert table(frame, "A").as_raw_html() != table(frame, "B").as_raw_html()


def test_an_answer_is_titled_with_its_question() -> None:
    class Store:
        def question(self, name: str) -> str:
            return f"what of {name}? One row a thing."

        def named_query(self, name: str, parameters: Any = None) -> pl.DataFrame:
            return pl.DataFrame({name: [parameters["rows"]]})

    raw = answer(Store(), "x", rows=7).as_raw_html()
    assert "What of x?" in raw
    assert ">7</td>" in raw
