"""Files that an older version of the decoder read are read again, once."""

from __future__ import annotations

import json

import duckdb

from tests.agents.claude.by_hand import A, answer, prompt
from tests.importer.stores import Books


def test_a_file_that_an_older_decoder_read_is_read_again_once(books: Books) -> None:
    books.write(A, prompt(), answer(content=[{"type": "text", "text": "four"}]))
    books.import_()
    with duckdb.connect(books.store) as connection:
        connection.execute("update session_files set decoder_version = null")
        connection.execute("update usage_lines set text_characters = null")
    assert books.import_().files_read == 1
    assert books.values("select text_characters from usage_lines") == [(4,)]
    assert books.values("select count(*) from prompts") == [(1,)]
    assert books.import_().files_read == 0


def test_a_file_that_is_gone_keeps_the_rows_of_the_older_decoder(books: Books) -> None:
    path = books.write(A, prompt(), answer())
    books.import_()
    with duckdb.connect(books.store) as connection:
        connection.execute("update session_files set decoder_version = 1")
        connection.execute("update prompts set kind = null")
    path.unlink()
    summary = books.import_()
    assert (summary.responses, summary.files_gone) == (1, 1)
    assert books.values("select count(*) from prompt_facts") == [(1,)]


def test_a_subagents_type_is_its_helpers_its_metas_or_its_lines(books: Books) -> None:
    def agent(name: str, meta: dict[str, object] | None = None) -> None:
        path = books.write(f"{A}/subagents/agent-{name}", answer(name, attributionAgent="Plan"))
        if meta is not None:
            path.with_suffix(".meta.json").write_text(json.dumps(meta))

    agent("a1")
    agent("a2", {"agentType": "Explore", "name": "scout", "spawnDepth": 2})
    agent("acompact-3", {"agentType": "Explore"})
    agent("a4", {"agentType": 5, "spawnDepth": "deep"})
    books.import_()
    rows = books.values(
        "select agent_id, agent_type, agent_name, spawn_depth from session_files order by all"
    )
    assert rows == [
        ("a1", "Plan", None, None),
        ("a2", "Explore", "scout", 2),
        ("a4", "Plan", None, None),
        ("acompact-3", "compact", None, None),
    ]


def test_a_session_that_ends_with_an_interruption_or_a_notification_is_not_active(
    books: Books,
) -> None:
    def status(*lines: object) -> str:
        path = books.write(A, answer(), *lines)  # type: ignore[arg-type]
        books.import_()
        path.unlink()
        ((found,),) = books.values("select status from claude_sessions")
        return str(found)

    asked = prompt("Go on", "10:05:00")
    stopped = prompt("[Request interrupted by user]", "10:06:00")
    shown = prompt("<task-notification>x</task-notification>", "10:07:00")
    assert status(asked) == "active"
    assert status(asked, stopped) == "completed"
    assert status(shown) == "completed"
