"""The style sheet of a page: the theme's colours, what all pages share, and the page's own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pocketdev_analytics.charts.theme import DARK, LIGHT, Palette, css_variables

__all__ = ["stylesheet"]


@cache
def stylesheet(page: str) -> str:
    """Return the style sheet of a 'dashboard' (also a session, the index) or a 'notebook'.

    Dark is what the system asks for unless the reader chose light, or the other way round; paper
    is always light.
    """
    light, dark = _variables(LIGHT, "light"), _variables(DARK, "dark")
    folder = files("pocketdev_analytics.pages").joinpath("styles")
    return "\n".join(
        (
            f":root {{ {light} }}",
            "@media screen and (prefers-color-scheme: dark) {",
            f"  :root:not([data-theme='light']) {{ {dark} }}",
            "}",
            f"@media screen {{ :root[data-theme='dark'] {{ {dark} }} }}",
            folder.joinpath("shell.css").read_text("utf-8"),
            folder.joinpath(f"{page}.css").read_text("utf-8"),
        )
    )


def _variables(palette: Palette, scheme: str) -> str:
    variables = {"color-scheme": scheme, **css_variables(palette)}
    return " ".join(f"{key}: {value};" for key, value in variables.items())
