"""Under every filter the activity page shows what the package draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pocketdev_analytics.pages import activity_page, write
from pocketdev_analytics.pages.activity import activity_view
from pocketdev_analytics.pages.activity_facts import ActivitySource, activity_facts
from tests.browser.shown import said, shown
from tests.browser.test_filters import drawn, look
from tests.pages.generated import NOW
from tests.pages.generated_activity import busy
from tests.pages.histories import provenance
from tests.pages.views import VIEWS, ZONE

HISTORY = busy()
PAGES = frozenset(HISTORY.usage.select("session_id").unique().collect()["session_id"].head(20))
SOURCE = ActivitySource(HISTORY, ZONE, PAGES)
FACTS = activity_facts(SOURCE)


@pytest.fixture(scope="module")
def opened(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """The page of the generated history, under the filters of an address."""
    path = write(
        tmp_path_factory.mktemp("filters") / "activity.html",
        activity_page(HISTORY, provenance(), timezone=ZONE, made_at=NOW, pages=PAGES),
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


@pytest.mark.browser
@pytest.mark.parametrize("fragment", VIEWS)
def test_every_number_is_what_the_package_draws(opened, fragment):
    page = opened("agent=main" if not fragment else "")
    look(page, fragment)
    assert not page.locator("#nothing").is_visible()
    here, expected = shown(page), said(activity_view(SOURCE, FACTS, VIEWS[fragment]))
    assert here["keys"] == expected["keys"]
    assert here["panels"].keys() == expected["panels"].keys()
    for name, panel in expected["panels"].items():
        for part, value in panel.items():
            assert here["panels"][name][part] == value, (name, part)
