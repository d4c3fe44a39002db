"""Lines of Claude Code session files, made up: one writer a file, one method a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics.sample.shapes import Block, Ids, Response, Tokens, text, usage

__all__ = ["SessionWriter", "encode_cwd"]

Line = dict[str, Any]

# From here on Claude Code writes cwd, version and branch at the end of a line.
_CONTEXT_LAST: Final = (2, 1, 60)


def encode_cwd(cwd: str) -> str:
    """The folder of a working directory: all but letters and digits turned into '-'."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in cwd)


@dataclass(slots=True)
class SessionWriter:
    """One session file (or one subagent's file) as it grows.

    `at` is the clock: each line is stamped with it and moves it on a little;
    `wait` moves it further. `responses`, `prompts`, `tool_calls`, `api_errors`
    hold what an import should find.
    """

    ids: Ids
    cwd: str
    at: datetime
    session_id: str
    branch: str = "main"
    version: str = "2.1.238"
    agent_id: str | None = None
    lines: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    prompts: int = 0
    tool_calls: int = 0
    tool_errors: int = 0
    api_errors: int = 0
    parent: str | None = None
    ends_with_newline: bool = True
    #: The working directory the session began in, which names its folder.
    first_cwd: str = ""

    def __post_init__(self) -> None:
        self.first_cwd = self.first_cwd or self.cwd

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    def raw(self, line: str) -> None:
        """Add a line as it stands."""
        self.lines.append(line)

    def metadata(self, kind: str, **fields: object) -> None:
        """A line without uuid and time, such as ai-title, summary or cost-state."""
        self.raw(_dumps({"type": kind, **fields}))

    def prompt(self, content: str | Sequence[Block], **fields: object) -> None:
        """What a person typed; with isMeta or isCompactSummary set, what nobody typed."""
        if self.agent_id is None and not {"isMeta", "isCompactSummary"} & fields.keys():
            self.prompts += 1
        self._line({"type": "user", "message": {"role": "user", "content": content}, **fields})

    def call(self, name: str, arguments: Mapping[str, object]) -> Block:
        """A tool_use block, to hand to `response` or `block`."""
        identity = self.ids.api("toolu")
        direct = {"type": "direct"}
        return {
            "type": "tool_use",
            "id": identity,
            "name": name,
            "input": dict(arguments),
            "caller": direct,
        }

    def response(self, model: str, tokens: Tokens, *blocks: Block, **fields: Any) -> Response:
        """A response, a line for each block; `fields` are those of Response.

        Where `stop_reason` is None each line holds a placeholder of the output only.
        """
        fields.setdefault("id", self.ids.api("msg"))
        fields.setdefault("request_id", self.ids.api("req"))
        response = Response(model=model, tokens=tokens, **fields)
        for content in blocks:
            self.block(response, content)
        return response

    def block(self, response: Response, content: Block, *, output: int | None = None) -> None:
        """One line of a response; `output` is a placeholder written before the end is known."""
        if response not in self.responses:
            self.responses.append(response)
        if content["type"] == "tool_use":
            self.tool_calls += 1
        final = output is None and response.stop_reason is not None
        message = {
            "model": response.model,
            "id": response.id,
            "type": "message",
            "role": "assistant",
            "content": [content],
            "stop_reason": response.stop_reason if final else None,
            "stop_sequence": None,
            "usage": usage(
                response, response.tokens.output if output is None else output, detailed=final
            ),
        }
        known = {"requestId": response.request_id} if response.request_id else {}
        self._line({"message": message, **known, "type": "assistant"})

    def tool_result(
        self, call: Block, content: object, result: object = None, *, is_error: bool = False
    ) -> None:
        """The outcome of a call; `result` is its toolUseResult, absent for a subagent's."""
        self.tool_errors += is_error
        outcome: Block = {"tool_use_id": call["id"], "type": "tool_result", "content": content}
        if is_error or call["name"] == "Bash":
            outcome["is_error"] = is_error
        line: Line = {"type": "user", "message": {"role": "user", "content": [outcome]}}
        if result is not None:
            line["toolUseResult"] = result
        self._line({**line, "sourceToolAssistantUUID": self.parent})

    def system(self, subtype: str, **fields: object) -> None:
        """A system line: turn_duration, api_error, compact_boundary, stop_hook_summary."""
        self.api_errors += subtype == "api_error"
        self._line({"type": "system", "subtype": subtype, **fields, "isMeta": False})

    def api_error(self, words: str, error: str, status: int | None = None) -> None:
        """The line that ends a turn with an API error: no call, no cost."""
        self.api_errors += 1
        nothing = Response(self.ids.uuid(), None, "<synthetic>", Tokens(), "stop_sequence")
        message = {
            "id": nothing.id,
            "model": nothing.model,
            "role": "assistant",
            "stop_reason": nothing.stop_reason,
            "stop_sequence": "",
            "type": "message",
            "usage": usage(nothing, 0, detailed=True) | {"service_tier": None, "speed": None},
            "content": [text(words)],
        }
        known = {"apiErrorStatus": status} if status else {}
        self._line(
            {
                "type": "assistant",
                "message": message,
                "error": error,
                "isApiErrorMessage": True,
                **known,
            }
        )

    def progress(self, data: Line, tool_use_id: str) -> None:
        """A progress line; `data` may embed a whole message of a subagent."""
        ids = {"toolUseID": self.ids.api("toolu"), "parentToolUseID": tool_use_id}
        self._line({"type": "progress", "data": data, **ids})

    def subagent(self) -> SessionWriter:
        """A writer for the file of a subagent that starts now."""
        return SessionWriter(
            self.ids,
            self.cwd,
            self.at,
            self.session_id,
            self.branch,
            self.version,
            self.ids.agent(),
            first_cwd=self.first_cwd,
        )

    def path(self, projects: Path) -> Path:
        """Where Claude Code keeps this file below `projects`."""
        folder = projects / encode_cwd(self.first_cwd)
        if self.agent_id is None:
            return folder / f"{self.session_id}.jsonl"
        return folder / self.session_id / "subagents" / f"agent-{self.agent_id}.jsonl"

    def write(self, projects: Path) -> Path:
        """The file, written below `projects`."""
        path = self.path(projects)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "\n".join(self.lines) + "\n" * self.ends_with_newline
        # A lone surrogate leaves as its JSON escape, as JavaScript writes it.
        path.write_bytes(content.encode("utf-8", "backslashreplace"))
        return path

    def _line(self, own: Line) -> None:
        place = {
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session_id,
            "version": self.version,
            "gitBranch": self.branch,
        }
        head: Line = {"parentUuid": self.parent, "isSidechain": self.agent_id is not None}
        agent = {"agentId": self.agent_id} if self.agent_id else {}
        self.parent = self.ids.uuid()
        stamp = self.at.astimezone(UTC).isoformat(timespec="milliseconds")
        tail = {"uuid": self.parent, "timestamp": stamp.replace("+00:00", "Z")}
        if tuple(map(int, self.version.split("."))) >= _CONTEXT_LAST:
            line = head | agent | own | tail | {"entrypoint": "cli"} | place
        else:
            line = head | place | agent | own | tail
        self.raw(_dumps(line))
        self.wait(0.2 + self.ids.random.random())


def _dumps(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
