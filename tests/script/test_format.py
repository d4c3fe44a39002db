"""format.js is the twin of formatting.py: the same vectors, and what only a page needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

VECTORS = json.loads((Path(__file__).parents[1] / "formatting_vectors.json").read_text("utf-8"))
# How the script is asked for the short form of a case.
CALLS = {
    "usd": "cases.map(({ value }) => usd(value && decimal(value)))",
    "tokens": "cases.map(({ value }) => tokens(value))",
    "share": "cases.map(({ part, whole }) => share(decimal(part), decimal(whole)))",
    "change": "cases.map(({ now, before }) => change(decimal(now), decimal(before)) || null)",
    "duration": "cases.map(({ minutes }) => duration(Number(minutes)))",
    "month": "cases.map(({ value }) => monthName(value))",
    "count_of": "cases.map(({ number, noun, nouns }) => plural(number, noun, nouns || undefined))",
}
FULL_CALLS = {
    "usd": "cases.map(({ value }) => exactUsd(value && decimal(value)))",
    "tokens": "cases.map(({ value }) => count(value))",
    "day": "cases.map(({ value }) => dayName(value))",
}
CASES = {
    'plainUsd(decimal("-0.50"))': "-0.5",
    'plainUsd(decimal("5.00"))': "5",
    'plainUsd(decimal("100"))': "100",
    'daysName(["2026-11-03", "2026-11-03"])': "Tue 3 Nov 2026",
    'daysName(["2026-11-03", "2026-11-04"])': "Tue 3 Nov 2026 \u2013 Wed 4 Nov 2026",
    'shorten("abcdef", 4)': "abc\u2026",
    'shorten("\\u{1F600}\\u{1F600}", 2)': "\U0001f600\U0001f600",
    'figureLabel("<b>&")': "&lt;b&gt;&amp;",
    'shellQuoted("a-b/c")': "a-b/c",
    'shellQuoted("it\'s $x")': "'it'\"'\"'s $x'",
    "sixDigits(0)": "0",
    "sixDigits(0.5)": "0.5",
    "sixDigits(1 / 3)": "0.333333",
    "sixDigits(123456)": "123456",
    "sixDigits(1234567)": "1.23457e+06",
    "sixDigits(0.00001234)": "1.234e-05",
    "sixDigits(999999.7)": "1e+06",
}


def run(tab: Any, expression: str, cases: Any = None) -> Any:
    return tab.evaluate(
        """([expression, cases]) => {
          const exports = { ...module_format, decimal: module_decimals.decimalOf };
          const names = [...Object.keys(exports), "cases"];
          return new Function(...names, `return ${expression};`)(...Object.values(exports), cases);
        }""",
        [expression, cases],
    )


@pytest.mark.parametrize("kind", CALLS)
def test_the_short_form_is_that_of_the_vectors(tab, kind):
    cases = VECTORS[kind]
    assert run(tab, CALLS[kind], cases) == [case["short"] for case in cases]


@pytest.mark.parametrize("kind", FULL_CALLS)
def test_the_full_form_is_that_of_the_vectors(tab, kind):
    cases = VECTORS[kind]
    assert run(tab, FULL_CALLS[kind], cases) == [case["full"] for case in cases]


@pytest.mark.parametrize("expression", CASES)
def test_a_value_is_formatted_as_python_does(tab, expression):
    assert run(tab, expression) == CASES[expression]
