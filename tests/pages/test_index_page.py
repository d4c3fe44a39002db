"""The page that links to all pages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pocketdev_analytics import import_history, open_store, report, write_sample
from pocketdev_analytics.formatting import format_usd
from pocketdev_analytics.pages import index_page, store_context
from pocketdev_analytics.pages.start import start_of
from pocketdev_analytics.settings.config import Budget, Settings
from tests.pages.histories import MADE_AT, provenance
from tests.pages.test_pages import Reader

LINKS = {"Dashboards": {"cost.html": "Cost"}, "Notebooks": {"notebooks/sql.html": "<b>SQL"}}


def page(**changed):
    return index_page(
        LINKS, store_context(provenance(**changed), timezone="Asia/Tokyo", made_at=MADE_AT)
    )


def test_every_page_is_linked_to():
    read = Reader(page())
    assert [a["href"] for a in read.attributes if "href" in a] == [
        "#main",
        "cost.html",
        "cost.html",
        "notebooks/sql.html",
    ]
    assert "<b>SQL" in "".join(read.text)


def test_there_is_no_script_and_nothing_is_loaded():
    text = page()
    assert "script" not in Reader(text).tags
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert "unsafe-inline" not in text


def test_it_says_what_it_is_made_from():
    words = " ".join("".join(Reader(page()).text).split())
    assert "Read from 15 session files." in words
    assert "Made 2026-11-23 17:30 (Asia/Tokyo)" in words
    assert "Sample data." not in words
    assert "Sample data." in page(is_sample=True)


@pytest.mark.browser
def test_it_is_shown_in_its_style_without_a_complaint(browser, tmp_path):
    (tmp_path / "index.html").write_text(page(), encoding="utf-8")
    complaints = []
    shown = browser.new_page(viewport={"width": 390, "height": 800})
    shown.on("console", lambda message: complaints.append(message.text))
    shown.goto((tmp_path / "index.html").as_uri())
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 246, 249)"
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    shown.close()


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    history = write_sample(folder / "history", days=70, until=datetime.now(UTC).date())
    import_history([history], folder / "store.duckdb")
    settings = Settings(
        folder / "store.duckdb", "UTC", budget=Budget(monthly=Decimal(50), daily=None)
    )
    with open_store(folder / "store.duckdb") as store:
        made = start_of(store, settings, pages={"no-such-session"})
        month = report(store, "cost", settings=settings, period="this-month").totals
        first = report(store, "findings", settings=settings).rows["finding"][0]
    return made, month, first


def test_it_shows_what_was_spent_against_the_budget_and_what_to_do(start):
    made, month, first = start
    figures = {figure.name: figure for figure in made.figures}
    assert list(figures) == ["Today", "This week", "This month", "Last 30 days"]
    assert figures["This month"].value == format_usd(month["cost_usd"])
    assert figures["This month"].note == "$50.00 budget, within"
    assert "vs. the period before" in figures["Last 30 days"].change
    assert made.findings[0].startswith(first)
    assert made.caveat.startswith("All usage: at least $")
    for command in made.unpriced.values():
        assert command.startswith("pocketdev-analytics pricing ")
    assert len(made.sessions) == 20
    assert not any(session.link for session in made.sessions)
    assert sorted([each.started for each in made.sessions], reverse=True) == [
        each.started for each in made.sessions
    ]


def test_everything_of_the_start_is_on_the_page(start):
    made, *_ = start
    context = store_context(provenance(), timezone="UTC", made_at=MADE_AT)
    words = " ".join("".join(Reader(index_page(LINKS, context, made)).text).split())
    for text in (made.caveat, *made.changes, made.sessions[0].title, made.figures[2].value):
        assert text in words
    assert "`" not in words
