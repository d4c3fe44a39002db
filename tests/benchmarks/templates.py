"""Line templates of a benchmark history: real line shapes with holes to fill in.

Each is rendered once by the sample's SessionWriter, with marks where ids, times,
tokens and text go, and turned into a bytes pattern for `%`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from pocketdev_analytics.sample import (
    Block,
    Ids,
    Response,
    SessionWriter,
    Tokens,
    text,
    thinking,
)

__all__ = ["UNIT_BYTES", "filler", "templates"]

UNIT_BYTES: Final = 64

_INPUT, _WRITE, _READ, _OUTPUT, _PLACEHOLDER = (987_650_001 + i for i in range(5))
_NUMBERS: Final = {
    _INPUT: b"input",
    _WRITE: b"write",
    _READ: b"read",
    _OUTPUT: b"output",
    _PLACEHOLDER: b"placeholder",
}
_NOW: Final = datetime(2001, 1, 1, tzinfo=UTC)

# Pieces of made-up source code and logs, as JSON escapes them; each is padded to a unit.
_PIECES: Final = (
    r"    for order in orders:\n        total += order.amount",
    r"def shipping_cost(parcel, zone):\n    \"\"\"In cents.\"\"\"",
    r"INFO  worker-3  picked 18 parcels from the night queue",
    r"\tif err != nil {\n\t\treturn fmt.Errorf(\"load: %w\", err)",
    r"  const rows = await db.select().from(parcels)\n",
    r"+    assert label.weight_grams == 1200\n-    assert label",
    r"tests/test_labels.py ......................... [ 64%]\n",
    r"{\"type\":\"assistant\",\"usage\":{\"input_tokens\":7}}\n",
    r"Größe und Gewicht prüfen, dann \u2192 Etikett drucken ✅",
    r"C:\\Users\\kim\\parcel\\src\\main.rs:41:9: warning\n",
)


class _Marks(Ids):
    """Ids that are marks."""

    def uuid(self) -> str:
        return "@uuid@"

    def api(self, prefix: str) -> str:
        return f"@{prefix}@"


def filler(rng: random.Random, size: int) -> bytes:
    """JSON-escaped text of `size` bytes that may be cut at any multiple of UNIT_BYTES."""
    units = []
    for piece in _PIECES:
        raw = piece.encode()
        units.append(raw + b" " * (UNIT_BYTES - len(raw)))
    return b"".join(rng.choices(units, k=size // UNIT_BYTES))


def templates(*, version: str, sidechain: bool) -> dict[str, bytes]:
    """Patterns by name, as one Claude Code version writes them."""
    return {name: _pattern(_render(add, version, sidechain)) for name, add in _LINES.items()}


def _render(add: Callable[[SessionWriter], None], version: str, sidechain: bool) -> str:  # noqa: FBT001
    writer = SessionWriter(_Marks(0), "@cwd@", _NOW, "@session@", "@branch@", version)
    writer.agent_id = "@agent@" if sidechain else None
    writer.parent = "@parent@"
    add(writer)
    return writer.lines[0]


def _pattern(line: str) -> bytes:
    pattern = line.encode().replace(b"%", b"%%") + b"\n"
    for number, name in _NUMBERS.items():
        pattern = pattern.replace(b"%d" % number, b"%%(%b)d" % name)
    pattern = pattern.replace(b"2001-01-01T00:00:00.000Z", b"%(time)b")
    return re.sub(rb"@(\w+)@", rb"%(\1)b", pattern)


def _response(writer: SessionWriter, *, sidechain: bool, stop: str | None) -> Response:
    split = {"write_5m": _WRITE} if sidechain else {"write_1h": _WRITE}
    tokens = Tokens(input=_INPUT, read=_READ, output=_OUTPUT, **split)
    return writer.response("@model@", tokens, stop_reason=stop)


def _use() -> Block:
    use = {"command": "@text@", "description": "Run the tests of the parcel service"}
    return {"type": "tool_use", "id": "@toolu@", "name": "@tool@", "input": use}


def _block(content: Block, *, is_final: bool) -> Callable[[SessionWriter], None]:
    def add(writer: SessionWriter) -> None:
        stop = "tool_use" if content["type"] == "tool_use" else "end_turn"
        response = _response(writer, sidechain=writer.agent_id is not None, stop=stop)
        writer.block(response, content, output=None if is_final else _PLACEHOLDER)

    return add


def _result(name: str, result: object) -> Callable[[SessionWriter], None]:
    call = {"id": "@toolu@", "name": name}
    return lambda writer: writer.tool_result(call, "@text@", result)


def _agent_progress(writer: SessionWriter) -> None:
    inner = SessionWriter(_Marks(0), "@cwd@", _NOW, "@session@", "@branch@", "2.1.29")
    response = _response(inner, sidechain=True, stop=None)
    usage = {
        "input_tokens": _INPUT,
        "cache_creation_input_tokens": _WRITE,
        "cache_read_input_tokens": _READ,
        "cache_creation": {"ephemeral_5m_input_tokens": _WRITE, "ephemeral_1h_input_tokens": 0},
        "output_tokens": _PLACEHOLDER,
        "service_tier": "standard",
    }
    message = {
        "type": "assistant",
        "timestamp": "2001-01-01T00:00:00.000Z",
        "message": {
            "model": "@model@",
            "id": response.id,
            "type": "message",
            "role": "assistant",
            "content": [_use()],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        },
        "requestId": response.request_id,
        "uuid": "@uuid@",
    }
    data = {
        "message": message,
        "normalizedMessages": [],
        "type": "agent_progress",
        "prompt": "@more@",
        "agentId": "a0ddba11",
    }
    writer.progress(data, "@toolu@")


_PATCH: Final = {"oldStart": 41, "oldLines": 3, "newStart": 41, "newLines": 4}
_EDIT: Final = {
    "filePath": "@cwd@/src/labels.py",
    "oldString": "return total",
    "newString": "return total + fee",
    "originalFile": "@more@",
    "structuredPatch": [{**_PATCH, "lines": [" a", "-b", "+c", "+d", " e"]}],
    "userModified": False,
    "replaceAll": False,
}
_AGENT: Final = {
    "status": "completed",
    "prompt": "@more@",
    "agentId": "a0ddba11",
    "totalDurationMs": 93_000,
    "totalTokens": 31_000,
    "usage": {"input_tokens": 3, "cache_read_input_tokens": 28_000, "output_tokens": 410},
}
_HOOK: Final = {
    "type": "hook_progress",
    "hookEvent": "PostToolUse",
    "hookName": "PostToolUse:Bash",
    "command": "callback",
}
_BASH: Final = {
    "type": "bash_progress",
    "output": "@text@",
    "fullOutput": "@text@",
    "elapsedTimeSeconds": 3,
    "totalLines": 12,
}
_STDOUT: Final = {"stdout": "@more@", "stderr": "", "interrupted": False, "isImage": False}
_SNAPSHOT: Final = {"messageId": "@uuid@", "trackedFileBackups": {}, "timestamp": "2001-01-01"}

_LINES: Final[dict[str, Callable[[SessionWriter], None]]] = {
    "prompt": lambda writer: writer.prompt("@text@"),
    "thinking": _block(thinking("@text@"), is_final=False),
    "text": _block(text("@text@"), is_final=False),
    "text_final": _block(text("@text@"), is_final=True),
    "tool_use": _block(_use(), is_final=False),
    "tool_use_final": _block(_use(), is_final=True),
    "result": _result("Bash", None),
    "result_bash": _result("Bash", _STDOUT),
    "result_edit": _result("Edit", _EDIT),
    "result_agent": _result("Agent", _AGENT),
    "hook_progress": lambda writer: writer.progress(_HOOK, "@toolu@"),
    "bash_progress": lambda writer: writer.progress(_BASH, "@toolu@"),
    "agent_progress": _agent_progress,
    "turn_duration": lambda writer: writer.system("turn_duration", durationMs=48_000),
    "attachment": lambda writer: writer.system("local_command", content="@text@"),
    "snapshot": lambda writer: writer.metadata(
        "file-history-snapshot", messageId="@uuid@", snapshot=_SNAPSHOT, isSnapshotUpdate=False
    ),
    "title": lambda writer: writer.metadata(
        "ai-title", aiTitle="Weigh parcels", sessionId="@session@"
    ),
}
