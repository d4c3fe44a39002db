"""Session files by hand: a line names what its test is about, the rest are defaults."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from pocketdev_analytics.agents import Origin, Span
from pocketdev_analytics.agents.claude.decode import decode
from pocketdev_analytics.agents.rows import Rows, unpack_rows

__all__ = [
    "A",
    "B",
    "Line",
    "advisor",
    "answer",
    "api_error",
    "as_bytes",
    "at",
    "call",
    "decoded",
    "embedded",
    "prompt",
    "result",
    "rows_of",
    "system",
    "title",
    "usage",
    "write",
]

Line = dict[str, Any]

#: Two sessions.
A = "aaaaaaaa-0000-4000-8000-00000000000a"
B = "bbbbbbbb-0000-4000-8000-00000000000b"
PLACE: Line = {
    "cwd": "/home/ada/engine",
    "sessionId": A,
    "version": "2.1.0",
    "gitBranch": "main",
    "isSidechain": False,
}


def at(time: str) -> str:
    """A time of 2026-11-01, or a day and a time, as Claude Code writes it."""
    day, _, clock = time.rpartition(" ")
    return f"{day or '2026-11-01'}T{clock}.000Z"


def usage(**fields: object) -> Line:
    """`message.usage`: 10 input and 100 output tokens."""
    return {"input_tokens": 10, "output_tokens": 100, **fields}


def advisor(model: str, **fields: object) -> Line:
    """An iteration that is an advisor's call."""
    return {"type": "advisor_message", "model": model, **usage(**fields)}


def answer(
    message: str | None = "msg_1",
    time: str = "10:00:00",
    *,
    content: Iterable[Line] = (),
    model: str = "claude-sonnet-4-5",
    stop: str | None = "end_turn",
    tokens: Line | None = None,
    **fields: object,
) -> Line:
    """An assistant line; `tokens` are the fields of its usage."""
    inner = {
        "id": message,
        "model": model,
        "role": "assistant",
        "content": list(content),
        "stop_reason": stop,
        "usage": usage(**(tokens or {})),
    }
    identity = {"uuid": f"{message}@{time}", "requestId": "req_1", "timestamp": at(time)}
    return {"type": "assistant", **PLACE, "message": inner, **identity, **fields}


def call(identity: str = "toolu_1", name: str = "Bash") -> Line:
    """A tool_use block."""
    return {"type": "tool_use", "id": identity, "name": name, "input": {"command": "ls"}}


def result(identity: str = "toolu_1", *, content: object = "done", **fields: object) -> Line:
    """A tool_result block."""
    return {"type": "tool_result", "tool_use_id": identity, "content": content, **fields}


def prompt(content: object = "Hello", time: str = "09:59:00", **fields: object) -> Line:
    """A user line."""
    identity = {"uuid": f"user@{time}", "parentUuid": "before", "timestamp": at(time)}
    message = {"role": "user", "content": content}
    return {"type": "user", **PLACE, "message": message, **identity, **fields}


def embedded(line: Line, time: str = "10:00:00", **data: object) -> Line:
    """A progress line that carries the whole message of another line."""
    inner = {name: line[name] for name in ("type", "uuid", "requestId", "timestamp", "message")}
    body = {"type": "agent_progress", "agentId": "a1", "message": inner, **data}
    identity = {"uuid": f"progress@{time}", "timestamp": at(time)}
    return {"type": "progress", **PLACE, "data": body, **identity}


def api_error(time: str = "10:00:00", **fields: object) -> Line:
    """The line that ends a turn with an API error."""
    nothing = {"input_tokens": 0, "output_tokens": 0}
    line = answer("error_1", time, model="<synthetic>", tokens=nothing)
    known = {"isApiErrorMessage": True, "error": "rate_limit", "apiErrorStatus": 429}
    return {**line, "requestId": None, **known, **fields}


def system(subtype: str, time: str = "10:00:00", **fields: object) -> Line:
    """A system line."""
    identity = {"uuid": f"{subtype}@{time}", "timestamp": at(time)}
    return {"type": "system", **PLACE, "subtype": subtype, **identity, **fields}


def title(kind: str, words: str, **fields: object) -> Line:
    """A metadata line that names a session, without uuid and time."""
    names = {"ai-title": "aiTitle", "custom-title": "customTitle", "agent-name": "agentName"}
    return {"type": kind, names.get(kind, kind): words, "sessionId": A, **fields}


def as_bytes(*lines: Line | bytes) -> bytes:
    """A session file that holds these lines; bytes stand as they are."""
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return b"".join(text + b"\n" for text in texts)


def decoded(
    *lines: Line | bytes, data: bytes | None = None, **origin: Any
) -> tuple[dict[str, pl.DataFrame], Span]:
    """The frames and the span of a file that holds these lines, or these very bytes."""
    rows = Rows()
    content = as_bytes(*lines) if data is None else data
    span = decode(content, Origin(file_id=1, **origin), rows)
    return unpack_rows([rows.packed()]), span


def rows_of(table: str, *lines: Line | bytes, **origin: Any) -> list[Line]:
    """The rows that a file's lines make in one table."""
    return decoded(*lines, **origin)[0][table].to_dicts()


def write(folder: Path, name: str, *lines: Line | bytes, project: str = "-home-ada-engine") -> Path:
    """A session file below `folder`, which is then a config folder."""
    path = folder / "projects" / project / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_bytes(*lines))
    return path
