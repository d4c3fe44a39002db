"""The page that links to all pages."""

from __future__ import annotations

import pytest

from pocketdev_analytics.pages import index_page, store_context
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
