"""An executed notebook as one HTML file: text, tables and charts, no code, no network."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pocketdev_analytics import __version__
from pocketdev_analytics.charts.text import count
from pocketdev_analytics.charts.theme import DARK, LIGHT, swaps, template
from pocketdev_analytics.notebooks.execution import execute
from pocketdev_analytics.notebooks.kernels import Kernels
from pocketdev_analytics.notebooks.words import marked_up, summary_of
from pocketdev_analytics.pages.bundle import bundle
from pocketdev_analytics.pages.embed import dense_plotly, json_for_script, script_sources
from pocketdev_analytics.pages.render import Context
from pocketdev_analytics.pages.style import stylesheet

__all__ = ["export", "render"]

_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# What names a table: the title of a report's, the caption of a store's.
_TABLE_TITLE = re.compile(
    r"<(?:td[^>]*gt_title[^>]*|caption[^>]*)>(.*?)</(?:td|caption)>", re.DOTALL
)
_FIGURE = "application/vnd.plotly.v1+json"
_SHOWN = frozenset(
    {
        *("text/html", "text/markdown", "text/latex", "text/plain"),
        *("image/png", "image/jpeg", "image/svg+xml"),
    }
)
# A terminal's codes for colours, which tracebacks have.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DEFAULT_HEIGHT = 380
_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("pocketdev_analytics.notebooks"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def export(
    path: Path,
    target: Path,
    *,
    store: Path,
    timezone: str,
    is_sample: bool,
    context: Context | None = None,
    home: str = "",
    kernels: Kernels | None = None,
) -> Path:
    """Execute the notebook at `path` on `store` and write it as HTML to `target`.

    `context` is what its foot says: from what the page is made, when, at which prices.
    `home` is the address, from there, of the page that links to all pages. `kernels` are the
    processes that several notebooks share.

    Raises:
        ConfigurationError: the packages for notebooks are not installed.
        NotebookError: a cell failed.
    """
    notebook = execute(path, store=store, timezone=timezone, kernels=kernels)
    target.parent.mkdir(parents=True, exist_ok=True)
    html = render(notebook, is_sample=is_sample, context=context, home=home)
    target.write_text(html, encoding="utf-8")
    return target


def render(
    notebook: dict[str, Any],
    *,
    is_sample: bool = False,
    context: Context | None = None,
    home: str = "",
) -> str:
    """The page of an executed notebook; `is_sample` puts a notice at its top.

    `context` fills its foot, `home` is linked to at its top; without them it has neither.

    Its Content-Security-Policy lets no request leave and no script run but the
    page's own, for any name of a project or title.
    """
    figures = _take_figures(notebook)
    _mark_up_words(notebook)
    _enclose_tables(notebook)
    script = bundle("page-static")
    return _TEMPLATES.get_template("notebook.html.j2").render(
        title=_title(notebook),
        body=_body(notebook),
        data=json_for_script(
            {
                "figures": figures,
                "templates": {
                    "light": template(LIGHT).to_plotly_json(),
                    "dark": template(DARK).to_plotly_json(),
                },
                "swaps": swaps(),
                "height": _DEFAULT_HEIGHT,
            }
        ),
        plotly=dense_plotly() if figures else "",
        script=script,
        script_sources=script_sources(script),
        style=stylesheet("notebook"),
        is_sample=is_sample,
        context=context,
        home=home,
        version=__version__,
        count=count,
    )


def _take_figures(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Replace each figure in the outputs by its panel; return the figures by their numbers.

    A figure of no points that has a summary is shown by the summary alone.
    """
    figures: dict[str, dict[str, Any]] = {}
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    found = [output for output in outputs if _FIGURE in output.get("data", {})]
    for number, output in enumerate(found):
        figure = output["data"][_FIGURE]
        layout = dict(figure["layout"])
        # The page sets the title, where it wraps and can be found by a reader.
        title = layout.pop("title", {}).get("text") or "Chart"
        summary = summary_of(layout)
        is_drawn = not (summary and all(map(_is_empty, figure["data"])))
        page = _TEMPLATES.get_template("figure.html.j2").render(
            number=number,
            title=title,
            summary=summary,
            is_drawn=is_drawn,
            height=layout.get("height") or _DEFAULT_HEIGHT,
        )
        output["data"] = {"text/html": page}
        if is_drawn:
            figures[str(number)] = _plain(figure["data"], layout)
    return figures


def _is_empty(trace: dict[str, Any]) -> bool:
    """Whether a trace of a chart of ours has no point; of a heatmap, nothing but zeros."""
    if "z" in trace:
        return not any(value for row in trace["z"] for value in row)
    return not (trace.get("x") or trace.get("y"))


def _enclose_tables(notebook: dict[str, Any]) -> None:
    """Put each table into a region that a keyboard can scroll, named by its title or heading."""
    heading = "Table"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            heading = ([heading, *_HEADING.findall(cell["source"])])[-1]
        for output in cell.get("outputs", ()):
            html = output.get("data", {}).get("text/html", "")
            if "<table" in html:
                # Above, a title stays in view and wraps, however wide its table is.
                titles = _TABLE_TITLE.findall(html)[:1]
                title = Markup("".join(titles)).striptags().strip()  # noqa: S704  to text
                page = _TEMPLATES.get_template("table.html.j2")
                output["data"] = {"text/html": page.render(html=html, title=title, name=heading)}


def _mark_up_words(notebook: dict[str, Any]) -> None:
    """Put what cells printed into lines, commands in it as code."""
    page = _TEMPLATES.get_template("words.html.j2")
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream" and output["name"] == "stdout":
                lines = [marked_up(line) for line in output.pop("text").splitlines()]
                output.pop("name")
                output.update(output_type="display_data", metadata={})
                output["data"] = {"text/html": page.render(lines=lines)}


def _plain(data: Any, layout: dict[str, Any]) -> dict[str, Any]:
    """The figure, with its template where that is not the theme's."""
    own = layout.pop("template", {})
    figure = {"data": data, "layout": layout}
    return figure if own == template(LIGHT).to_plotly_json() else {**figure, "template": own}


def _body(notebook: dict[str, Any]) -> str:
    """Text and outputs of the cells, without their code."""
    return _TEMPLATES.get_template("body.html.j2").render(
        cells=notebook["cells"], markdown=_markdown, shown=_shown
    )


def _markdown(text: str) -> Markup:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return Markup(parser.render(text))  # noqa: S704  the policy lets none of its scripts run


def _shown(output: dict[str, Any]) -> Markup:
    """An output in the richest form that a page can show."""
    if output["output_type"] == "stream":
        return _preformatted(output["text"])
    if output["output_type"] == "error":
        return _preformatted("\n".join(output["traceback"]))
    data = {kind: "".join(value) for kind, value in output["data"].items() if kind in _SHOWN}
    if "text/html" in data:
        return Markup(data["text/html"])  # noqa: S704  the policy lets none of its scripts run
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    for kind in ("image/png", "image/jpeg", "image/svg+xml"):
        if kind in data:
            is_text = kind.endswith("xml")
            content = b64encode(data[kind].encode()).decode() if is_text else data[kind].strip()
            return Markup('<img alt="" src="data:{};base64,{}">').format(kind, content)
    return _preformatted(data.get("text/latex", data.get("text/plain", "")))


def _preformatted(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(_COLOUR.sub("", text))


def _title(notebook: dict[str, Any]) -> str:
    """The first heading of the notebook."""
    lines = (line for cell in notebook["cells"] for line in cell["source"].splitlines())
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), "Notebook")
