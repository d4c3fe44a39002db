"""Every page through axe's rules: the WCAG's, and what is good practice next to them."""

from __future__ import annotations

import pytest

from pocketdev_analytics.pages import activity_page, index_page, store_context, write
from tests.accessibility import NARROW, violations
from tests.pages.histories import HOSTILE, MADE_AT, made, provenance

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("page", ["cost", "activity", "session"])
def test_a_page_violates_no_rule(look, page):
    assert violations(look(f"usual/{page}").page) == []


@pytest.mark.parametrize("page", ["cost", "activity", "session"])
def test_a_page_of_hostile_names_violates_no_rule(look, page):
    assert violations(look(f"hostile/{page}").page, NARROW) == []


@pytest.mark.parametrize("page", ["cost", "activity"])
def test_an_empty_page_violates_no_rule(look, page):
    assert violations(look(f"empty/{page}", drawn=False).page) == []


def test_a_page_of_sample_data_violates_no_rule_where_charts_cannot_be_unpacked(browser, tmp_path):
    html = activity_page(made(5), provenance(is_sample=True), timezone="UTC", made_at=MADE_AT)
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(write(tmp_path / "activity.html", html).as_uri())
    page.wait_for_selector("#no-charts:not([hidden])")
    assert violations(page) == []
    page.close()


def test_the_index_violates_no_rule(browser, tmp_path):
    context = store_context(provenance(is_sample=True), timezone="UTC", made_at=MADE_AT)
    links = {"Dashboards": {"cost.html": HOSTILE[0]}, "Notebooks": {"notebooks/sql.html": "SQL"}}
    page = browser.new_page()
    page.goto(write(tmp_path / "index.html", index_page(links, context)).as_uri())
    assert violations(page) == []
    page.close()


def test_the_scan_finds_what_is_wrong(look):
    page = look("empty/cost", drawn=False).page
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in each for each in violations(page))
