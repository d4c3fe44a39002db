"""The odd things a real history holds: each is added to an ordinary session of the sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from pocketdev_analytics.sample.shapes import Tokens, text
from pocketdev_analytics.sample.texts import ERRORS, WINDOWS
from pocketdev_analytics.sample.work import Conversation
from pocketdev_analytics.sample.workdays import HELPER_MODEL, TIMEZONE
from pocketdev_analytics.sample.writer import SessionWriter

__all__ = ["COST_STATE_MODEL", "TRAPS", "Trap"]

#: A trap adds to a conversation and returns the further files it made.
Trap = Callable[[Conversation], list[SessionWriter]]

COST_STATE_MODEL: Final = "claude-opus-5-5"
# US dollars a million tokens of that model: input, 1-hour write, read, output.
_COST_STATE_PRICES: Final = tuple(map(Decimal, ("4", "8", "0.2", "20")))


def _api_errors(talk: Conversation) -> list[SessionWriter]:
    """Retries, and turns that end with an error or a limit."""
    for words, error, status in ERRORS:
        talk.writer.prompt("Go on.")
        for attempt in (1, 2):
            talk.writer.system(
                "api_error",
                level="error",
                error={"status": status, "message": "overloaded"},
                retryInMs=500.5 * attempt,
                retryAttempt=attempt,
                maxRetries=10,
            )
            talk.writer.wait(attempt * 8)
        talk.writer.api_error(words, error, status)
    return []


def _compaction(talk: Conversation) -> list[SessionWriter]:
    talk.compact("manual")
    talk.turn(1)
    return []


def _web_search(talk: Conversation) -> list[SessionWriter]:
    talk.writer.prompt("What does the carrier ask of labels for Norway now?")
    talk.answer(web_search_requests=3)
    return []


def _fast(talk: Conversation) -> list[SessionWriter]:
    talk.writer.prompt("Quickly: is the night run through?")
    talk.answer("claude-opus-5-5", speed="fast")
    return []


def _united_states(talk: Conversation) -> list[SessionWriter]:
    talk.writer.prompt("Answer from the US region.")
    talk.answer(inference_geo="us")
    return []


def _advisor(talk: Conversation) -> list[SessionWriter]:
    talk.writer.prompt("Ask for a second opinion before you answer.")
    talk.answer(advisor=("claude-opus-5", Tokens(2_400, 0, 0, 0, 310)))
    return []


def _gateway(talk: Conversation) -> list[SessionWriter]:
    """A local model: no request id, no cache; the first line holds a larger, wrong input."""
    writer = talk.writer
    writer.prompt("Try the local model on this.")
    final = writer.response("qwen3-coder:30b", Tokens(3_100, output=240), request_id=None)
    first = replace(final, tokens=Tokens(4_000, output=1), stop_reason=None)
    writer.block(first, text("Looking."))
    writer.block(final, text("The local model thinks so too."))
    return []


def _placeholders(talk: Conversation) -> list[SessionWriter]:
    """Versions up to 2.1.29 never wrote the final output count."""
    talk.writer.version, version = "2.1.29", talk.writer.version
    for _ in range(3):
        talk.writer.prompt("And on the old laptop?")
        tokens = replace(talk.tokens(0), output=3)
        talk.writer.response(talk.model, tokens, text("One"), text("moment."), stop_reason=None)
    talk.writer.version = version
    return []


def _progress_only(talk: Conversation) -> list[SessionWriter]:
    """A subagent whose file is gone: its message is left in a progress line."""
    writer = talk.writer
    writer.version, version = "2.1.29", writer.version
    gone = writer.subagent()
    tokens = Tokens(3, 2_100, 0, 11_000, 4)
    gone.response(HELPER_MODEL, tokens, text("The depot is closed."), stop_reason=None)
    message = {key: value for key, value in json.loads(gone.lines[0]).items() if key in _EMBEDDED}
    data = {"message": message, "type": "agent_progress", "prompt": "", "agentId": gone.agent_id}
    writer.progress(data, writer.ids.api("toolu"))
    writer.responses += gone.responses
    writer.version = version
    return []


_EMBEDDED: Final = ("type", "timestamp", "message", "requestId", "uuid")


def _replay(talk: Conversation) -> list[SessionWriter]:
    """A subagent that repeats its parent's last response under another request id."""
    agent = talk.writer.subagent()
    agent.prompt("Continue from here.")
    known = replace(talk.answer(), request_id=talk.writer.ids.api("req"))
    agent.block(known, text("Done. All tests pass, and the old name still works."))
    return [agent]


def _midnight(talk: Conversation) -> list[SessionWriter]:
    """One response whose lines lie on two days, with a tool's result between them."""
    writer = talk.writer
    night = writer.at.astimezone(TIMEZONE).replace(hour=23, minute=59, second=57)
    writer.at = max(night, writer.at)
    writer.prompt("One last thing before I go to bed.")
    use = writer.call("Bash", {"command": "make lint", "description": "Run the linter"})
    response = writer.response(talk.model, talk.tokens(180), use, stop_reason="tool_use")
    writer.wait(4)
    writer.tool_result(use, "All checks passed!", {"stdout": "All checks passed!", "stderr": ""})
    writer.block(response, text("Good night."))
    return []


def _resumed(talk: Conversation) -> list[SessionWriter]:
    """Resumed the next morning, in the same file; its cache is long gone."""
    talk.writer.wait(15 * 3600)
    talk.context = 0
    talk.writer.metadata("mode", mode="normal", sessionId=talk.writer.session_id)
    talk.turn(2)
    return []


def _fork(talk: Conversation) -> list[SessionWriter]:
    """Another file that begins with a copy: same ids, other session, later times."""
    source, ids = talk.writer, talk.writer.ids
    at = source.at + timedelta(minutes=9)
    fork = replace(source.subagent(), agent_id=None, session_id=ids.uuid(), at=at)
    later = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for raw in source.lines:
        line, _ = json.JSONDecoder().raw_decode(raw)
        if "uuid" in line:
            line |= {"sessionId": fork.session_id, "timestamp": later}
            fork.raw(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    Conversation(fork, talk.model, talk.helper_model, talk.context).turn(1)
    return [fork]


def _odd_lines(talk: Conversation) -> list[SessionWriter]:
    """Two objects on a line, half an emoji, other tools' lines, account ids, no last newline."""
    writer = talk.writer
    writer.prompt("Half an emoji: \ud83d")
    talk.answer()
    mode = json.dumps({"type": "mode", "mode": "plan"}, separators=(",", ":"))
    writer.lines[-1] += mode
    writer.raw('{"bookmark_name": "labels", "usage": "none", "tags": ["depot"]}')
    writer.metadata("bridge-session", bridgeSessionId="cse_sample", ownerAccountUuid="sample")
    writer.metadata("some-future-type", sessionId=writer.session_id, value={"usage": {}})
    writer.metadata("summary", summary="A summary of another session", leafUuid=writer.ids.uuid())
    writer.ends_with_newline = False
    return []


def _windows(talk: Conversation) -> list[SessionWriter]:
    """A session that begins on the Windows laptop, whose clock is a little behind."""
    at = talk.writer.at - timedelta(seconds=90)
    other = SessionWriter(talk.writer.ids, WINDOWS.cwd, at, talk.writer.ids.uuid())
    Conversation(other, talk.model, talk.helper_model).turn(2)
    return [other]


def _cost_state(talk: Conversation) -> list[SessionWriter]:
    """A session with Claude Code's own cumulative cost, written twice; the last one counts."""
    ids = talk.writer.ids
    other = replace(talk.writer.subagent(), agent_id=None, session_id=ids.uuid(), version="2.1.270")
    own = Conversation(other, COST_STATE_MODEL, HELPER_MODEL)
    for _ in range(2):
        own.turn(3)
        spent = sum((response.tokens for response in other.responses), Tokens())
        other.metadata("cost-state", **_state(other.session_id, spent, other.at))
    return [other]


def _state(session_id: str, spent: Tokens, at: datetime) -> dict[str, object]:
    counts = (spent.input, spent.write_1h, spent.read, spent.output)
    cost = sum(n * price for n, price in zip(counts, _COST_STATE_PRICES, strict=True)) / 1_000_000
    helper = {"inputTokens": 310, "outputTokens": 22, "costUSD": 0.00042}
    model = {
        "inputTokens": spent.input,
        "outputTokens": spent.output,
        "cacheReadInputTokens": spent.read,
        "cacheCreationInputTokens": spent.write_1h,
        "webSearchRequests": 0,
        "costUSD": float(cost),
    }
    return {
        "sessionId": session_id,
        "totalCostUSD": float(cost) + 0.00042,
        "startTime": int(at.timestamp() * 1000),
        "modelUsage": {COST_STATE_MODEL: model, HELPER_MODEL: helper},
        "hasUnknownModelCost": False,
    }


#: In the order in which they are spread over the history, oldest first.
TRAPS: Final[tuple[Trap, ...]] = (
    _placeholders,
    _progress_only,
    _api_errors,
    _gateway,
    _compaction,
    _replay,
    _midnight,
    _odd_lines,
    _web_search,
    _advisor,
    _windows,
    _united_states,
    _fast,
    _cost_state,
    _resumed,
    _fork,
)
