"""Under every filter the page shows what the package draws of the same facts.

`tests/pages/test_facts_and_reports.py` compares the facts with the reports under the same filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from pocketdev_analytics.pages import cost_page, write
from pocketdev_analytics.pages.cost import cost_view
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.reports import Limit
from tests.browser.shown import said, shown
from tests.pages.generated import NOW, generated
from tests.pages.histories import provenance
from tests.pages.views import VIEWS, ZONE

pytestmark = pytest.mark.browser

HISTORY, UNCACHED = generated()
LIMITS = (Limit("month", Decimal(200)), Limit("month", Decimal(5), "app"))
PAGES = frozenset(HISTORY.usage.select("session_id").unique().collect()["session_id"].head(20))
SOURCE = CostSource(HISTORY, UNCACHED, ZONE, NOW, pages=PAGES)
FACTS = cost_facts(SOURCE)


@pytest.fixture(scope="module")
def opened(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """The page of the generated history, under the filters of an address."""
    path = write(
        tmp_path_factory.mktemp("filters") / "cost.html",
        cost_page(
            HISTORY,
            provenance(),
            timezone=ZONE,
            made_at=NOW,
            uncached=UNCACHED,
            limits=LIMITS,
            pages=PAGES,
        ),
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def under(fragment: str) -> Any:
        if not page.url.startswith("file:"):
            page.goto(path.as_uri())
            drawn(page)
        look(page, fragment)
        assert complaints == []
        return page

    yield under
    page.close()


def drawn(page: Any) -> None:
    page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)


def look(page: Any, fragment: str) -> None:
    page.evaluate(
        "text => new Promise(done => { addEventListener('hashchange', done, { once: true });"
        " if (location.hash.slice(1) === text) done(); else location.hash = text; })",
        fragment,
    )
    drawn(page)


@pytest.mark.parametrize("fragment", VIEWS)
def test_every_number_is_what_the_package_draws(opened, fragment):
    page = opened("agent=main" if not fragment else "")
    look(page, fragment)
    assert not page.locator("#nothing").is_visible()
    here, expected = shown(page), said(cost_view(SOURCE, FACTS, LIMITS, VIEWS[fragment]))
    assert here["keys"] == expected["keys"]
    assert here["panels"].keys() == expected["panels"].keys()
    for name, panel in expected["panels"].items():
        for part, value in panel.items():
            assert here["panels"][name][part] == value, (name, part)


def test_where_nothing_is_left_the_page_says_how_to_get_back(opened):
    page = opened("period=7d&project=(none)&model=(none)")
    assert page.locator("#nothing").is_visible()
    assert not page.locator(".keys").is_visible()
    assert not page.locator(".panel").first.is_visible()
    page.locator("#nothing .reset").click()
    drawn(page)
    assert page.locator(".keys").is_visible()
    assert page.url.partition("#")[2] == ""
