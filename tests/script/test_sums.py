from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

UNIONS = {
    "unionOf([])": 0,
    "unionOf([[0, 10]])": 10,
    "unionOf([[0, 10], [10, 20]])": 20,
    "unionOf([[0, 10], [5, 7]])": 10,
    "unionOf([[30, 40], [0, 10], [5, 15]])": 25,
}
GROUPS = {
    # Two columns of codes, of domains of 2 and 3 names; rows 0 to 4.
    "groupRows([[1, 0, 1, 0, 1], [2, 0, 2, 1, 0]], [2, 3], [0, 1, 2, 3, 4])": {
        "first": [1, 3, 4, 0],
        "groupOf": [3, 0, 3, 1, 2],
    },
    "groupRows([[1, 0, 1, 0, 1]], [2], [0, 2])": {"first": [0], "groupOf": [0, 0]},
    "groupRows([[1]], [2], [])": {"first": [], "groupOf": []},
}


@pytest.mark.parametrize("expression", UNIONS)
def test_time_side_by_side_is_counted_once(evaluate, expression):
    assert evaluate("sums", expression) == UNIONS[expression]


@pytest.mark.parametrize("expression", GROUPS)
def test_rows_are_grouped_in_the_order_of_codes(evaluate, expression):
    shown = f"(({{ first, groupOf }}) => [first, [...groupOf]])({expression})"
    assert evaluate("sums", shown) == list(GROUPS[expression].values())


def test_money_is_exact_beyond_what_a_double_holds(evaluate):
    """9,007,199,254,740,993 units do not fit a double: 3 tokens at a third of that each."""
    query = (
        "{ facts: { rates: { input: [3002399751580331n] } }, rows: Int32Array.of(0, 1),"
        " groups: { groupOf: Int32Array.of(0, 0), first: [0] },"
        " table: { rows: 2, rest: {}, columns: { rate: [0, 0], input: [1, 2], priced: [1, 1] } } }"
    )
    expression = f"measureOf({query}, {{ money: [['input', 'input']] }}, {{}})"
    assert evaluate("sums", expression) == ["9007199254740993n"]


def test_money_without_a_price_is_not_zero(evaluate):
    query = (
        "{ facts: { rates: { input: [5n] } }, rows: Int32Array.of(0),"
        " groups: { groupOf: Int32Array.of(0), first: [0] },"
        " table: { rows: 1, rest: {}, columns: { rate: [0], input: [9], priced: [0] } } }"
    )
    assert evaluate("sums", f"measureOf({query}, {{ money: [['input', 'input']] }}, {{}})") == [
        None
    ]
