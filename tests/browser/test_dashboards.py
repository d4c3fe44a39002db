from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser
PAGES = ["usual/cost", "usual/activity", "hostile/cost", "hostile/activity"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_draws_every_chart_without_a_complaint_or_a_request(look, name, width):
    seen = look(name, width=width)
    plots = seen.page.locator(".plot")
    assert plots.count() == seen.page.locator(".plot:has(svg.main-svg)").count() > 0
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert seen.overflow() <= 0


@pytest.mark.parametrize("name", ["hostile/cost", "hostile/activity"])
def test_hostile_names_do_nothing_and_are_shown(look, name):
    seen = look(name)
    assert seen.page.evaluate("window.broken") is None
    assert seen.page.locator("main img, main script, .plot a").count() == 0
    assert "<script>window.broken = 1</script>" in seen.page.locator("main").inner_text()


def test_hovering_a_hostile_bar_shows_text(look):
    seen = look("hostile/cost")
    seen.page.locator("[data-panel=session-costs] .point").first.hover(force=True)
    seen.page.wait_for_selector("[data-panel=session-costs] .hoverlayer text")
    assert seen.page.evaluate("window.broken") is None
    assert seen.complaints == []


def test_dark_follows_the_system_at_once(look):
    seen = look("usual/cost", color_scheme="light")
    light = seen.background()
    seen.page.emulate_media(color_scheme="dark")
    assert seen.background() != light
    # A browser tells scripts of it with the next frame that it draws.
    sync_api.expect(seen.page.locator(".plot svg.main-svg").first).to_have_css(
        "background-color", "rgb(22, 27, 34)"
    )


def test_colours_that_change_while_charts_are_drawn_reach_all_of_them(look):
    seen = look("usual/cost", drawn=False, color_scheme="light")
    seen.page.wait_for_selector(".plot svg.main-svg")
    seen.page.emulate_media(color_scheme="dark")
    seen.page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    fills = "plots => plots.map(plot => getComputedStyle(plot).backgroundColor)"
    drawn = seen.page.eval_on_selector_all(".plot svg.main-svg:first-child", fills)
    assert set(drawn) == {"rgb(22, 27, 34)"}


def test_the_switch_is_reached_by_keyboard_and_wins_over_the_system(look):
    seen = look("usual/cost", color_scheme="light")
    light = seen.background()
    button = seen.page.locator("#theme")
    for _ in range(5):
        seen.page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    seen.page.keyboard.press("Enter")
    assert seen.background() != light
    assert button.inner_text() == "Light"
    seen.page.reload()
    assert seen.background() != light


@pytest.mark.parametrize("chart", ["daily-cost", "monthly-cost"])
def test_a_legend_button_takes_the_first_model_out_and_brings_it_back(look, chart):
    seen = look("usual/cost")
    button = seen.page.locator(f"[aria-labelledby=title-{chart}] .legend button").first
    bars = seen.page.locator(f"[data-panel={chart}] .bars .point")
    before = bars.count()
    button.press("Enter")
    seen.page.wait_for_selector(".legend button[aria-pressed=false]")
    assert bars.count() < before
    button.press("Enter")
    sync_api.expect(seen.page.locator(".legend button[aria-pressed=false]")).to_have_count(0)
    assert bars.count() == before
    assert seen.complaints == []


@pytest.mark.parametrize("name", ["usual/cost", "usual/activity"])
def test_without_script_the_figures_and_tables_are_there(look, name):
    seen = look(name, drawn=False, java_script_enabled=False)
    assert seen.page.locator(".value").first.is_visible()
    tables = seen.page.locator("table")
    assert tables.count() > 5
    assert all(tables.nth(place).is_visible() for place in range(tables.count()))
    assert seen.page.locator("noscript").inner_text().startswith("Charts need JavaScript")


def test_without_decompression_the_tables_are_there(browser, pages):
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto((pages / "usual" / "cost.html").as_uri())
    page.wait_for_selector("#no-charts:not([hidden])")
    assert page.locator("table").first.is_visible()
    assert not page.locator(".plot").first.is_visible()
    page.close()


def test_a_table_is_saved_with_exact_values(look):
    seen = look("usual/cost")
    panel = seen.page.locator("[aria-labelledby=title-cost-by-model]")
    panel.locator("summary").press("Enter")
    with seen.page.expect_download() as download:
        panel.locator(".csv").click()
    path = Path(download.value.path())
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode())))
    assert download.value.suggested_filename == "cost-by-model.csv"
    assert rows[0][:3] == ["Model", "Cost, USD", "Responses"]
    assert rows[1][:3] == ["claude-opus-5", "14.014", "14"]
    assert rows[3][:2] == ["local-model", ""]


def test_a_saved_name_is_not_a_formula(look):
    seen = look("hostile/cost")
    panel = seen.page.locator("[aria-labelledby=title-session-costs]")
    panel.locator("summary").click()
    with seen.page.expect_download() as download:
        panel.locator(".csv").click()
    text = Path(download.value.path()).read_bytes().decode()
    assert all(not row[0].startswith("=") for row in csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("name", ["usual/cost", "usual/activity"])
def test_a_page_prints_on_paper(look, name):
    seen = look(name, color_scheme="dark")
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert seen.complaints == []


@pytest.mark.parametrize("name", ["empty/cost", "empty/activity"])
def test_an_empty_page_is_friendly_and_quiet(look, name):
    seen = look(name, drawn=False, width=390)
    assert "No data yet" in seen.page.locator("main").inner_text()
    assert (seen.complaints, seen.overflow()) == ([], 0)


def test_charts_follow_the_window(look):
    seen = look("usual/cost", width=1280)
    chart = seen.page.locator("[data-panel=daily-cost] svg.main-svg").first
    before = chart.bounding_box()["width"]
    seen.page.set_viewport_size({"width": 390, "height": 800})
    seen.page.wait_for_timeout(500)
    assert chart.bounding_box()["width"] < before / 2
    assert seen.overflow() <= 0
