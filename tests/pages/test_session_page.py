"""The page of one session."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.pages import session_page
from tests.pages.histories import HOSTILE, MADE_AT, provenance
from tests.pages.sessions import SESSION, one_session
from tests.pages.test_pages import Reader, data_of


def page(history=None, session=SESSION, timezone="UTC", **changed):
    history = one_session() if history is None else history
    return session_page(history, provenance(**changed), session, timezone=timezone, made_at=MADE_AT)


def words(text):
    return " ".join("".join(Reader(text).text).split())


def without_prices(history):
    nothing = pl.lit(None, COST_USD)
    names = [name for name in history.usage.collect_schema() if name.endswith("cost_usd")]
    return replace(history, usage=history.usage.with_columns(**dict.fromkeys(names, nothing)))


def test_the_same_inputs_give_the_same_bytes():
    assert page() == page()


def test_the_key_figures_describe_the_session():
    text = words(page())
    for said in (
        "Cost at least $27.03",
        "Duration 3 h 13 min 12:00 \u2013 15:13",
        "Active time 13 min without a pause of over 15 min",
        "Prompts 4",
        "Responses 40 26 of subagents",
        "Tool calls 40 20% failed".replace("\u00a0", " "),
        "2 compactions",
        "API errors 4",
    ):
        assert said in text


def test_a_pause_is_as_long_as_is_configured():
    html = session_page(
        one_session(), provenance(), SESSION, timezone="UTC", made_at=MADE_AT, idle_minutes=240
    )
    assert "Active time 3 h 13 min Prompts" in words(html)
    assert "of over" not in words(html)


def test_the_most_expensive_responses_are_listed_with_every_digit():
    heading, first, *_ = Reader(page()).tables["table-responses"]
    columns = [shown for shown, _ in heading]
    assert columns[:4] == ["Time", "Model", "Cost, USD", "Context, tokens"]
    assert [first[0][0], first[1][0], first[2]] == [
        "2026-10-01 12:00:00",
        "claude-opus-5",
        ("\u2265 $1.00", "1.001"),
    ]


def test_the_table_of_prompts_adds_up_to_the_responses():
    _, *rows = Reader(page()).tables["table-session-cost"]
    assert [row[0][0] for row in rows] == ["1", "2", "4", "3"]
    assert sum(int(row[4][0]) for row in rows) == 40


def test_lanes_are_the_main_thread_and_then_subagents_as_they_began():
    _, *rows = Reader(page()).tables["table-session-lanes"]
    assert [row[0][0] for row in rows] == ["main", "agent-01", "agent-02"]
    lanes = data_of(page())["figures"]["session-lanes"]["layout"]["yaxis"]["ticktext"]
    assert lanes == ["main", "agent-01", "agent-02"]


def test_the_page_names_the_commands_that_list_its_rows():
    text = words(page())
    assert f"query --name responses_of_session --param session_id={SESSION}" in text
    assert f"pocketdev-analytics explain {SESSION}" in text


def test_a_session_is_named_by_the_beginning_of_its_id():
    assert page(session=SESSION[:6]) == page()


def test_a_session_without_a_title_is_called_by_its_id():
    untitled = {"session_title": pl.lit(None, pl.String)}
    history = one_session(3)
    frames = {name: each.with_columns(**untitled) for name, each in history.frames().items()}
    assert f"<h1>Session {SESSION[:8]}</h1>" in page(type(history)(**frames))


def test_an_unknown_session_is_one_sentence():
    with pytest.raises(ReportError, match="there is no session 'nope'"):
        page(session="nope")


@pytest.mark.parametrize("responses", [1, 2, 40])
@pytest.mark.parametrize("lanes", [1, 3])
def test_a_session_of_any_size_has_a_page(responses, lanes):
    figures = data_of(page(one_session(responses, lanes)))["figures"]
    assert {"session-context", "session-cost", "session-lanes"} <= set(figures)


@pytest.mark.parametrize("lanes", [1, 30])
def test_a_session_of_twenty_thousand_responses_keeps_below_the_weight(lanes):
    text = page(one_session(20_000, lanes, HOSTILE))
    assert len(text.encode()) < 2_400_000
    traces = data_of(text)["figures"]["session-context"]["data"]
    assert max(len(trace["x"]) for trace in traces) < 1000
    assert len(data_of(text)["figures"]["session-lanes"]["layout"]["yaxis"]["ticktext"]) <= 20


def test_a_session_of_subagents_alone_says_whose_the_lines_are():
    history = one_session(40, 3)
    own = replace(history, usage=history.usage.filter(agent="subagent"))
    assert "All by subagents." in words(page(own))
    assert "All by subagents." not in words(page(history))


def test_a_session_without_prices_says_so():
    text = page(without_prices(one_session()))
    assert "Cost no price" in words(text)
    assert "No response has a price." in words(text)


def test_a_session_of_prompts_alone_has_a_page():
    history = one_session()
    own = replace(history, usage=history.usage.clear(), tool_calls=history.tool_calls.clear())
    assert list(data_of(page(own))["figures"]) == ["session-lanes"]


def test_hostile_titles_stay_text():
    hostile, tame = Reader(page(one_session(40, 3, HOSTILE))), Reader(page(one_session()))
    assert set(hostile.tags) == set(tame.tags)
    assert not any("onerror" in known for known in hostile.attributes)
    assert max(map(len, hostile.text)) < 1000


def test_a_hostile_id_is_one_word_of_a_command():
    wicked = "x'; rm -rf ~ #"
    named = pl.lit(wicked).alias("session_id")
    history = one_session(3)
    frames = {name: each.with_columns(named) for name, each in history.frames().items()}
    text = words(page(type(history)(**frames), session=wicked))
    assert "explain 'x'\"'\"'; rm -rf ~ #'" in text


def test_sample_data_is_named_at_the_top():
    assert "Sample data." in page(is_sample=True)


def test_facts_of_the_session_are_a_table():
    rows = [("permission_mode", "plan", 2), ("thinking_tokens", None, 1200)]
    facts = pl.DataFrame(
        rows, {"fact": pl.String, "value": pl.String, "count": pl.Int64}, orient="row"
    )
    html = session_page(
        one_session(),
        provenance(),
        SESSION,
        timezone="UTC",
        made_at=MADE_AT,
        facts=facts,
    )
    assert all(text in html for text in ("Permission mode", "plan", "Thinking tokens", "1,200"))
