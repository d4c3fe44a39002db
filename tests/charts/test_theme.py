from __future__ import annotations

import inspect
import itertools
import math
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import plotly.io as pio
import polars as pl
import pytest

from pocketdev_analytics import charts
from pocketdev_analytics.charts import summaries, theme

# How the three kinds of colour blindness see linear RGB (Machado, Oliveira, Fernandes 2009).
SEEN = {
    "protanopia": ((0.1523, 1.0526, -0.2049), (0.1145, 0.7863, 0.0992), (-0.0039, -0.0481, 1.0520)),
    "deuteranopia": (
        (0.3673, 0.8606, -0.2280),
        (0.2801, 0.6725, 0.0474),
        (-0.0118, 0.0429, 0.9689),
    ),
    "tritanopia": ((1.2555, -0.0767, -0.1788), (-0.0784, 0.9308, 0.1476), (0.0047, 0.6914, 0.3039)),
}
PALETTES = [theme.LIGHT, theme.DARK]


def linear(colour):
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb):
    r, g, b = (max(0.0, min(1.0, part)) for part in rgb)
    long = (0.4122 * r + 0.5363 * g + 0.0514 * b) ** (1 / 3)
    middle = (0.2119 * r + 0.6807 * g + 0.1074 * b) ** (1 / 3)
    short = (0.0883 * r + 0.2817 * g + 0.6300 * b) ** (1 / 3)
    return (
        0.2105 * long + 0.7936 * middle - 0.0041 * short,
        1.9780 * long - 2.4286 * middle + 0.4506 * short,
        0.0259 * long + 0.7828 * middle - 0.8087 * short,
    )


def as_seen(colour, kind):
    rgb = linear(colour)
    return oklab([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in SEEN[kind]])


@pytest.mark.parametrize("palette", PALETTES)
def test_text_has_the_contrast_of_wcag_aa(palette):
    for background in (palette.surface, palette.page, palette.raised):
        for role in (palette.ink, palette.muted, palette.accent):
            assert contrast(role, background) >= 4.5, (role, background)
    assert contrast(palette.warning, palette.warning_surface) >= 4.5
    assert contrast(palette.warning, palette.surface) >= 4.5


@pytest.mark.parametrize("palette", PALETTES)
def test_series_stand_out_from_the_background(palette):
    for colour in (*palette.series, palette.rest):
        assert contrast(colour, palette.surface) >= 3, colour


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("kind", SEEN)
def test_series_stay_apart_under_colour_blindness(palette, kind):
    for one, other in itertools.combinations(palette.series, 2):
        assert math.dist(as_seen(one, kind), as_seen(other, kind)) > 0.045, (one, other)


def test_the_templates_are_registered():
    assert {"pocketdev", "pocketdev_dark"} <= set(pio.templates)


def test_a_figure_is_styled_on_by_the_name_of_a_template():
    frame = pl.DataFrame(schema={"day": pl.Date, "cost_usd": pl.Decimal(38, 15)})
    figure = charts.daily_cost(frame)
    assert figure.layout.template.layout.paper_bgcolor == theme.LIGHT.surface
    figure.update_layout(template="pocketdev_dark", title="Mine")
    assert figure.layout.template.layout.paper_bgcolor == theme.DARK.surface
    assert figure.layout.template.layout.font.color == theme.DARK.ink


def test_every_chart_has_a_summary_of_its_name():
    drawn = {
        name
        for name in charts.__all__
        if inspect.isfunction(getattr(charts, name)) and name not in ("in_dark", "calendar_span")
    }
    assert drawn == set(summaries.__all__)


def test_no_colour_is_written_outside_the_theme():
    folder = Path(theme.__file__).parent
    for path in {*folder.glob("*.py"), *folder.parent.joinpath("dashboard").glob("*.py")}:
        if path.name != "theme.py":
            assert not re.search(
                r"""["']#[0-9a-fA-F]{3,8}["']|rgba?\(""", path.read_text("utf-8")
            ), path


def test_a_chart_of_nothing_says_so():
    nothing = pl.DataFrame(schema={"tool": pl.String, "calls": pl.Int64})
    some = pl.DataFrame({"tool": ["Read"], "calls": [1]})
    assert charts.tool_mix(nothing).layout.annotations[0].text == "Nothing to show."
    assert not charts.tool_mix(nothing).layout.yaxis.visible
    assert charts.tool_mix(some).layout.annotations == ()


def test_a_chart_of_nothing_has_no_rows_no_legend_and_no_height():
    columns = ("sessions", "prompts", "responses", "tool_calls")
    nothing = pl.DataFrame(schema={"day": pl.Date, **dict.fromkeys(columns, pl.Int64)})
    layout = charts.daily_activity(nothing).layout
    assert [words.text for words in layout.annotations] == ["Nothing to show."]
    assert layout.height < 100
    assert not layout.showlegend


def test_a_figure_can_be_had_in_the_dark():
    schema = {"day": pl.Date, "cost_usd": pl.Decimal(38, 15)}
    frame = pl.LazyFrame([(date(2026, 11, 1), Decimal(1))], schema=schema, orient="row")
    figure = charts.in_dark(charts.daily_cost(frame))
    assert figure.data[0].marker.color == theme.DARK.series[0]
    assert figure.layout.template.layout.paper_bgcolor == theme.DARK.surface


def test_a_name_keeps_its_colour_and_the_surplus_shares_one():
    colours = theme.series_colours([f"model {n}" for n in range(9)])
    assert len(set(colours.values())) == theme.MAX_SERIES
    assert colours["model 8"] == theme.LIGHT.rest


def test_a_name_keeps_its_usual_colour_where_that_is_free():
    blue, orange, green = theme.LIGHT.series[:3]
    usual = {"a": blue, "b": orange, "c": orange}
    assert theme.series_colours(["b", "c", "a"], usual=usual) == {
        "b": orange,
        "c": blue,
        "a": green,
    }
    assert theme.series_colours(["c", "new"], usual=usual) == {"c": orange, "new": blue}


def test_names_beyond_the_colours_share_one():
    names = [f"model {number}" for number in range(theme.MAX_SERIES + 2)]
    colours = theme.series_colours(names, usual={names[-1]: theme.LIGHT.series[0]})
    assert len({colours[name] for name in names[: theme.MAX_SERIES - 1]}) == theme.MAX_SERIES - 1
    assert {colours[name] for name in names[theme.MAX_SERIES - 1 :]} == {theme.LIGHT.rest}
