"""A page as one HTML file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from pocketdev_analytics import __version__
from pocketdev_analytics.charts.text import count, day_name
from pocketdev_analytics.charts.theme import DARK, LIGHT, swaps, template
from pocketdev_analytics.files.output import output_errors, write_file
from pocketdev_analytics.formatting import format_moment, round_half_up
from pocketdev_analytics.pages.bundle import bundle
from pocketdev_analytics.pages.embed import (
    content_security_policy,
    dense,
    dense_plotly,
    json_for_script,
)
from pocketdev_analytics.pages.page import Page, Panel
from pocketdev_analytics.pages.style import stylesheet
from pocketdev_analytics.pages.terms import TERMS
from pocketdev_analytics.reports import Provenance

__all__ = ["Context", "render", "spark_points", "store_context", "template_of", "write"]

_SPARK_WIDTH, _SPARK_HEIGHT = 100, 28

_ENVIRONMENT = Environment(
    loader=PackageLoader("pocketdev_analytics.pages", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class Context:
    """The description of a page: its source, its days, when it was made.

    Attributes:
        provenance: Where the facts come from.
        timezone: The days are those of this time zone.
        made_at: When the page was made.
        notes: What limits its numbers, a sentence each.
        first_day: The first day with data.
        last_day: The last day with data.
        since: The first day that was requested; None for all.
        until: The last day that was requested; None for all.
        command: How the reader runs the command line on the store.
        session: The id of the session, on a session's page.
        project: Its project.
        home: The path to the folder of the other pages.
        has_start: Whether that folder has a start page.
    """

    provenance: Provenance
    timezone: str
    made_at: datetime
    notes: Sequence[str]
    first_day: date | None = None
    last_day: date | None = None
    since: date | None = None
    until: date | None = None
    command: str = "pocketdev-analytics"
    session: str = ""
    project: str = ""
    home: str = ""
    has_start: bool = False

    @property
    def session_argument(self) -> str:
        """The session's id as a shell takes it."""
        return shlex.quote(self.session)

    @property
    def period(self) -> str:
        """The days of the page."""
        if self.first_day is None or self.last_day is None:
            return "nothing in this period" if self.since or self.until else "no usage yet"
        if self.first_day == self.last_day:
            return day_name(self.first_day)
        return f"{day_name(self.first_day)} \u2013 {day_name(self.last_day)}"

    @property
    def last(self) -> str:
        """The last day with data."""
        return day_name(self.last_day) if self.last_day else ""

    @property
    def requested(self) -> str:
        """The days that were requested; empty if all were."""
        since = f"from {day_name(self.since)}" if self.since else ""
        until = f"until {day_name(self.until)}" if self.until else ""
        return f"{since} {until}".strip()

    @property
    def made(self) -> str:
        """When the page was made, in its time zone."""
        return format_moment(self.made_at.astimezone(ZoneInfo(self.timezone)))

    @property
    def rows_query(self) -> str:
        """The query for the responses behind the page's numbers, the most expensive first."""
        local_day = f"timezone('{self.timezone}', responded_at)::date"
        return (
            "select response_id, responded_at, session_id, project, model, cost_usd "
            f"from usage_cost where {local_day} between '{self.first_day}' and '{self.last_day}' "
            "order by cost_usd desc"
        )

    @property
    def prices(self) -> str:
        """The price list and its date."""
        dated = f" of {self.provenance.price_date}" if self.provenance.price_date else ""
        return f"{self.provenance.price_source}{dated}"


def template_of(name: str) -> Template:
    """A template of pages; its values are escaped."""
    return _ENVIRONMENT.get_template(name)


def store_context(provenance: Provenance, *, timezone: str, made_at: datetime) -> Context:
    """The context of a page that shows everything in the store."""
    days = [
        at.astimezone(ZoneInfo(timezone)).date() if at else None
        for at in (provenance.first_at, provenance.last_at)
    ]
    return Context(provenance, timezone, made_at, (), first_day=days[0], last_day=days[1])


def render(page: Page, context: Context) -> str:
    """Render the page as HTML with everything it needs inside.

    The same inputs give the same text.
    """
    has_figures = any(panel.figure for panel in page.panels)
    script = bundle("page-dashboard" if page.facts else "page-static")
    return template_of("page.html.j2").render(
        page=page,
        context=context,
        version=__version__,
        terms=TERMS,
        count=count,
        spark=spark_points,
        policy=Markup(content_security_policy(script)),  # noqa: S704  hashes, made here
        style=Markup(stylesheet("dashboard")),  # noqa: S704  our own files
        script=Markup(script),  # noqa: S704
        data=Markup(json_for_script(page_data(page))),  # noqa: S704  escaped for a script
        plotly=Markup(dense_plotly()) if has_figures else None,  # noqa: S704  85 letters
        facts=Markup(dense(page.facts)) if page.facts else None,  # noqa: S704  85 letters
    )


def page_data(page: Page) -> dict[str, Any]:
    """The data that the script of a page reads, besides its facts."""
    return {
        "page": page.name,
        "figures": {panel.id: _figure(panel) for panel in page.panels if panel.figure},
        **({"spec": page.spec, "state": page.state} if page.spec else {}),
        "palette": {"series": list(LIGHT.series), "rest": LIGHT.rest},
        "swaps": swaps(),
        "templates": {
            name: template(palette).to_plotly_json()
            for name, palette in (("light", LIGHT), ("dark", DARK))
        },
    }


def _figure(panel: Panel) -> dict[str, Any]:
    """A static panel's figure; of a live one, which the script draws, only its height."""
    figure = panel.figure or {}
    if not panel.is_live:
        return figure
    height = figure["layout"].get("height")
    return {"data": [], "layout": {"height": height} if height else {}}


def write(path: Path, html: str) -> Path:
    """Write a page to `path`, completely or not at all; create its folder if necessary.

    Raises:
        ReportError: the file cannot be written.
    """
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, html.encode())
    return path


def spark_points(values: Sequence[float]) -> str:
    """The points of a sparkline, its last value at the right edge."""
    top = max(values) or 1.0
    step = _SPARK_WIDTH / max(len(values) - 1, 1)
    return " ".join(
        f"{round_half_up(index * step, 1)},"
        f"{round_half_up(_SPARK_HEIGHT - 1 - (_SPARK_HEIGHT - 3) * value / top, 1)}"
        for index, value in enumerate(values)
    )
