from __future__ import annotations

import pytest

from pocketdev_analytics.cli._layout import Column, lay_out, length


def columns(*cells):
    return [
        Column("name of it", [name for name, _ in cells], 7, is_right=False),
        Column("cost", [cost for _, cost in cells], 5, is_right=True),
    ]


def test_numbers_end_and_words_begin_in_one_place_below_headers_that_end_on_one_line():
    assert lay_out(columns(("a", "5.00"), ("b c", "12.50")), has_totals=False).splitlines() == [
        "name of",
        "it        cost",
        "──────────────",
        "a         5.00",
        "b c      12.50",
    ]


def test_a_long_cell_is_broken_between_words_and_within_those_that_are_too_long():
    body = lay_out(columns(("two words", "5.00"), ("x" * 9, "1")), has_totals=False)
    assert body.splitlines()[3:] == ["two       5.00", "words", "xxxxxxx      1", "xx"]


def test_the_row_of_totals_stands_apart():
    assert lay_out(columns(("a", "1"), ("total", "1")), has_totals=True).splitlines()[3:] == [
        "a            1",
        "",
        "total        1",
    ]


@pytest.mark.parametrize("text", ["日本語", "e\u0301te\u0301", "plain"])
def test_a_sign_takes_as_many_columns_as_a_terminal_gives_it(text):
    line = lay_out(columns((text, "1")), has_totals=False).splitlines()[3]
    assert length(line) == 14
    assert line == text + " " * (7 + 2 + 4 - length(text)) + "1"
