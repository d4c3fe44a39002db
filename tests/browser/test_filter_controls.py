"""The filters as a reader meets them: by mouse and keyboard, in the address, on paper."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

import pytest

pytestmark = pytest.mark.browser

HOSTILE_FRAGMENTS = (
    "project=<script>window.broken=1</script>",
    "period=__proto__&model=constructor&agent=toString",
    "from=2026-13-45&to=now",
    "period=30d'\"><img src=x onerror=window.broken=1>",
    "javascript:window.broken=1",
    "a" * 100_000 + "=1",
    "%E0%A4%A&=&&==",
)


def drawn(seen):
    seen.page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    return seen


def view(seen):
    return seen.page.locator("#view").inner_text()


def total(seen):
    return seen.page.locator(".key .value").first.inner_text()


def tick(seen, name, label):
    """Open the box of a dimension, tick one of its names, close the box."""
    pick = seen.page.locator(".pick", has=seen.page.locator(f"#label-{name}"))
    pick.locator("summary").click()
    pick.get_by_label(label, exact=True).click()
    drawn(seen)
    seen.page.keyboard.press("Escape")


def at(seen, fragment):
    """The page at an address that was typed."""
    seen.page.goto(seen.page.url.partition("#")[0] + "#" + fragment)
    seen.page.reload()
    return drawn(seen)


def test_a_period_and_a_name_are_chosen_and_taken_back(look):
    seen = look("usual/cost")
    before = total(seen)
    seen.page.locator("[name=period]").select_option("this-month")
    drawn(seen)
    tick(seen, "project", "app")
    assert total(seen) != before
    assert view(seen).startswith("In view: This month (Sun 1 Nov 2026")
    assert view(seen).endswith("app")
    assert seen.page.url.partition("#")[2] == "period=this-month&project=%2Fhome%2Fme%2Fapp"
    seen.page.locator("#reset").click()
    drawn(seen)
    assert total(seen) == before
    assert not seen.page.locator("#view").is_visible()
    assert seen.complaints == []


def test_two_dates_make_a_period(look):
    seen = look("usual/cost")
    seen.page.locator("[name=from]").fill("2026-10-05")
    drawn(seen)
    seen.page.locator("[name=to]").fill("2026-10-06")
    drawn(seen)
    assert view(seen) == "In view: Mon 5 Oct 2026 \u2013 Tue 6 Oct 2026"
    assert seen.page.locator("[name=period]").input_value() == "dates"
    assert seen.page.locator("[data-panel=daily-cost] .bars .point").count() > 0
    tokens = seen.page.locator(".key .value").nth(4)
    assert tokens.get_attribute("title") == "10,200 tokens in 2 responses"


def test_the_back_button_goes_back(look):
    seen = look("usual/cost")
    everything = total(seen)
    tick(seen, "model", "claude-haiku-4-5")
    haiku = total(seen)
    seen.page.locator("[name=period]").select_option("last-month")
    drawn(seen)
    seen.page.go_back()
    drawn(seen)
    assert total(seen) == haiku
    assert seen.page.locator("[name=period]").input_value() == ""
    seen.page.go_back()
    drawn(seen)
    assert total(seen) == everything


def test_an_address_shows_the_same_to_another_reader(look):
    seen = look("usual/cost")
    seen.page.locator("[name=period]").select_option("90d")
    tick(seen, "model", "claude-opus-5")
    other = look("usual/cost")
    at(other, seen.page.url.partition("#")[2])
    assert (total(other), view(other)) == (total(seen), view(seen))


def test_the_other_page_gets_the_same_options(look):
    seen = look("usual/cost")
    seen.page.locator("[name=period]").select_option("30d")
    drawn(seen)
    assert seen.page.locator("nav a", has_text="Activity").get_attribute("href") == (
        "activity.html#period=30d"
    )
    seen.page.locator("#reset").click()
    drawn(seen)
    assert seen.page.locator("nav a", has_text="Activity").get_attribute("href") == "activity.html"


def test_an_anchor_in_the_page_is_not_a_filter(look):
    seen = at(look("usual/cost"), "agent=main&period=90d")
    before = view(seen)
    seen.page.evaluate("document.querySelector('.skip').click()")
    seen.page.wait_for_timeout(200)
    assert view(seen) == before
    assert "period=90d" in seen.page.url


def test_everything_is_done_by_keyboard(look):
    seen = look("usual/cost")
    period = seen.page.locator("[name=period]")
    for _ in range(12):
        seen.page.keyboard.press("Tab")
        if period.evaluate("node => node === document.activeElement"):
            break
    seen.page.keyboard.press("L")
    drawn(seen)
    assert (
        "Last 7 days" in view(seen) or "No data matches" in seen.page.locator("main").inner_text()
    )
    names = seen.page.locator("#filters :is(select, input)")
    assert names.evaluate_all("all => all.every(each => each.labels.length === 1)")
    seen.page.locator("#reset").focus()
    seen.page.keyboard.press("Enter")
    drawn(seen)
    assert period.evaluate("node => node === document.activeElement")


def test_a_hostile_address_does_nothing(look):
    seen = look("usual/cost")
    before = total(seen)
    for fragment in HOSTILE_FRAGMENTS:
        seen.page.evaluate("text => { location.hash = text; }", fragment)
        seen.page.wait_for_timeout(50)
        drawn(seen)
        assert (total(seen), seen.page.evaluate("window.broken")) == (before, None)
        assert not seen.page.locator("#view").is_visible()
    at(seen, HOSTILE_FRAGMENTS[3])
    assert (total(seen), seen.page.evaluate("window.broken")) == (before, None)
    assert seen.complaints == []


def test_hostile_names_are_text_under_a_filter_and_in_its_controls(look):
    seen = look("hostile/cost")
    boxes = seen.page.locator("input[name=project]")
    assert boxes.count() == 8
    for place in range(boxes.count()):
        named = boxes.nth(place).locator("xpath=..").text_content()
        boxes.nth(place).evaluate("box => box.click()")
        drawn(seen)
        assert named in unquote(seen.page.locator("#view bdi").text_content())
        for details in seen.page.locator(".panel details").all():
            details.evaluate("node => { node.open = true; }")
        assert seen.page.locator("main img, main script, .plot a").count() == 0
    assert seen.page.evaluate("window.broken") is None
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []


def test_a_hostile_name_in_the_address_is_found_again(look):
    seen = look("hostile/cost")
    seen.page.locator("input[name=project]").nth(2).evaluate("box => box.click()")
    drawn(seen)
    fragment, before = seen.page.url.partition("#")[2], total(seen)
    assert "<" not in fragment
    at(seen, fragment)
    assert seen.page.locator("#view").is_visible()
    assert total(seen) == before


def test_several_names_are_ticked_at_once_and_the_box_says_how_many(look):
    seen = look("usual/cost")
    tick(seen, "model", "claude-opus-5")
    alone = total(seen)
    tick(seen, "model", "claude-haiku-4-5")
    assert seen.page.url.partition("#")[2] == "model=claude-haiku-4-5&model=claude-opus-5"
    assert view(seen) == "In view: claude-haiku-4-5, claude-opus-5"
    assert seen.page.locator("#shown-model").inner_text() == "2 of 3"
    assert total(seen) != alone
    tick(seen, "model", "claude-haiku-4-5")
    assert total(seen) == alone
    assert seen.page.locator("#shown-model").inner_text() == "claude-opus-5"


def test_a_box_of_names_is_opened_ticked_and_closed_by_keyboard(look):
    seen = look("usual/cost")
    summary = seen.page.locator("[aria-labelledby='label-project shown-project']")
    summary.focus()
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Space")
    drawn(seen)
    assert "project=" in seen.page.url
    seen.page.keyboard.press("Escape")
    assert summary.evaluate("node => node === document.activeElement && !node.parentNode.open")


def test_a_click_on_a_bar_filters_by_its_name_and_a_second_one_takes_it_back(look):
    seen = look("usual/cost")
    bar = seen.page.locator("[data-panel=cost-by-model] .bars .point path").first
    for fragment in ("model=claude-opus-5", ""):
        bar.scroll_into_view_if_needed()
        box = bar.bounding_box()
        seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen.page.wait_for_selector("[data-panel=cost-by-model] .hoverlayer text")
        seen.page.mouse.down()
        seen.page.mouse.up()
        seen.page.wait_for_function("text => location.hash.slice(1) === text", arg=fragment)
        drawn(seen)
    assert seen.complaints == []


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_filtered_page_fits_its_window(look, width, scheme):
    seen = at(
        look("hostile/cost", width=width, color_scheme=scheme), "agent=main&period=this-month"
    )
    assert seen.overflow() <= 0
    plots = seen.page.locator(".plot")
    assert plots.count() == seen.page.locator(".plot:has(svg.main-svg)").count()


def test_paper_says_what_is_in_view(look):
    seen = at(look("usual/cost"), "period=last-month&agent=" + quote("main"))
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("#filters").is_visible()
    assert view(seen) == (
        "In view: Last month (Thu 1 Oct 2026 \u2013 Sat 31 Oct 2026) \u00b7 Main thread"
    )
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert seen.complaints == []


def test_without_script_there_are_no_filters(look):
    seen = look("usual/cost", drawn=False, java_script_enabled=False)
    assert not seen.page.locator("#filters").is_visible()
    assert not seen.page.locator("#nothing").is_visible()
    assert seen.page.locator(".panel").first.is_visible()


def test_a_saved_table_is_that_of_what_is_in_view(look):
    seen = at(look("usual/cost"), "model=claude-opus-5")
    panel = seen.page.locator("#panel-cost-by-model")
    panel.locator("summary").press("Enter")
    with seen.page.expect_download() as download:
        panel.locator(".csv").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["claude-opus-5", "14.014", "14"]]
