"""The page that links to all pages of a folder."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from pocketdev_analytics import __version__
from pocketdev_analytics.charts.text import count
from pocketdev_analytics.pages.embed import policy_of_style
from pocketdev_analytics.pages.render import Context, template_of
from pocketdev_analytics.pages.style import stylesheet

__all__ = ["index_page"]


def index_page(links: Mapping[str, Mapping[str, str]], context: Context) -> str:
    """Links under headings, as one HTML file without a script.

    `links` has for each heading the pages: what each is called, by its path from here.
    """
    return template_of("index.html.j2").render(
        links=links,
        context=context,
        count=count,
        version=__version__,
        policy=Markup(policy_of_style()),  # noqa: S704  a hash, made here
        style=Markup(stylesheet("dashboard")),  # noqa: S704  our own file
    )
