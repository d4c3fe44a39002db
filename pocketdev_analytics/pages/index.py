"""The page that links to all pages of a folder."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from pocketdev_analytics import __version__
from pocketdev_analytics.charts.text import count
from pocketdev_analytics.model.history import coded_html
from pocketdev_analytics.pages.embed import policy_of_style
from pocketdev_analytics.pages.render import Context, spark_points, template_of
from pocketdev_analytics.pages.start import Start
from pocketdev_analytics.pages.style import stylesheet

__all__ = ["index_page"]


def index_page(
    links: Mapping[str, Mapping[str, str]], context: Context, start: Start | None = None
) -> str:
    """The start page as one HTML file without a script: figures, what to do, links.

    Args:
        links: Under each heading the titles of pages by their paths from here.
        context: What the page says about itself.
        start: What it shows above the links; None for links alone.
    """
    return template_of("index.html.j2").render(
        links=links,
        start=start,
        coded=lambda text: Markup(coded_html(text)),  # noqa: S704  escaped there
        spark=spark_points,
        context=context,
        count=count,
        version=__version__,
        policy=Markup(policy_of_style()),  # noqa: S704  a hash, made here
        style=Markup(stylesheet("dashboard")),  # noqa: S704  our own file
    )
