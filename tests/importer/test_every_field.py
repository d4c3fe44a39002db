"""A text planted in each field of each type of line is not in the store, names apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.agents.claude.by_hand import (
    A,
    Line,
    advisor,
    answer,
    api_error,
    call,
    embedded,
    prompt,
    result,
    system,
    title,
)
from tests.importer.stores import Books
from tests.store.test_no_text import held

EDIT = {
    "structuredPatch": [{"lines": ["+new", "-old"], "oldStart": 1}],
    "filePath": "/a",
    "oldString": "b",
    "newString": "c",
    "originalFile": "d",
    "stdout": "e",
    "usage": {"service_tier": "standard"},
}
THOUGHT = {"type": "thinking", "thinking": "f", "signature": "g"}
LINES: dict[str, Line] = {
    "answer": answer(
        content=[{"type": "text", "text": "h"}, THOUGHT, call()],
        tokens={"speed": "fast", "inference_geo": "us", "service_tier": "batch"},
        userType="external",
        slug="i",
    ),
    "advised": answer(tokens={"iterations": [advisor("claude-opus-5", note="j")]}),
    "prompt": prompt("k", permissionMode="default", todos=[{"content": "l"}]),
    "blocks": prompt([{"type": "text", "text": "m"}, {"type": "image", "source": {"data": "n"}}]),
    "result": prompt([result(content=[{"type": "text", "text": "o"}])], toolUseResult=EDIT),
    "embedded": embedded(answer("msg_2", content=[call("t2"), {"type": "text", "text": "p"}])),
    "returned": embedded({**prompt([result("t2", content="q")]), "requestId": None}, prompt="r"),
    "failed": api_error(),
    "retry": system("api_error", error={"status": 529, "message": "s"}, cause={"code": "t"}),
    "turn": system("turn_duration", durationMs=5, content="u"),
    "compact": system("compact_boundary", compactMetadata={"trigger": "auto", "note": "v"}),
    "hook": system("stop_hook_summary", hookInfos=[{"command": "w"}], stopReason="x"),
    "local": system("local_command", content="y", level="info"),
    "titled": title("ai-title", "Engine"),
    "named": title("agent-name", "Ada"),
    "summed": title("summary", "Engine", leafUuid="leaf"),
    "cost": {
        "type": "cost-state",
        "sessionId": A,
        "totalCostUSD": 1,
        "modelUsage": {"claude-opus-5": {"costUSD": 1, "note": "z"}},
    },
    "bridge": {"type": "bridge-session", "sessionId": "a", "accountId": "b", "orgId": "c"},
    "last": {"type": "last-prompt", "lastPrompt": "d", "sessionId": A},
    "link": {"type": "pr-link", "prUrl": "e", "prRepository": "f", "sessionId": A},
    "mode": {"type": "mode", "mode": "g", "sessionId": A},
    "queue": {"type": "queue-operation", "operation": "enqueue", "content": "h"},
    "snapshot": {"type": "file-history-snapshot", "snapshot": {"tracked": {"path": "i"}}},
    "attachment": {"type": "attachment", "attachment": {"type": "file", "content": "j"}},
    "foreign": {"role": "user", "text": "k", "content": [{"input_text": "l"}]},
}
#: What is kept because it is a name: of a place, a model, a tool, a session, a line.
NAMES = {
    *("agentId", "cwd", "gitBranch", "sessionId", "uuid", "version", "requestId", "leafUuid"),
    *("id", "name", "tool_use_id", "model", "stop_reason", "speed", "service_tier"),
    *("inference_geo", "aiTitle", "agentName", "summary", "parentUuid"),
    *("prUrl", "prRepository"),
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each text in a JSON value."""
    if isinstance(value, str):
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))


def with_text(line: Line, path: tuple[Any, ...], text: str) -> Line:
    """The line with another text at that place."""
    copy: Any = json.loads(json.dumps(line))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = text
    return copy


def with_ids(line: Line, number: int) -> bytes:
    """The line, as no copy of another."""
    text = json.dumps(line)
    for name in ("msg_1", "msg_2", "error_1", "toolu_1", "t2"):
        text = text.replace(f'"{name}"', f'"{name}-{number}"')
    return text.replace('"uuid": "', f'"uuid": "{number}-').encode()


def test_only_names_are_kept_of_every_field_of_every_type_of_line(books: Books) -> None:
    planted: dict[str, tuple[str, str]] = {}
    for kind, line in LINES.items():
        for path in leaves(line):
            number = len(planted)
            mark = f"planted-{number:04}"
            planted[mark] = (kind, str(path[-1]))
            text = f"{mark} in a sentence of {kind}, long enough to be no code"
            books.write(f"notes-{number}", with_ids(with_text(line, path, text), number))
    assert len(planted) > 200
    # Whole lines that are cut, or behind the rest of another, are salvaged or quarantined.
    cut = b'{"type":"user","message":{"content":"planted-cut'
    books.write("notes", cut, cut + b'"}}' + json.dumps(prompt("planted-rest")).encode())
    assert books.import_().responses > 20
    content = held(books.store)
    kept = {place for mark, place in planted.items() if mark.encode() in content}
    assert {name for _, name in kept} == NAMES
    assert "bridge" not in {kind for kind, _ in kept}  # it names an account, not a session
    assert b"planted-cut" not in content
    assert b"planted-rest" not in content
