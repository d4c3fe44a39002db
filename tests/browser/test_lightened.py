"""A page that left something out for its weight: every filter is exact, and it says what is not."""

from __future__ import annotations

from typing import Any

import pytest

from pocketdev_analytics.dashboard import activity_page, cost, cost_page, filtered, write
from pocketdev_analytics.dashboard.activity import activity_view
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts
from pocketdev_analytics.dashboard.cost import cost_view
from pocketdev_analytics.dashboard.cost_frames import CostFacts
from pocketdev_analytics.dashboard.weight import Left, choices
from tests.browser.shown import said, shown
from tests.browser.test_filters import look
from tests.browser.views import VIEWS, ZONE
from tests.dashboard.generated import NOW, generated
from tests.dashboard.generated_activity import busy
from tests.dashboard.histories import provenance

pytestmark = pytest.mark.browser

HISTORY, UNCACHED = generated()
PAGES = frozenset(HISTORY.usage.select("session_id").unique().collect()["session_id"].head(20))
COST = CostFacts(HISTORY, HISTORY, UNCACHED, (), ZONE, NOW, pages=PAGES)
ACTIVITY = ActivityFacts.of(busy(), ZONE, PAGES)
MADE = {"timezone": ZONE, "made_at": NOW, "pages": PAGES}
FEW = 12
STILL = {"cost": {"branches", "runners", "windows"}, "activity": {"hours", "tools"}}
# A filter of each kind, and all of them.
SOME = [*list(VIEWS)[:3], *list(VIEWS)[9:]]


def lightest_of(*args: Any) -> Any:
    return [list(choices(*args))[-1]]


@pytest.fixture(scope="module", params=STILL)
def light(request: Any, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The page that leaves out all it can, and what the package says of it in a view."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filtered, "MOST_NAMED", FEW)
        patch.setattr(filtered, "choices", lightest_of)
        if request.param == "cost":
            text = cost_page(HISTORY, provenance(), uncached=UNCACHED, **MADE)
            facts, view, dearest = COST, cost_view, cost.dearest_sessions(COST)
        else:
            text = activity_page(ACTIVITY.history, provenance(), **MADE)
            facts, view, dearest = ACTIVITY, activity_view, filtered.dearest(ACTIVITY.sessions)
    assert len(dearest) == FEW
    left = Left(frozenset(STILL[request.param]), dearest)
    path = write(tmp_path_factory.mktemp("light") / f"{request.param}.html", text)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-charts=drawn]", timeout=60_000)
    yield page, lambda asked: said(view(facts, asked, left)), complaints
    page.close()


@pytest.mark.parametrize("fragment", SOME)
def test_every_number_is_that_of_the_filter_or_of_all_where_the_page_says_so(light, fragment):
    page, expect, complaints = light
    look(page, "agent=main" if not fragment else "")
    look(page, fragment)
    here, expected = shown(page), expect(VIEWS[fragment])
    assert complaints == []
    assert here["keys"] == expected["keys"]
    for name, panel in expected["panels"].items():
        for part, value in panel.items():
            assert here["panels"][name][part] == value, (name, part)


def test_what_follows_no_filter_says_so_in_its_place(light):
    page, _, _ = light
    look(page, "")
    # Of the activity page's three, two are of tools.
    assert page.locator(".panel", has_text="no filter changes this panel").count() == 3
    assert page.locator(".panel", has_text="it names the 1,000 sessions").count() >= 1


def test_a_session_that_is_not_named_is_listed_without_its_name(light):
    page, expect, _ = light
    look(page, "agent=subagent")
    panels = expect(VIEWS["agent=subagent"])["panels"]
    name = "session-costs" if "session-costs" in panels else "sessions"
    assert shown(page)["panels"][name]["rows"] == panels[name]["rows"]
    rows = [row for row in panels[name]["rows"] if row[0][0] == "(not named in this page)"]
    assert rows
    assert not any(cell[2] for row in rows for cell in row)
