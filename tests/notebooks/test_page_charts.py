"""Charts of an exported notebook as they are seen: nothing cut off, nothing on top of another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest

from pocketdev_analytics import charts
from pocketdev_analytics.notebooks import chart, render

BOUNDS = {"lower_bound_responses": 0, "unpriced_tokens": 0, "responses": 1}
# Where a word of a chart is, within its place; and whether a label of its axis is turned.
CUT_OFF = """place => {
  const frame = place.getBoundingClientRect();
  return [...place.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1);
  }).map((text) => text.textContent);
}"""
TURNED = """place => [...place.querySelectorAll('.xtick text, .x2tick text')]
  .filter((text) => /rotate\\((?!0[,)])/.test(text.getAttribute('transform') || ''))
  .map((text) => text.textContent)"""
OVERLAPPING = """place => {
  const labels = [...place.querySelectorAll('.xtick text')];
  const boxes = labels.map((text) => text.getBoundingClientRect());
  return boxes.filter((box, n) => n && box.left < boxes[n - 1].right).length;
}"""


def page_of(*figures: Any) -> str:
    """The page of a notebook that shows these figures."""
    kind = "application/vnd.plotly.v1+json"
    shown = [
        nbformat.v4.new_output("display_data", {kind: json.loads(figure.to_json())})
        for figure in figures
    ]
    cell = nbformat.v4.new_code_cell("x", outputs=shown)
    return render(nbformat.from_dict(nbformat.v4.new_notebook(cells=[cell])))


@contextmanager
def seen(
    html: str, browser: Any, folder: Path, *, width: int, scheme: str = "light"
) -> Iterator[Any]:
    (folder / "page.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto((folder / "page.html").as_uri())
    page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    yield page
    page.close()


def what_if(*scenarios: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"scenario": name, "cost_usd": Decimal(paid), "scenario_cost_usd": Decimal(other)}
            for name, paid, other in scenarios
        ]
    )


def costs(by: str, names: Sequence[Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [{by: name, "cost_usd": Decimal(1832 - n * 90), **BOUNDS} for n, name in enumerate(names)]
    )


def months(number: int) -> pl.DataFrame:
    names = [f"{2025 + n // 12}-{n % 12 + 1:02}" for n in range(number)]
    rows = [{"month": name, "cost_usd": Decimal(9), "saved_usd": Decimal(30)} for name in names]
    return pl.DataFrame(rows)


WIDE = {
    "scenarios": chart(
        charts.what_if,
        what_if(
            ("all on claude-opus-4-1-20250805", "320.99", "1832.90"),
            ("all on claude-haiku-4-5-20251001", "320.99", "106.99"),
        ),
    ),
    "models": chart(
        charts.cost_by_model,
        costs("model", ["claude-sonnet-4-5-20250929", "claude-opus-4-1-20250805", "x"]),
    ),
    "projects": chart(
        charts.cost_by_project,
        costs("project", [f"/home/me/a project of a long name {n}" for n in range(9)]),
    ),
    "months": chart(charts.caching_savings, months(16)),
}


@pytest.mark.browser
@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("width", [390, 1440])
def test_no_word_of_a_chart_is_cut_off_or_turned(
    name: str, width: int, browser: Any, tmp_path: Path
) -> None:
    with seen(page_of(WIDE[name]), browser, tmp_path, width=width) as page:
        place = page.locator(".plot")
        assert place.locator("text").count() > 3
        assert place.evaluate(CUT_OFF) == []
        assert place.evaluate(TURNED) == []
        assert place.evaluate(OVERLAPPING) == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_no_mark_goes_through_the_words_of_a_bar(width: int, browser: Any, tmp_path: Path) -> None:
    with seen(page_of(WIDE["scenarios"]), browser, tmp_path, width=width) as page:
        words = page.locator(".plot .textpoint")
        marks = page.locator(".plot .point")
        assert words.count() == 2
        for mark in (box for box in map(marks.nth, range(marks.count()))):
            place = mark.bounding_box()
            for word in (words.nth(0).bounding_box(), words.nth(1).bounding_box()):
                in_row = word["y"] < place["y"] + place["height"] / 2 < word["y"] + word["height"]
                # They begin with a space.
                assert not in_row or place["x"] + place["width"] <= word["x"] + 5


@pytest.mark.browser
def test_a_long_name_is_complete_in_two_lines_on_a_phone(browser: Any, tmp_path: Path) -> None:
    with seen(page_of(WIDE["scenarios"]), browser, tmp_path, width=390) as page:
        assert page.locator(".ytick tspan").count() == 4
        assert page.locator(".ytick text").all_text_contents() == [
            "all on claude-opus-4-1-20250805",
            "all on claude-haiku-4-5-20251001",
        ]
    with seen(page_of(WIDE["scenarios"]), browser, tmp_path, width=1440) as page:
        assert page.locator(".ytick tspan").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_the_legend_stands_above_its_chart_and_hides_a_series(
    width: int, browser: Any, tmp_path: Path
) -> None:
    with seen(page_of(WIDE["months"]), browser, tmp_path, width=width) as page:
        legend, place = page.locator(".legend"), page.locator(".plot")
        above, below = legend.bounding_box(), place.bounding_box()
        assert above["y"] + above["height"] <= below["y"]
        assert legend.locator("button").all_inner_texts() == ["Cost", "Saved by caching"]
        bars = place.locator(".bars .point")
        assert bars.count() == 32
        legend.locator("button").first.click()
        assert legend.locator("button").first.get_attribute("aria-pressed") == "false"
        bars.nth(16).wait_for(state="detached")


@pytest.mark.browser
def test_a_chart_follows_the_width_of_the_window(browser: Any, tmp_path: Path) -> None:
    with seen(page_of(WIDE["models"]), browser, tmp_path, width=1440) as page:
        page.set_viewport_size({"width": 390, "height": 900})
        page.locator(".main-svg[width='1066']").first.wait_for(state="detached")
        assert page.locator(".plot").evaluate(CUT_OFF) == []


@pytest.mark.browser
def test_a_single_bar_of_a_day_can_be_seen(browser: Any, tmp_path: Path) -> None:
    row = {"day": date(2026, 11, 3), "errors": 2, "retries": 0, "rate_limits": 0}
    figure = chart(charts.api_errors, pl.DataFrame([row]))
    with seen(page_of(figure), browser, tmp_path, width=1440) as page:
        bar = page.locator(".bars .point path").first
        assert bar.evaluate("node => node.getBoundingClientRect().width") > 20


def test_what_a_chart_says_stands_below_its_title_and_names_it_to_screen_readers() -> None:
    html = page_of(WIDE["scenarios"])
    assert "instead of $320.99" in html.partition('id="summary-0"')[2].partition("</p>")[0]
    assert 'aria-labelledby="title-0 summary-0" class="plot" data-panel="0"' in html


def test_a_figure_of_ones_own_has_a_title_alone() -> None:
    figure = charts.what_if(what_if(("other", "1", "2")))
    html = page_of(figure.update_layout(meta=["mine"]))
    assert 'aria-labelledby="title-0"' in html
    assert "summary-" not in html


def test_a_chart_of_nothing_is_words_alone() -> None:
    hours = [{"weekday": "Monday", "hour_of_day": hour, "responses": 0} for hour in range(24)]
    html = page_of(
        chart(charts.cost_by_model, costs("model", ["x"]).clear(), nothing="No model ran."),
        chart(charts.hour_by_weekday, pl.DataFrame(hours)),
    )
    assert "data-panel=" not in html
    assert "<bdi>No model ran.</bdi>" in html
    assert "<bdi>Nothing to show in this period.</bdi>" in html
    # Without words of its own a figure is drawn, and says so itself.
    assert "data-panel=" in page_of(charts.cost_by_model(costs("model", ["x"]).clear()))


def test_a_project_has_one_name_in_a_chart_and_in_its_words() -> None:
    projects = [f"/home/me/{n}/app" for n in range(20)]
    shown = chart(charts.cost_by_project, costs("project", projects))
    assert shown.layout.yaxis.ticktext[0] == "0/app"
    assert "0/app: " in page_of(shown)


@pytest.mark.browser
def test_a_single_month_is_not_drawn_as_a_wall(browser: Any, tmp_path: Path) -> None:
    with seen(
        page_of(chart(charts.caching_savings, months(1))), browser, tmp_path, width=1440
    ) as page:
        bar = page.locator(".bars .point path").first.bounding_box()
        assert 60 < bar["width"] < 200
