"""Under every filter the activity page shows what the reports say of the narrowed history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.dashboard import activity_page, write
from pocketdev_analytics.dashboard.activity import activity_view
from pocketdev_analytics.dashboard.activity_frames import ActivityFacts, frames_of
from pocketdev_analytics.dashboard.filters import NO_VIEW, View
from tests.browser.shown import said, shown
from tests.browser.test_filters import drawn, look
from tests.browser.views import VIEWS, ZONE
from tests.dashboard.generated import NOW
from tests.dashboard.generated_activity import busy
from tests.dashboard.histories import provenance

HISTORY = busy()
PAGES = frozenset(HISTORY.usage.select("session_id").unique().collect()["session_id"].head(20))
FACTS = ActivityFacts.of(HISTORY, ZONE, PAGES)


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
def test_every_number_is_what_the_reports_say(opened, fragment):
    page = opened("agent=main" if not fragment else "")
    look(page, fragment)
    assert not page.locator("#nothing").is_visible()
    here, expected = shown(page), said(activity_view(FACTS, VIEWS[fragment]))
    assert here["keys"] == expected["keys"]
    assert here["panels"].keys() == expected["panels"].keys()
    for name, panel in expected["panels"].items():
        for part, value in panel.items():
            assert here["panels"][name][part] == value, (name, part)


def test_active_time_in_view_is_that_of_the_report_by_day_and_project():
    report = reports.active_time(HISTORY, by=["day", "project"], timezone=ZONE)
    wanted = report.filter(pl.col("project") == "/srv/tool", pl.col("active_minutes") > 0)
    worked = frames_of(FACTS, View(project=("/srv/tool",)))["worked_day"]
    columns = ["day", "active_minutes"]
    assert (
        worked.filter(pl.col("active_minutes") > 0)
        .select(columns)
        .equals(wanted.select(columns).collect())
    )


def test_active_time_of_everything_is_that_of_the_report():
    worked = frames_of(FACTS, NO_VIEW)
    for by, name in (((), "worked"), (("day",), "worked_day"), (("week",), "worked_week")):
        columns = [*by, "active_minutes"]
        report = reports.active_time(HISTORY, by=by, timezone=ZONE).select(columns).collect()
        did_work = pl.col("active_minutes") > 0
        assert worked[name].filter(did_work).select(columns).equals(report.filter(did_work))
