from __future__ import annotations

import html.parser
import json
import re
from base64 import b85decode
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from pocketdev_analytics import reports
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pages import activity_page, cost_page, write
from pocketdev_analytics.pages.cost import cost_view
from pocketdev_analytics.pages.cost_facts import CostSource, cost_facts
from pocketdev_analytics.pages.embed import json_for_script
from tests.pages.decoding import decoded
from tests.pages.histories import HOSTILE, MADE_AT, empty, made, provenance

MOST_BYTES = 8_000_000
PAGES = {"cost": cost_page, "activity": activity_page}


def page(name="cost", history=None, timezone="UTC", **changed):
    history = made() if history is None else history
    return PAGES[name](history, provenance(**changed), timezone=timezone, made_at=MADE_AT)


def view(history):
    source = CostSource(history, None, "UTC", MADE_AT)
    return cost_view(source, cost_facts(source))


class Reader(html.parser.HTMLParser):
    """Elements, attributes and the cells of each table, as a browser reads them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.tables, self.text = [], [], {}, []
        self.rows = self.inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append(tag)
        self.attributes.append(known)
        self.inside = tag
        if tag == "table":
            self.rows = self.tables.setdefault(known["id"], [])
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append(("", known.get("title", "")))

    def handle_endtag(self, tag):
        self.rows = None if tag == "table" else self.rows

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.text.append(data)
        if self.rows and self.rows[-1]:
            shown, title = self.rows[-1][-1]
            self.rows[-1][-1] = ((shown + data).strip(), title)


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL).group(1))


def facts_of(text):
    """The facts that a page carries, as they were encoded."""
    written = re.search(r'id="facts">(.*?)</script>', text, re.DOTALL).group(1)
    return b85decode(written.translate(str.maketrans(".,:", "<>&")))


@pytest.mark.parametrize("name", PAGES)
def test_the_same_inputs_give_the_same_bytes(name):
    assert page(name) == page(name)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("days", [1, 40, 1200])
def test_a_page_keeps_below_its_weight(name, days):
    assert len(page(name, made(days)).encode()) < MOST_BYTES


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_anywhere(name):
    read = Reader(page(name))
    assert not {"link", "iframe", "img", "object", "embed", "base", "form"} & set(read.tags)
    links = [known[key] for known in read.attributes for key in ("src", "href") if key in known]
    assert {link for link in links if not link.startswith("#")} == {
        f"{other}.html" for other in PAGES if other != name
    }


@pytest.mark.parametrize("name", PAGES)
def test_the_policy_allows_two_scripts_by_hash_and_no_inline_one(name):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page(name)).group(1)
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-\S+' 'sha256-\S+'", rules["script-src"])
    assert "unsafe-inline" not in rules["style-src-elem"]
    assert not [key for key in rules if key in ("connect-src", "font-src", "frame-src")]
    assert not any(
        key == "style" or key.startswith("on") for a in Reader(page(name)).attributes for key in a
    )


def test_the_table_of_days_is_the_report():
    daily = reports.cost(made().usage, by=["day"]).collect()
    heading, *rows = Reader(page()).tables["table-cumulative-cost"]
    assert [shown for shown, _ in heading][:3] == ["Day", "Cost, USD", "Responses"]
    shown = {row[0][0]: row[1] for row in rows}
    assert shown["2026-10-01"] == ("≥ $1.00", "1.001")
    assert shown["2026-10-02"] == ("$1.00", "1.001")
    assert shown["2026-10-03"] == ("no price", "")
    exact = {day: Decimal(title) for day, (_, title) in shown.items() if title}
    known = daily.filter(pl.col("cost_usd").is_not_null())
    assert exact == {str(day): cost for day, cost in known.select("day", "cost_usd").iter_rows()}


def test_the_table_by_model_adds_up_to_the_total():
    heading, *rows = Reader(page()).tables["table-monthly-cost"]
    assert [shown for shown, _ in heading] == [
        "Month",
        "claude-opus-5, USD",
        "claude-haiku-4-5, USD",
        "local-model, USD",
        "All, USD",
    ]
    total = sum(Decimal(row[-1][1]) for row in rows)
    assert total == reports.totals(made().usage).collect()["cost_usd"][0] == Decimal("27.027")


def test_the_key_figure_says_at_least_and_why():
    text = page()
    assert 'title="at least $27.027"' in text
    assert "2.5% of responses incomplete; 1 model without a price" in text
    assert "At least: local-model has no price" in text


def test_the_page_says_what_it_is_made_from():
    words = " ".join("".join(Reader(page(timezone="Europe/Berlin")).text).split())
    for said in (
        "Thu 1 Oct 2026 \u2013 Mon 9 Nov 2026",
        "Days in Europe/Berlin",
        "Prices: a price list of 2026-11-01",
        "Made 2026-11-23 09:30",
        "Read from 15 session files, 2 of them no longer on disk",
        "3 lines could not be read",
    ):
        assert said in words


@pytest.mark.parametrize("name", PAGES)
def test_sample_data_is_named_at_the_top(name):
    assert "Sample data." in page(name, is_sample=True)
    assert "Sample data." not in page(name)


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_history_is_a_friendly_page(name):
    text = page(name, empty(), sessions=0, files=0, first_at=None, last_at=None)
    assert "No data yet" in text
    assert "pocketdev-analytics import" in text
    assert len(text) < 100_000


def test_an_empty_period_says_which():
    text = cost_page(
        empty(), provenance(), timezone="UTC", made_at=MADE_AT, since=date(2026, 11, 2)
    )
    assert "No activity from Mon 2 Nov 2026" in text


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_stay_text(name):
    hostile = Reader(page(name, made(40, HOSTILE)))
    tame = Reader(page(name, made(40, tuple("abcdefgh"))))
    assert hostile.tags == tame.tags
    assert not any("onerror" in known for known in hostile.attributes)
    assert max(map(len, hostile.text)) < 1000


def test_json_in_a_script_cannot_end_it():
    hostile = "</script><!-- &\u2028\u2029"
    text = json_for_script([hostile])
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == [hostile]


def test_the_script_reads_the_declarations_that_the_package_draws():
    data = data_of(page())
    panels = {panel.id: panel for panel in view(made()).panels}
    assert data["figures"].keys() == panels.keys()
    live = {name for name, panel in panels.items() if panel.is_live}
    assert data["spec"]["panels"].keys() == live
    assert live == panels.keys() - {"month-budget"}
    assert not any(data["figures"][name]["data"] for name in live)


def test_every_name_of_a_declaration_is_one_that_its_page_has():
    """A panel's query asks for known tables, dimensions and measures."""
    for name, derived in (("cost", set()), ("activity", {"weekday"})):
        spec = data_of(page(name))["spec"]
        facts = decoded(facts_of(page(name)))[0]
        known = {"period", "week", "month", *derived, *facts["domains"]}
        columns = {column for table in facts["tables"].values() for column, _ in table["columns"]}
        for panel in spec["panels"].values():
            query = panel["query"]
            assert query["table"] in facts["tables"]
            assert set(query["by"]) <= known
            assert set(query["measures"]) <= columns | spec["measures"].keys()


def test_a_model_without_a_price_has_no_bar_but_its_tokens():
    (bars,) = next(
        panel.figure["data"] for panel in view(made()).panels if panel.id == "cost-by-model"
    )
    assert [tuple(words) for words in bars["customdata"]] == [
        ("claude-opus-5", "at least $14.014"),
        ("claude-haiku-4-5", "$13.013"),
        ("local-model", "no price"),
    ]


def test_the_days_are_those_of_the_time_zone():
    assert "Fri 2 Oct 2026" in page(timezone="Pacific/Kiritimati")


def test_long_histories_are_drawn_by_week():
    panel = next(each for each in view(made(500)).panels if each.id == "cumulative-cost")
    assert len(panel.figure["data"][0]["x"]) == 72


def test_the_last_days_are_compared_with_as_many_before():
    def words(later):
        made_at = MADE_AT + timedelta(days=later)
        text = cost_page(made(90), provenance(), timezone="UTC", made_at=made_at)
        return "".join(Reader(text).text)

    assert "up to Thu 3 Dec 2026, compared with the 30 days before" in words(10)
    assert "compared with the 30 days before" not in words(0)
    # They end on the day that the page was made, as the filter of that name does.
    assert "no usage since Tue 29 Dec 2026" in words(90)


def test_token_classes_add_up_to_the_cost():
    classes = reports.token_classes(made().usage).collect()
    assert classes["cost_usd"].sum() == Decimal("27.027")
    assert classes["tokens"].to_list() == [4000, 8000, 12000, 160000, 20000]


def test_a_page_is_written_atomically(tmp_path):
    path = tmp_path / "new" / "cost.html"
    assert write(path, "<p>\u2028ok") == path
    assert path.read_bytes() == "<p>\u2028ok".encode()
    assert [file.name for file in path.parent.iterdir()] == ["cost.html"]


def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match=r"cannot write .* choose another file with -o"):
        write(tmp_path / "file" / "cost.html", "")


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("cost", ("sessions --sort=-cost_usd", "cost --by project --sort=-cost_usd", "blocks")),
        ("activity", ("sessions", "tools", "errors --by error --by status")),
    ],
)
def test_a_long_table_names_the_command_that_lists_the_rest(name, commands):
    text = page(name)
    for command in commands:
        assert f"more rows are in <code>pocketdev-analytics report {command}</code>" in text


def test_made_at_is_shown_in_the_time_zone():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    text = cost_page(made(), provenance(), timezone="Asia/Tokyo", made_at=late)
    assert "Made 2026-11-24 08:30" in text
