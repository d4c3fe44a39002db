"""The look of every chart: palettes, one Plotly template in light and dark, model colours.

All colours of the project stand here; the dashboard's style sheet takes its own
from `css_variables`. The series colours keep a contrast of 3:1 to their
background and stay apart under the three kinds of colour blindness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import plotly.graph_objects as go
import plotly.io as pio

__all__ = [
    "DARK",
    "LIGHT",
    "MAX_SERIES",
    "Palette",
    "css_variables",
    "in_dark",
    "recolour",
    "series_colours",
    "swaps",
    "template",
]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, each a role."""

    page: str
    surface: str
    raised: str
    ink: str
    muted: str
    line: str
    grid: str
    accent: str
    on_accent: str
    good: str
    warning: str
    warning_surface: str
    bad: str
    rest: str
    area: str
    series: tuple[str, ...]
    scale: tuple[str, ...]


LIGHT: Final = Palette(
    page="#f4f6f9",
    surface="#ffffff",
    raised="#f8fafc",
    ink="#131a26",
    muted="#566073",
    line="#dde2ea",
    grid="#e9edf3",
    accent="#2347b5",
    on_accent="#ffffff",
    good="#0b7a5e",
    warning="#8a4b00",
    warning_surface="#fff6e5",
    bad="#b4232d",
    rest="#7d8797",
    area="rgba(35, 72, 182, 0.12)",
    series=("#2348b6", "#e0731d", "#0f9b7e", "#8c1d5f", "#3698dd", "#7a4a0a", "#6a5aad"),
    scale=("#eef1f6", "#c9d8f5", "#95b5ea", "#5a86d6", "#2f5bc0", "#16317f"),
)

DARK: Final = Palette(
    page="#0d1117",
    surface="#161b22",
    raised="#1c232d",
    ink="#e8edf4",
    muted="#9aa6b8",
    line="#2b3440",
    grid="#242c37",
    accent="#86b0ff",
    on_accent="#0b1220",
    good="#57d2ae",
    warning="#f5c26b",
    warning_surface="#2c2313",
    bad="#ff8a87",
    rest="#8a95a6",
    area="rgba(74, 130, 238, 0.18)",
    series=("#4a82ee", "#ffa63d", "#7fe8cf", "#b0628f", "#8cc8f5", "#e8654a", "#a98bfa"),
    scale=("#1f2733", "#1f3c70", "#2a59ae", "#4a82ee", "#8cb4ff", "#d3e3ff"),
)

#: How many series a chart tells apart; the smaller ones are drawn as one.
MAX_SERIES: Final = len(LIGHT.series)

_FONT: Final = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"


def series_colours(
    names: Iterable[str], palette: Palette = LIGHT, *, usual: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return a colour for each name, in order.

    A name has its `usual` colour if no earlier name has it. If there are more names than colours,
    those that a chart collapses ("Other models") share one.
    """
    distinct = list(dict.fromkeys(names))
    coloured = len(distinct) if len(distinct) <= MAX_SERIES else MAX_SERIES - 1
    colours: dict[str, str] = {}
    for name in distinct[:coloured]:
        free = [colour for colour in palette.series if colour not in colours.values()]
        wanted = (usual or {}).get(name)
        colours[name] = wanted if wanted in free else free[0]
    return colours | dict.fromkeys(distinct[coloured:], palette.rest)


def swaps() -> dict[str, str]:
    """Each light colour that a trace may carry, and the dark one in its place."""
    singles = {getattr(LIGHT, role): getattr(DARK, role) for role in ("rest", "area", "ink")}
    pairs = zip(
        (*LIGHT.series, *LIGHT.scale, LIGHT.surface),
        (*DARK.series, *DARK.scale, DARK.surface),
        strict=True,
    )
    return {**singles, **dict(pairs)}


def recolour(value: Any, colours: Mapping[str, str]) -> Any:
    """`value`, a figure as plain data, with every colour replaced that `colours` names."""
    if isinstance(value, str):
        return colours.get(value, value)
    if isinstance(value, Mapping):
        return {key: recolour(item, colours) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [recolour(item, colours) for item in value]
    return value


def in_dark(figure: go.Figure) -> go.Figure:
    """A copy of a figure of this package, in the dark template and colours."""
    plain = figure.to_plotly_json()
    plain["layout"].pop("template", None)
    dark = go.Figure(recolour(plain, swaps()))
    dark.update_layout(template=template(DARK))
    return dark


def css_variables(palette: Palette) -> dict[str, str]:
    """The palette's roles as the names and values of CSS custom properties."""
    return {
        f"--{role.replace('_', '-')}": colour
        for role, colour in asdict(palette).items()
        if isinstance(colour, str)
    }


def template(palette: Palette) -> go.layout.Template:
    """The Plotly template of a palette."""
    return go.layout.Template(
        layout=_layout(palette),
        data={
            "heatmap": [go.Heatmap(xgap=2, ygap=2)],
            "bar": [go.Bar(marker_line_width=0)],
        },
    )


def _layout(palette: Palette) -> dict[str, Any]:
    axis = {
        "gridcolor": palette.grid,
        "linecolor": palette.line,
        "zerolinecolor": palette.line,
        "tickfont": {"color": palette.muted, "size": 12},
        "title": {"font": {"color": palette.muted, "size": 12}},
        "automargin": True,
    }
    return {
        "paper_bgcolor": palette.surface,
        "plot_bgcolor": palette.surface,
        "font": {"family": _FONT, "size": 13, "color": palette.ink},
        "title": _title(),
        "colorway": list(palette.series),
        "coloraxis": {"colorscale": _scale(palette), "colorbar": _colour_bar(palette)},
        "margin": {"l": 12, "r": 12, "t": 48, "b": 12},
        "bargap": 0.18,
        "xaxis": {**axis, "showgrid": False, "ticks": "", "ticklabelstandoff": 4},
        "yaxis": {**axis, "ticks": "", "ticklabelstandoff": 8},
        "legend": _legend(palette),
        "hoverlabel": _hover_label(palette),
    }


def _title() -> dict[str, Any]:
    """At the upper left, where a legend can stand between it and the chart."""
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container"}
    return {"font": {"size": 16}, **place, "yanchor": "top", "pad": {"t": 14}}


def _scale(palette: Palette) -> list[list[Any]]:
    steps = len(palette.scale) - 1
    return [[index / steps, colour] for index, colour in enumerate(palette.scale)]


def _legend(palette: Palette) -> dict[str, Any]:
    return {
        "orientation": "h",
        "x": 0,
        "y": 1.02,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"color": palette.muted, "size": 12},
        "itemsizing": "constant",
        "traceorder": "normal",
    }


def _hover_label(palette: Palette) -> dict[str, Any]:
    return {
        "bgcolor": palette.raised,
        "bordercolor": palette.line,
        "font": {"color": palette.ink, "family": _FONT, "size": 12},
        "align": "left",
        "namelength": -1,
    }


def _colour_bar(palette: Palette) -> dict[str, Any]:
    return {
        "thickness": 10,
        "outlinewidth": 0,
        "tickfont": {"color": palette.muted, "size": 11},
        "ticks": "",
    }


# By these names anyone can style a figure: `figure.update_layout(template="pocketdev_dark")`;
# `in_dark` also changes the colours that its traces carry.
pio.templates["pocketdev"] = template(LIGHT)
pio.templates["pocketdev_dark"] = template(DARK)
