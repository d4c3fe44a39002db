"""What a page shows in a browser, and what the package says that it shows, in one form."""

from __future__ import annotations

from typing import Any

from pocketdev_analytics.pages.page import Page
from pocketdev_analytics.pages.render import spark_points

__all__ = ["said", "shown"]

# Closed tables are written when they are opened.
_SHOWN = """() => {
  for (const details of document.querySelectorAll(".panel details")) {
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
  }
  const text = (node) => node?.textContent ?? "";
  const link = (cell) => cell.querySelector("a")?.getAttribute("href") ?? "";
  const cells = (row) => [...row.cells].map((cell) => [cell.textContent, cell.title, link(cell)]);
  const keys = [...document.querySelectorAll(".key")].map((key) => {
    const value = key.querySelector(".value");
    return {
      name: text(key.querySelector("h3")),
      value: value.lastChild.textContent,
      prefix: text(value.querySelector(".prefix")),
      exact: value.title,
      note: text(key.querySelector(".note")),
      change: text(key.querySelector(".change")),
      spark: key.querySelector("polyline")?.getAttribute("points") ?? "",
    };
  });
  const panels = Object.fromEntries([...document.querySelectorAll(".panel")].map((panel) => {
    const plot = panel.querySelector(".plot"), more = panel.querySelector(".more");
    const table = panel.querySelector("table");
    return [panel.id.replace("panel-", ""), {
      title: text(panel.querySelector("h3")),
      summary: text(panel.querySelector(".summary")),
      notes: [...panel.querySelectorAll(".bound")].map(text),
      heads: [...table.tHead.rows[0].cells].map(text),
      rows: [...table.tBodies[0].rows].map(cells),
      more: more.hidden ? "0" : text(more.firstElementChild),
      figure: plot ? { data: plot.data, layout: plot.layout } : null,
    }];
  }));
  return { keys, panels };
}"""

_DRAWN = (
    *("x", "y", "z", "customdata", "text", "name", "visible", "marker", "mode", "orientation"),
    *("width", "xaxis"),
)
_AXES = ("xaxis", "yaxis", "yaxis2", "yaxis3", "yaxis4", "xaxis2")
_OF_AXIS = ("range", "tickvals", "ticktext", "visible", "dtick", "ticksuffix", "categoryarray")


def shown(page: Any) -> dict[str, Any]:
    """What the browser shows: key figures, and each panel's words, table and chart."""
    found = page.evaluate(_SHOWN)
    for panel in found["panels"].values():
        if panel["figure"]:
            panel["figure"] = _chart(panel["figure"])
    return dict(found)


def said(page: Page) -> dict[str, Any]:
    """The same of what the package made."""
    keys = [
        {
            "name": key.name,
            "value": key.value,
            "prefix": key.prefix,
            "exact": key.exact,
            "note": key.note,
            "change": key.change,
            "spark": spark_points(key.spark) if len(key.spark) > 1 else "",
        }
        for key in page.key_figures
    ]
    panels = {
        panel.id: {
            "title": panel.title,
            "summary": panel.summary,
            "notes": list(panel.notes),
            "heads": [column.heading for column in panel.table.columns],
            "rows": [
                [[cell.text, cell.exact, cell.link] for cell in row] for row in panel.table.rows
            ],
            "more": f"{panel.table.more:,}",
            "figure": panel.figure and _chart(_shown_as(panel.figure)),
        }
        for panel in page.panels
    }
    return {"keys": keys, "panels": panels}


def _shown_as(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure as it is shown: one without points has a sentence in place of its axes."""
    if any(trace.get("x") or trace.get("y") for trace in figure["data"]):
        return figure
    axes = {
        name: {**axis, "visible": False}
        for name, axis in figure["layout"].items()
        if name.startswith(("xaxis", "yaxis"))
    }
    words = {"height": 96, "shapes": [], "annotations": [{"text": "Nothing to show."}]}
    return {"data": figure["data"], "layout": {**figure["layout"], **axes, **words}}


def _chart(figure: dict[str, Any]) -> dict[str, Any]:
    """What a chart says: the values and words of its traces, and of its axes."""
    layout = figure["layout"]
    return {
        "traces": [
            {"visible": True, **{name: _plain(trace[name]) for name in _DRAWN if name in trace}}
            for trace in figure["data"]
        ],
        "axes": {
            axis: {
                name: _plain(layout[axis][name])
                for name in _OF_AXIS
                # A range that Plotly chose itself is written into the layout.
                if name in layout[axis]
                and not (name == "range" and layout[axis].get("autorange"))
                # Labels of a narrow axis are thinned out for the width that they are seen at.
                and not (axis == "xaxis2" and name in {"tickvals", "ticktext"})
            }
            for axis in _AXES
            if axis in layout
        },
        "height": layout.get("height", 320),
        "marks": [_plain(shape["x0"]) for shape in layout.get("shapes", ())],
        "words": [_plain(each["text"]) for each in layout.get("annotations", ())],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float | int) and value is not True else value
