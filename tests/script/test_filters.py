"""The address of a page and what it stands for."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

STATE = {
    "today": "2026-11-23",
    "days": ["2026-06-27", "2026-11-18"],
    "filters": ["project", "model"],
    "periods": [
        {
            "key": "7d",
            "name": "Last 7 days",
            "days": ["2026-11-17", "2026-11-23"],
            "before": ["2026-11-10", "2026-11-16"],
        }
    ],
}
DOMAINS = {
    "project": {"key": ["/a", "/b&c", "(none)"], "text": ["a", "b&c", "(no project)"]},
    "model": {"key": ["opus"], "text": ["opus"]},
}
FRAGMENTS = {
    "": {"names": {}},
    "period=7d": {"period": "7d", "names": {}},
    "period=7d&from=2026-10-01": {"period": "7d", "names": {}},
    "from=2026-10-01&to=2026-10-09": {"from": "2026-10-01", "to": "2026-10-09", "names": {}},
    "project=%2Fa&project=%2Fb%26c&model=opus": {"names": {"project": [0, 1], "model": [0]}},
    "project=%28none%29": {"names": {"project": [2]}},
}
HOSTILE = [
    "period=__proto__&model=constructor&project=toString",
    "from=2026-13-45&to=now",
    "project=<script>&agent=main",
    "%E0%A4%A&=&&==",
    "a" * 10_000,
]


def call(evaluate, function, *given):
    arguments = ", ".join(json.dumps(each) for each in (*given, STATE, DOMAINS))
    return evaluate("filters", f"JSON.stringify({function}({arguments}))")


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_an_address_is_read_and_written(evaluate, fragment):
    wanted = FRAGMENTS[fragment]
    assert json.loads(call(evaluate, "readFragment", f"#{fragment}")) == wanted
    if "period=7d&from" not in fragment:
        assert json.loads(call(evaluate, "fragmentOf", wanted)) == fragment


@pytest.mark.parametrize("fragment", HOSTILE)
def test_unknown_names_in_the_address_are_not_filters(evaluate, fragment):
    assert json.loads(call(evaluate, "readFragment", fragment)) == {"names": {}}


def test_a_period_has_an_equal_one_before(evaluate):
    found = json.loads(call(evaluate, "periodOf", {"from": "2026-10-05", "names": {}}))
    assert found == {"days": ["2026-10-05", "2026-11-23"], "before": ["2026-08-16", "2026-10-04"]}
    assert json.loads(call(evaluate, "periodOf", {"names": {}})) == {}
    swapped = {"from": "2026-10-09", "to": "2026-10-01", "names": {}}
    assert json.loads(call(evaluate, "periodOf", swapped))["days"] == ["2026-10-01", "2026-10-09"]


def test_the_current_filters_are_described_in_words(evaluate):
    wanted = {"period": "7d", "names": {"project": [0, 1], "model": [0]}}
    assert json.loads(call(evaluate, "describe", wanted)) == (
        "Last 7 days (Tue 17 Nov 2026 \u2013 Mon 23 Nov 2026) \u00b7 a, b&c \u00b7 opus"
    )


@pytest.mark.parametrize(
    ("wanted", "mark", "after"),
    [
        ({"names": {}}, {"name": "model", "code": 0}, {"names": {"model": [0]}}),
        ({"names": {"model": [0]}}, {"name": "model", "code": 0}, {"names": {}}),
        (
            {"names": {"project": [2]}},
            {"name": "project", "code": 1},
            {"names": {"project": [1, 2]}},
        ),
        (
            {"period": "7d", "names": {"model": [0]}},
            {"days": ["2026-10-01", "2026-10-01"]},
            {"from": "2026-10-01", "to": "2026-10-01", "names": {"model": [0]}},
        ),
        (
            {"from": "2026-10-01", "to": "2026-10-07", "names": {}},
            {"days": ["2026-10-01", "2026-10-07"]},
            {"names": {}},
        ),
    ],
)
def test_a_click_filters_by_a_mark_and_a_second_one_takes_it_back(evaluate, wanted, mark, after):
    given = f"toggle({json.dumps(wanted)}, {json.dumps(mark)})"
    assert json.loads(evaluate("filters", f"JSON.stringify({given})")) == after
