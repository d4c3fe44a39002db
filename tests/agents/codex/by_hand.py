"""Rollouts by hand: a line names what its test is about, the rest are defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pocketdev_analytics.agents.conformance import SECRET

__all__ = [
    "FORK",
    "THREAD",
    "Line",
    "as_bytes",
    "context",
    "count",
    "event",
    "everything",
    "item",
    "meta",
    "record",
    "started",
    "tokens",
    "turn_id",
    "write",
]

Line = dict[str, Any]

THREAD = "01a00000-0000-7000-8000-00000000000a"
FORK = "01a00009-0000-7000-8000-00000000000b"


def turn_id(number: int) -> str:
    """The id of a turn that began `number` units of time after the epoch of these tests."""
    return f"01a0000{number}-0000-7000-8000-0000000000ff"


def at(time: str) -> str:
    return f"2026-11-01T{time}.000Z"


def line(kind: str, payload: Line, time: str = "10:00:00") -> Line:
    return {"timestamp": at(time), "type": kind, "payload": payload}


def meta(thread: str = THREAD, time: str = "10:00:00", **fields: object) -> Line:
    """The line that begins a file, or is copied from the parent of a fork."""
    known = {"cwd": "/home/ada/engine", "cli_version": "0.142.0", "source": "exec"}
    git = {"branch": "main"}
    payload = {"id": thread, "timestamp": at(time), **known, "git": git, **fields}
    return line("session_meta", payload, time)


def context(model: str = "gpt-5.5", time: str = "10:00:00", **fields: object) -> Line:
    """A turn_context: the model from here on."""
    return line("turn_context", {"model": model, "cwd": "/home/ada/engine", **fields}, time)


def event(kind: str, time: str = "10:00:00", **fields: object) -> Line:
    """An event_msg."""
    return line("event_msg", {"type": kind, **fields}, time)


def started(number: int, time: str = "10:00:00") -> Line:
    """The begin of a turn."""
    return event("task_started", time, turn_id=turn_id(number))


def item(kind: str, time: str = "10:00:00", **fields: object) -> Line:
    """A response_item."""
    return line("response_item", {"type": kind, **fields}, time)


def tokens(
    read: int, written: int = 10, *, cached: int = 0, cache_write: int = 0, reasoning: int = 0
) -> Line:
    """Usage: `read` input tokens, cached ones included, and `written` output tokens."""
    return {
        "input_tokens": read,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": cache_write,
        "output_tokens": written,
        "reasoning_output_tokens": reasoning,
        "total_tokens": read + written,
    }


def count(total: Line, last: Line, time: str = "10:00:00", **fields: object) -> Line:
    """A token_count."""
    info = {"total_token_usage": total, "last_token_usage": last}
    return event("token_count", time, info=info, **fields)


def record(response: str, usage: Line, time: str = "10:00:00", *, thread: str = THREAD) -> Line:
    """A token_usage_record."""
    payload = {"thread_id": thread, "response_id": response, "usage": usage}
    return line("token_usage_record", payload, time)


def as_bytes(*lines: Line) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in lines)


def write(
    home: Path, *lines: Line, thread: str = THREAD, folder: str = "sessions/2026/11/01"
) -> Path:
    """A rollout of a thread in a Codex home."""
    path = home / folder / f"rollout-2026-11-01T10-00-00-{thread}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_bytes(*lines))
    return path


def everything() -> bytes:
    """A file with every kind of line that is read, and `SECRET` in all of its texts."""
    change = {"type": "update", "unified_diff": f"@@ -1 +1,2 @@\n-{SECRET}\n+b\n+c\n"}
    window = {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_800_000_000}
    return as_bytes(
        meta(base_instructions={"text": SECRET}),
        started(1),
        context(),
        event("thread_settings_applied", thread_settings={"service_tier": "priority"}),
        event("user_message", message=SECRET),
        item("message", role="user", content=[{"type": "input_text", "text": SECRET}]),
        item("reasoning", summary=[{"text": SECRET}]),
        item("function_call", name="shell", arguments=SECRET, call_id="call_1"),
        item("function_call_output", call_id="call_1", output=f"Exit code: 1\n{SECRET}"),
        event("exec_command_end", call_id="call_1", exit_code=1, stdout=SECRET),
        event("patch_apply_end", call_id="call_2", success=True, changes={f"/{SECRET}": change}),
        item("web_search_call", id="ws_1", action={"query": SECRET}),
        count(tokens(20), tokens(20), rate_limits={"limit_id": "codex", "primary": window}),
        record("resp_1", tokens(30)),
        event("entered_review_mode", user_facing_hint=SECRET),
        event("exited_review_mode", review_output={"overall_explanation": SECRET}),
        {"timestamp": at("10:00:01"), "type": "compacted", "payload": {"message": SECRET}},
        event("turn_aborted", turn_id=turn_id(1), reason="interrupted"),
        event("task_complete", turn_id=turn_id(1), last_agent_message=SECRET, duration_ms=5),
        event("error", message=SECRET, codex_error_info="usage_limit_exceeded"),
    )
