"""The script's interpreter of declarations says, under every filter, what Python's says."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest

from pocketdev_analytics.charts.theme import LIGHT
from pocketdev_analytics.pages.activity_facts import ActivitySource, activity_facts
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.dashboards import activity_spec, cost_spec
from pocketdev_analytics.pages.encode import encode
from pocketdev_analytics.pages.page import Page, draw_page, spec_of
from tests.pages.generated import NOW, generated
from tests.pages.generated_activity import busy
from tests.pages.views import VIEWS, ZONE

pytestmark = pytest.mark.browser

HISTORY, UNCACHED = generated()
TODAY = "2026-11-23"
SCOPE = {"command": "pocketdev-analytics", "today": NOW.date(), "idle_minutes": 10}
FACTS = {
    "cost": (cost_spec(), cost_facts(CostSource(HISTORY, UNCACHED, ZONE, NOW))),
    "activity": (activity_spec(), activity_facts(ActivitySource(busy(), ZONE))),
}
# The page's own objects, made once a page; then everything that a view shows.
START = """([name, packed, spec, state, palette]) => {
  const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
  const facts = module_facts.decodeFacts(bytes, 0);
  const source = { ...spec, facts, tick: state.tick, entry: module_view.entriesOf(facts) };
  (globalThis.pages ??= {})[name] = { source, spec, state, palette };
}"""
SHOW = """([name, days, before, names]) => {
  const { source, spec, state, palette } = pages[name], [first, last] = state.days;
  const codes = Object.fromEntries(Object.entries(names).map(([dimension, keys]) =>
    [dimension, keys.map((key) => source.facts.domains[dimension].key.indexOf(key))]));
  const within = ([from, to]) => [from > first ? from : first, to < last ? to : last];
  const view = (of) => module_view.createView(source, { names: codes, days: within(of) });
  const page = {
    spec, state, palette, scale: source.facts.scale, names: Object.keys(names),
    view: view(days ?? state.days), beforeDays: before,
    before: before && before[0] >= first ? view(before) : null,
  };
  const panels = Object.fromEntries(Object.entries(spec.panels).map(([id, panel]) => {
    const { table, figure, ...words } = module_panels.drawPanel(panel, page);
    const { data, layout } = figure ?? {};
    return [id, { ...words, table: table(), figure: figure && { data, layout } }];
  }));
  return JSON.stringify({ keys: module_panels.keyFigures(page, 60), panels });
}"""


@pytest.fixture(scope="module")
def loaded(tab: Any) -> Any:
    """The tab with the facts of both pages."""
    for name, (spec, facts) in FACTS.items():
        assert facts.days is not None
        state = {
            **SCOPE,
            "today": str(SCOPE["today"]),
            "days": [str(day) for day in facts.days],
            "tick": facts.tick,
        }
        declared = spec_of(spec)
        packed = b64encode(gzip.decompress(encode(facts, declared))).decode()
        palette = {"series": LIGHT.series, "rest": LIGHT.rest}
        tab.evaluate(START, [name, packed, json.loads(json.dumps(declared)), state, palette])
    return tab


def shown(tab: Any, page: str, view: Any) -> Any:
    before = view.period.before() if view.period else None
    days, earlier = (
        [str(period.first), str(period.last)] if period else None
        for period in (view.period, before)
    )
    names = {
        name: ["(none)" if value is None else value for value in values]
        for name, values in view.names.items()
    }
    return json.loads(tab.evaluate(SHOW, [page, days, earlier, names]))


def expected(page: Page) -> dict[str, Any]:
    panels = {
        panel.id: {
            "title": panel.title,
            "summary": panel.summary,
            "notes": list(panel.notes),
            "remark": panel.remark,
            "table": {
                "columns": [
                    {"heading": column.heading, "isText": column.is_text}
                    for column in panel.table.columns
                ],
                "rows": [
                    [{"text": cell.text, "exact": cell.exact, "link": cell.link} for cell in row]
                    for row in panel.table.rows
                ],
                "more": panel.table.more,
            },
            "figure": panel.figure,
        }
        for panel in page.panels
    }
    keys = [
        {
            "name": key.name,
            "value": key.value,
            "exact": key.exact,
            "prefix": key.prefix,
            "note": key.note,
            "change": key.change,
            "spark": list(key.spark),
        }
        for key in page.key_figures
    ]
    return {"keys": keys, "panels": panels}


def plain(value: Any) -> Any:
    """Plain JSON, a whole number the same whether it is written as a float."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float | int) and value is not True else value


@pytest.mark.parametrize("fragment", VIEWS)
@pytest.mark.parametrize("name", FACTS)
def test_every_word_cell_and_point_is_that_of_python(loaded, name, fragment):
    spec, facts = FACTS[name]
    here = plain(shown(loaded, name, VIEWS[fragment]))
    there = plain(expected(draw_page(spec, facts, VIEWS[fragment], SCOPE)))
    assert here["keys"] == there["keys"]
    assert here["panels"].keys() == there["panels"].keys()
    for panel, wanted in there["panels"].items():
        for part, value in wanted.items():
            assert here["panels"][panel][part] == value, (panel, part)
