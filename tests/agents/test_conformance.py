"""The decoder of every agent does what the interface asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pocketdev_analytics.agents import Origin, Span, find_agent
from pocketdev_analytics.agents.conformance import SECRET, decoder_problems
from pocketdev_analytics.agents.rows import Rows
from tests.agents.claude.by_hand import answer, api_error, call, prompt, result
from tests.agents.claude.by_hand import as_bytes as claude_bytes
from tests.agents.codex.by_hand import everything

FILES = {
    "claude": claude_bytes(
        prompt(SECRET),
        answer(content=[{"type": "text", "text": SECRET}, call()]),
        prompt([result(content=SECRET)]),
        api_error(),
    ),
    "codex": everything(),
}


@pytest.mark.parametrize("name", FILES)
def test_the_decoder_of_an_agent_conforms(name: str) -> None:
    assert decoder_problems(find_agent(name), FILES[name]) == []


def test_a_decoder_with_state_is_reported() -> None:
    codex, seen = find_agent("codex"), 0

    def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
        nonlocal seen
        seen += 1
        return codex.decode(data, replace(origin, file_id=seen), rows, size)

    problems = decoder_problems(replace(codex, decode=decode), FILES["codex"])
    assert "decoding twice gives other rows: the decoder has state" in problems


def test_a_decoder_that_keeps_text_is_reported() -> None:
    codex = find_agent("codex")
    data = FILES["codex"].replace(b'"name": "shell"', f'"name": "{SECRET}"'.encode())
    assert decoder_problems(codex, data) == ["message text is kept in tool_uses"]


def test_a_decoder_that_skips_damage_is_reported() -> None:
    codex = find_agent("codex")

    def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
        span = codex.decode(data, origin, rows, size)
        rows.quarantine.clear()
        return span

    problems = decoder_problems(replace(codex, decode=decode), FILES["codex"])
    assert problems == ["a damaged line is not quarantined, with its number"]
