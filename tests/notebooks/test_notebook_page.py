"""An exported notebook in a real browser: charts to be seen, nothing asked of a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest

from pocketdev_analytics import open_store
from pocketdev_analytics.notebooks import execute, export, render, shipped_notebooks
from pocketdev_analytics.pages import store_context

MADE_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOSTILE = (
    "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
)


@contextmanager
def opened(path: Path, browser: Any, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """The page in a browser, and everything it asked for or complained of."""
    troubles: list[str] = []
    page = browser.new_page(**options)
    page.on("request", lambda request: troubles.append(request.url))
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    troubles.remove(path.as_uri())
    yield page, troubles
    page.close()


@pytest.fixture(scope="module")
def exported(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cost notebook as a page."""
    (cost,) = (path for path in shipped_notebooks() if path.stem == "cost")
    target = tmp_path_factory.mktemp("pages") / "deep" / "cost.html"
    with open_store(sample_store) as store:
        context = store_context(store.provenance(), timezone="Asia/Tokyo", made_at=MADE_AT)
    return export(cost, target, store=sample_store, timezone="UTC", is_sample=True, context=context)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_chart_is_visible_and_no_request_leaves(
    exported: Path, browser: Any, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    with opened(exported, browser, viewport=size, color_scheme=scheme) as (page, troubles):
        charts = page.locator(".plot")
        assert charts.count() >= 4
        for number in range(charts.count()):
            chart = charts.nth(number)
            assert chart.locator("svg.main-svg").first.is_visible()
            box = chart.bounding_box()
            assert box
            assert box["height"] > 100
        assert page.locator(".point, .js-line").count() > 10
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert troubles == []


def test_the_page_says_that_it_is_sample_data_and_shows_no_code(exported: Path) -> None:
    html = exported.read_text(encoding="utf-8")
    assert "Sample data." in html
    assert "<title>What it cost</title>" in html
    assert "open_store" not in html
    assert len(html) < 2_500_000


def test_the_foot_says_what_the_page_is_made_from(exported: Path) -> None:
    foot = " ".join(exported.read_text(encoding="utf-8").partition("<footer>")[2].split())
    for said in (
        "sessions from",
        "0 lines could not be read.",
        "Days in Asia/Tokyo.",
        "Prices: list prices by genai-prices",
        "Made 2026-11-23 17:30 (Asia/Tokyo) by pocketdev_analytics",
        "This page loads nothing from the network.",
    ):
        assert said in foot


def test_a_page_of_real_data_says_nothing_of_a_sample() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Mine")])
    assert "sample" not in render(notebook).lower()


@pytest.mark.browser
def test_hostile_names_are_shown_as_text(browser: Any, tmp_path: Path) -> None:
    row = (
        "'cost_usd': [None], 'responses': [1], 'lower_bound_responses': [0], 'unpriced_tokens': [9]"
    )
    code = (
        f"import polars as pl, pocketdev_analytics as pda\nname = {HOSTILE!r}\nprint(name)",
        "pl.DataFrame({name: [name]})",
        f"pda.charts.cost_by_model(pl.DataFrame({{'model': [name], {row}}}))",
    )
    path = tmp_path / "hostile.ipynb"
    cells = [nbformat.v4.new_code_cell(each) for each in code]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    page = tmp_path / "hostile.html"
    page.write_text(render(execute(path, store=tmp_path / "s", timezone="UTC")), encoding="utf-8")
    with opened(page, browser) as (shown, troubles):
        assert shown.title() == "Notebook"
        assert shown.locator("img").count() == 0
        assert shown.locator(".plot svg").first.is_visible()
        assert troubles == []


@pytest.mark.browser
def test_the_switch_wins_over_the_system_and_is_remembered(exported: Path, browser: Any) -> None:
    ink = "getComputedStyle(document.body).color"
    with opened(exported, browser, color_scheme="light") as (page, _):
        light = page.evaluate(ink)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator("#theme").inner_text() == "Light"
        dark = page.evaluate(ink)
        fill = page.locator(".plot svg.main-svg").first
        assert fill.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(22, 27, 34)"
        page.reload()
        page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
        assert page.evaluate(ink) == dark != light


@pytest.mark.browser
def test_paper_is_light(exported: Path, browser: Any) -> None:
    ink = "getComputedStyle(document.querySelector('h1')).color"
    with opened(exported, browser, color_scheme="light") as (page, _):
        light = page.evaluate(ink)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(ink) != light
        page.emulate_media(color_scheme="dark", media="print")
        assert page.evaluate(ink) == light


def test_a_page_among_others_links_to_all_of_them() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Mine")])
    assert '<a href="../index.html">All pages</a>' in render(notebook, home="../index.html")
    assert "All pages" not in render(notebook)


def test_a_command_in_printed_words_is_code_and_all_else_is_text() -> None:
    words = "Run `pocketdev-analytics import` <first>.\nThen again."
    printed = nbformat.v4.new_output("stream", name="stdout", text=words)
    cell = nbformat.v4.new_code_cell("x", outputs=[printed])
    html = render(nbformat.v4.new_notebook(cells=[cell]))
    said = "<span>Run <code>pocketdev-analytics import</code> &lt;first&gt;.</span>"
    assert f"{said}\n<span>Then again.</span>" in html
    assert "`" not in html.partition("<main>")[2].partition("</main>")[0]


def test_a_table_is_a_region_of_its_title_or_else_its_heading() -> None:
    def shown(html: str) -> Any:
        output = nbformat.v4.new_output("display_data", {"text/html": html})
        return nbformat.v4.new_code_cell("x", outputs=[output])

    titled = "<table><td colspan='2' class='gt_heading gt_title'>Its &lt;b&gt;title</td></table>"
    cells = [
        nbformat.v4.new_markdown_cell("# Mine\n\n## By <week>"),
        shown("<table><td>1</td></table>"),
        shown(titled),
    ]
    html = render(nbformat.v4.new_notebook(cells=cells))
    regions = re.findall(r'<div aria-label="([^"]*)" class="table" role="region"', html)
    assert regions == ["By &lt;week&gt;", "Its &lt;b&gt;title"]
    assert re.findall(r'class="table-title">(.*)</p>', html) == ["Its &lt;b&gt;title"]
