from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["usual/session", "hostile/session", "single/session"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_session_is_drawn_without_a_complaint_or_a_request(look, name, width, scheme):
    seen = look(name, width=width, color_scheme=scheme)
    plots = seen.page.locator(".plot")
    assert plots.count() == seen.page.locator(".plot:has(svg.main-svg)").count() > 4
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert seen.overflow() <= 0


def test_hovering_a_response_shows_its_cost(look):
    seen = look("usual/session")
    points = seen.page.locator("[data-panel=session-cost] .scatterlayer .point")
    points.last.hover(force=True)
    label = seen.page.locator("[data-panel=session-cost] .hoverlayer").first
    seen.page.wait_for_selector("[data-panel=session-cost] .hoverlayer text")
    assert "$1.001" in label.text_content()


def test_a_hostile_session_does_nothing(look):
    seen = look("hostile/session")
    assert seen.page.evaluate("window.broken") is None
    assert seen.page.locator("main img, main script, .plot a").count() == 0


def test_a_session_prints_on_paper(look):
    seen = look("usual/session", color_scheme="dark")
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert seen.complaints == []
