"""A page keeps below its weight whatever its history, and says what it left out for that."""

from __future__ import annotations

import re

import pytest

from pocketdev_analytics.dashboard import activity_page, cost_page, weight
from pocketdev_analytics.dashboard.weight import MOST_BYTES, choices, lightest
from tests.dashboard.generated import NOW, generated
from tests.dashboard.generated_activity import busy
from tests.dashboard.histories import provenance
from tests.dashboard.test_pages import Reader

SAID = {"timezone": "Europe/Berlin", "made_at": NOW}
SMALL, SMALL_UNCACHED = generated(300, 20, 40)


def cost(history, uncached):
    return cost_page(history, provenance(), uncached=uncached, **SAID)


def cubes(page: str) -> str | None:
    found = re.search('id="cubes">(.*?)</script>', page)
    return found and found[1]


def remarks(page: str) -> str:
    return " ".join(" ".join(Reader(page).text).split())


@pytest.mark.parametrize(("responses", "sessions", "days"), [(100_000, 3_000, 400)])
def test_a_hundred_thousand_responses_that_nothing_orders_keep_below_the_weight(
    responses, sessions, days
):
    page = cost(*generated(responses, sessions, days))
    assert len(page.encode()) <= MOST_BYTES
    assert cubes(page)
    assert "no filter changes this panel" in remarks(page)


def test_what_does_the_least_harm_is_left_out_first():
    parts = {"base": b"x" * 40, "names": b"x" * 20, "panel": b"x" * 8}
    found = [*choices(parts, {"names": b"x" * 4}, {"names": 2, "panel": 1})]
    assert [sorted(choice.out) for choice in found] == [
        [], ["panel"], ["names"], ["names", "panel"],
    ]  # fmt: skip
    assert [[len(part) for part in choice.parts] for choice in found] == [
        [40, 20, 8], [40, 20], [40, 8, 4], [40, 4],
    ]  # fmt: skip


def test_only_pages_that_may_fit_are_made(monkeypatch):
    monkeypatch.setattr(weight, "MOST_BYTES", 500)
    parts = {"base": b"x" * 80, "a": b"x" * 800, "b": b"x" * 160}
    tried = []

    def made(choice):
        tried.append(sorted(choice.out))
        return "y" * (210 + choice.letters)

    page = lightest(choices(parts, {}, {"a": 1, "b": 2}), made)
    assert tried == [["a"], ["a", "b"]]
    assert page is not None
    assert len(page) == 210 + 101


@pytest.mark.parametrize("name", ["cost", "activity"])
def test_a_page_that_has_no_room_for_filters_says_so_and_shows_all_else(monkeypatch, name):
    def page():
        if name == "cost":
            return cost(SMALL, SMALL_UNCACHED)
        return activity_page(busy(300, 20, 40), provenance(), **SAID)

    whole = page()
    monkeypatch.setattr(weight, "MOST_BYTES", len(whole) // 2)
    bare = page()
    assert cubes(whole)
    assert cubes(bare) is None
    assert "There are no filters here" in remarks(bare)
    assert f"dashboard {name} --since DATE" in remarks(bare)
    assert "There are no filters here" not in remarks(whole)
    assert Reader(bare).tables == Reader(whole).tables
