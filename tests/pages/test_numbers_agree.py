"""Numbers with one meaning are equal on all pages, read as a person reads them."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pocketdev_analytics import model, reports
from pocketdev_analytics.pages import activity_page, cost_page
from pocketdev_analytics.pages.terms import TERMS
from pocketdev_analytics.reports import History
from tests.pages.generated import NOW, generated
from tests.pages.generated_activity import busy
from tests.pages.histories import frame, made, provenance

ROOT = Path(__file__).parents[2]
NUMBER = r"(?:at least )?\$?(\d[\d,]*(?:\.\d+)?)"
# How a page words each term of docs/glossary.md.
MEANINGS = {
    "days with usage": [r"(?:on|over) (\d[\d,]*) days? with usage"],
    "sessions with usage": [r"(\d[\d,]*) sessions? with usage"],
    "days with prompts": [r"on (\d[\d,]*) days? with prompts"],
    "days with active time": [r"on (\d[\d,]*) days? with active time"],
    "prompts": [r"(\d[\d,]*) prompts?\b(?! tokens)", rf"KEY Prompts = {NUMBER}"],
    "responses": [r"(\d[\d,]*) responses?,? (?:and|in)\b", rf"KEY Responses = {NUMBER}"],
    "tool calls": [
        r"(\d[\d,]*) tool calls?",
        r"(\d[\d,]*) calls of \d+ tools?",
        r"\d+ of (\d[\d,]*) calls failed",
        rf"KEY Tool calls = {NUMBER}",
    ],
    "lines added": [r"(\d[\d,]*) lines? added", rf"KEY Lines added = {NUMBER}"],
    "total cost": [
        rf"{NUMBER} on \d+ days? with usage",
        rf"{NUMBER} in total",
        rf"% of {NUMBER} across",
        r"SHOWN Total cost = \$(\d[\d,]*\.\d\d)",
    ],
    "mean of a day": [
        r"with usage, \$(\d[\d,]*\.\d\d) each",
        r"SHOWN Per day with usage = \$(\d[\d,]*\.\d\d)",
    ],
}
HISTORIES = {"made": made(), "generated": generated()[0], "busy": busy()}


def lonely() -> History:
    """Days and sessions of which each has only one kind of facts, so that every count differs."""
    base = made(40)
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    unpriced = base.usage.filter(pl.col("response_id") == "response-1").with_columns(
        cost_usd=pl.lit(None, model.COST_USD),
        model=pl.lit("local-model"),
        responded_at=pl.lit(at).dt.cast_time_unit("us"),
        response_id=pl.lit("r-x"),
        session_id=pl.lit("only-unpriced"),
        **{f"{unit}_cost_usd": pl.lit(None, model.COST_USD) for unit in ("input", "output")},
    )
    prompt = {"prompt_id": "p-x", "session_id": "only-prompts", "agent": "main"}
    error = {"error_id": "e-x", "session_id": "only-errors", "agent": "main", "kind": "error"}
    prompts = frame(model.PROMPTS, [{**prompt, "prompted_at": at - timedelta(days=1)}])
    errors = frame(model.API_ERRORS, [{**error, "occurred_at": at - timedelta(days=2)}])
    return History(
        **{
            **base.frames(),
            "usage": pl.concat([base.usage, unpriced.select(base.usage.collect_schema().names())]),
            "prompts": pl.concat([base.prompts, prompts]),
            "api_errors": pl.concat([base.api_errors, errors]),
        }
    )


HISTORIES["lonely"] = lonely()


@cache
def pages_of(name: str) -> dict[str, str]:
    history = HISTORIES[name]
    return {
        name: _read(made_page(history, provenance(), timezone="UTC", made_at=NOW))
        for name, made_page in (("cost", cost_page), ("activity", activity_page))
    }


def _read(page: str) -> str:
    """The words outside of tables; a key figure as `KEY name = exact` and `SHOWN name = value`."""
    page = re.sub(r"<(script|style|table).*?</\1>", " ", page, flags=re.DOTALL)
    figure = re.compile(
        r'<h3>([^<]*)</h3>\s*<p class="value" title="([^"]*)">(.*?)</p>', flags=re.DOTALL
    )

    def said(found: re.Match[str]) -> str:
        shown = re.sub(r"<span.*?</span>", "", found[3]).strip()
        return f" KEY {found[1]} = {found[2]} ; SHOWN {found[1]} = {shown} ; "

    text = re.sub(r"<[^>]+>", " ", figure.sub(said, page))
    return " ".join(html.unescape(text).replace("\xa0", " ").split())


def found(texts: dict[str, str], meaning: str) -> list[str]:
    return [
        number
        for text in texts.values()
        for pattern in MEANINGS[meaning]
        for number in re.findall(pattern, text)
    ]


@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize("name", HISTORIES)
def test_numbers_of_one_meaning_are_equal_on_both_pages(name, meaning):
    numbers = found(pages_of(name), meaning)
    assert len(set(numbers)) <= 1, (name, meaning, numbers)


@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_meaning_is_read_somewhere_more_than_once(meaning):
    often = max(len(found(pages_of(name), meaning)) for name in HISTORIES)
    assert often > 1 or meaning == "days with prompts"


@pytest.mark.parametrize("name", HISTORIES)
def test_the_numbers_are_those_of_the_reports(name):
    history = HISTORIES[name]
    texts = pages_of(name)
    days = reports.cost(history.usage, by=["day"]).collect()
    own = reports.cost(history.usage, by=["session"]).collect()
    done = reports.activity(history, by=()).collect().row(0, named=True)
    priced = days.filter(pl.col("cost_usd").is_not_null()).height
    used = own.filter(pl.col("cost_usd").is_not_null(), pl.col("session").is_not_null()).height
    assert set(found(texts, "days with usage")) == {f"{priced:,}"}
    assert set(found(texts, "sessions with usage")) <= {f"{used:,}", f"{used + 1:,}"}
    assert set(found(texts, "prompts")) == {f"{done['prompts']:,}"}
    assert re.findall(r"KEY Sessions = (\S+)", texts["activity"]) == [f"{done['sessions']:,}"]
    listed = reports.sessions(history).collect().height
    assert done["sessions"] == listed


def test_an_error_alone_begins_no_session():
    done = reports.activity(HISTORIES["lonely"], by=()).collect().row(0, named=True)
    assert done["sessions"] == reports.activity(made(40), by=()).collect()["sessions"][0] + 2


def test_the_glossary_has_every_term_of_a_page():
    glossary = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    page = cost_page(made(), provenance(), timezone="UTC", made_at=NOW)
    for term, meaning in TERMS.items():
        assert f"| {term} | {meaning} |" in glossary
        assert f"<dt>{term}</dt>" in page
