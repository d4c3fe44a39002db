"""Decode lines of rollouts into rows: stateless, so that any part of a file is read alone.

The usage of a call depends on lines around it (the model, the tier, whether a total is a
repeat): those become `ThreadLine` rows, and the store folds them. docs/codex.md has the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Raw, ValidationError

from pocketdev_analytics.agents.codex.lines import EMPTY, Change, Item, Line, Payload, Usage
from pocketdev_analytics.agents.codex.lines import Span as Duration
from pocketdev_analytics.agents.json_lines import LineReader
from pocketdev_analytics.agents.origin import Origin, Span
from pocketdev_analytics.agents.rows import Rows
from pocketdev_analytics.agents.times import LAST_MILLISECOND
from pocketdev_analytics.model import (
    LONGEST_TITLE,
    ApiError,
    LineContext,
    Prompt,
    RateLimit,
    SessionEvent,
    SessionTitle,
    ThreadLine,
    ToolResult,
    ToolUse,
)
from pocketdev_analytics.model.paths import canonical_path

__all__ = ["DECODER_VERSION", "decode", "source_kind"]

#: Raised when lines are decoded into other rows than before: files are then read again.
DECODER_VERSION: Final = 1

_CALLS: Final = {
    "function_call": "unknown",
    "custom_tool_call": "unknown",
    "local_shell_call": "local_shell",
    "web_search_call": "web_search",
    "image_generation_call": "image_generation",
    "tool_search_call": "tool_search",
}
_OUTPUTS: Final = frozenset(
    {"function_call_output", "custom_tool_call_output", "local_shell_call_output"}
)
#: Tools by the item that tells of their work; in code mode no other line names them.
_TOOLS_OF_ITEMS: Final = {
    "CommandExecution": "exec_command",
    "FileChange": "apply_patch",
    "WebSearch": "web_search",
    "ImageView": "view_image",
    "McpToolCall": "mcp",
}
_DONE: Final = frozenset({"completed", "success"})
_WORD: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
# Before there were items, a tool's output began or ended with the exit code of its command.
_EXIT_CODE: Final = re.compile(
    rb'(?:\\"exit_code\\":\s*|Process exited with code |Exit code: )(-?\d{1,10})'
)
_HEAD_BYTES: Final = 4096
_STATUSES: Final = 1000
#: Names of service tiers that the price list knows by others.
_TIERS: Final = {"default": "standard", "auto": "standard", "fast": "priority"}
_WINDOWS: Final = ("primary", "secondary")
_TITLE: Final = "custom-title"


def decode(data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
    """Decode the first `size` bytes of `data`; see `agents.agent.Decode`."""
    return _Reader(origin, rows).run(data, size)


def source_kind(source: Raw) -> str | None:
    """Return who started a thread: cli, exec, …, or what kind of subagent it is."""
    if source is EMPTY:
        return None
    try:
        stated = msgspec.json.decode(source)
    except msgspec.DecodeError:
        return None
    if isinstance(stated, dict):  # {"subagent": "review"}, {"subagent": {"other": "guardian"}}
        inner = stated.get("subagent")
        if isinstance(inner, dict):
            other = inner.get("other")
            return _word(other if isinstance(other, str) else next(iter(inner), None))
        return _word(inner if isinstance(inner, str) else None)
    return _word(stated if isinstance(stated, str) else None)


def _word(text: str | None) -> str | None:
    """Return one of a format's own words; anything else might be text and is not kept."""
    return text if text is None or _WORD.fullmatch(text) else "other"


class _Reader(LineReader[Line]):
    shape = Line

    def __init__(self, origin: Origin, rows: Rows) -> None:
        super().__init__(origin, rows)
        self._context: int | None = None
        self._id = origin.agent_id or origin.session_id or origin.fallback_id

    def time_of(self, line: Line) -> datetime | None:
        return line.timestamp

    def add(self, line: Line) -> None:
        payload = line.payload or line
        kind = line.type if line.payload else _kind_of_bare(line)
        if kind == "session_meta":
            self._add_meta(payload)
        elif kind == "turn_context":
            self._add_turn(payload)
        elif kind == "token_usage_record":
            self._add_record(payload)
        elif kind == "compacted":
            is_lost = not _has_text(payload.message) and not payload.compaction_response_id
            self._note("lost_compaction" if is_lost else "compaction")
            self._event("compact_boundary")
        elif kind == "response_item":
            self._add_item(payload)
        elif kind == "event_msg":
            self._add_event(payload)
        elif kind == "thread_name":
            self._add_title(line.id, line.thread_name)

    def _note(self, kind: str, **fields: Any) -> None:
        self.rows.thread_lines.append(
            ThreadLine(
                file_id=self.origin.file_id,
                line_no=self.line_no,
                kind=kind,
                happened_at=self.at,
                **fields,
            )
        )

    def _add_meta(self, payload: Payload) -> None:
        folder = canonical_path(payload.cwd) if payload.cwd else None
        self.span.session_id = self.span.session_id or payload.session_id or payload.id
        self.span.project_path = self.span.project_path or folder
        self._note(
            "meta",
            thread_id=payload.id,
            parent_thread_id=payload.forked_from_id,
            origin=source_kind(payload.source),
            project_path=folder,
            git_branch=(payload.git and payload.git.branch) or None,
            version=payload.cli_version,
        )

    def _add_turn(self, payload: Payload) -> None:
        folder = canonical_path(payload.cwd) if payload.cwd else None
        self.span.project_path = self.span.project_path or folder
        self._note(
            "turn",
            turn_id=payload.turn_id,
            model=payload.model,
            effort=payload.effort,
            project_path=folder,
        )

    def _add_record(self, payload: Payload) -> None:
        if payload.usage is not None:
            self._note(
                "record",
                thread_id=payload.thread_id,
                response_id=payload.response_id,
                turn_id=payload.turn_id,
                **_counts(payload.usage),
            )

    def _add_item(self, payload: Payload) -> None:
        kind = payload.type
        if kind in _OUTPUTS:
            self._note("output")
            if payload.call_id:
                code = _EXIT_CODE.search(bytes(memoryview(payload.output)[:_HEAD_BYTES]))
                failed = code is not None and int(code[1]) != 0
                size = memoryview(payload.output).nbytes
                self._result(payload.call_id, is_error=failed, result_bytes=size)
        elif kind in _CALLS:
            self._note("search" if kind == "web_search_call" else "made")
            if identity := payload.call_id or payload.id:
                self._use(identity, payload.name or _CALLS[kind])
        elif kind == "reasoning" or (kind == "message" and payload.role == "assistant"):
            self._note("made")

    def _add_event(self, payload: Payload) -> None:
        if handler := _EVENTS.get(payload.type or ""):
            handler(self, payload)

    def add_start(self, payload: Payload) -> None:
        self._note("start", turn_id=payload.turn_id)

    def add_end(self, payload: Payload) -> None:
        self._note("end", turn_id=payload.turn_id)
        if payload.type == "turn_aborted":
            self._event("interruption", trigger=_word(payload.reason))
        elif payload.duration_ms is not None and payload.duration_ms >= 0:
            self._event("turn_duration", duration_ms=payload.duration_ms)
        if payload.error is not None:
            self._error(payload.error.codex_error_info)

    def add_failure(self, payload: Payload) -> None:
        self._error(payload.codex_error_info)

    def add_tier(self, payload: Payload) -> None:
        stated = payload.thread_settings.service_tier if payload.thread_settings else None
        self._note("tier", service_tier=_TIERS.get(stated or "default", _word(stated)))

    def add_message(self, payload: Payload) -> None:
        self._prompt(memoryview(payload.message).nbytes)

    def add_name(self, payload: Payload) -> None:
        self._add_title(payload.thread_id or self._id, payload.thread_name)

    def add_review(self, payload: Payload) -> None:
        is_begin = payload.type == "entered_review_mode"
        self._note("review_begin" if is_begin else "review_end")

    def add_command(self, payload: Payload) -> None:
        if payload.call_id:
            self._result(payload.call_id, payload.exit_code not in (None, 0), payload.duration)

    def add_patch(self, payload: Payload) -> None:
        if payload.call_id:
            failed = payload.success is False
            self._result(payload.call_id, failed, payload.duration, payload.changes)

    def add_count(self, payload: Payload) -> None:
        info = payload.info
        if info is not None and info.total_token_usage is not None:
            totals = _counts(info.total_token_usage)
            self._note(
                "count",
                **_counts(info.last_token_usage or Usage()),
                **{f"total_{name}": count for name, count in totals.items()},
            )
        if (limits := payload.rate_limits) is None:
            return
        for name in _WINDOWS:
            window = limits.primary if name == "primary" else limits.secondary
            if window is not None and window.used_percent is not None:
                resets = window.resets_at
                is_date = resets is not None and 0 < resets < LAST_MILLISECOND // 1000
                self.rows.rate_limits.append(
                    RateLimit(
                        file_id=self.origin.file_id,
                        line_no=self.line_no,
                        sampled_at=self.required_at(),
                        limit_id=_word(limits.limit_id),
                        limit_window=name,
                        used_percent=window.used_percent,
                        window_minutes=window.window_minutes,
                        resets_at=resets * 1_000_000 if resets and is_date else None,
                        plan_type=_word(limits.plan_type),
                    )
                )

    def add_completed(self, payload: Payload) -> None:
        item = payload.item or Item()
        kind = item.type or ""
        if kind == "UserMessage":
            self._prompt(memoryview(item.content).nbytes)
        elif kind in ("EnteredReviewMode", "ExitedReviewMode"):
            self._note("review_begin" if kind == "EnteredReviewMode" else "review_end")
        elif kind in _TOOLS_OF_ITEMS and item.id:
            tool = _TOOLS_OF_ITEMS[kind]
            if kind == "McpToolCall" and item.server and item.tool:
                tool = f"mcp__{item.server}__{item.tool}"
            self._use(item.id, tool)
            failed = item.exit_code not in (None, 0) or (
                item.status is not None and item.status not in _DONE
            )
            size = memoryview(item.aggregated_output).nbytes
            self._result(item.id, failed, item.duration, item.changes, size)

    def _prompt(self, size: int) -> None:
        if self.origin.agent_id:  # a program wrote to a subagent
            return
        at = self.required_at()
        self._note("prompt", input_tokens=size)
        self.rows.prompts.append(
            Prompt(
                context=self._code(),
                line_no=self.line_no,
                prompt_id=f"{self._id}/{at}/{size}",
                prompted_at=at,
                prompt_bytes=size,
                kind="prompt",
            )
        )

    def _use(self, identity: str, tool: str) -> None:
        self.rows.tool_uses.append(
            ToolUse(
                context=self._code(),
                line_no=self.line_no,
                tool_use_id=identity,
                uuid=None,
                source="message",
                called_at=self.required_at(),
                tool=tool,
            )
        )

    def _result(
        self,
        identity: str,
        is_error: bool,  # noqa: FBT001 - its meaning is in every call's name
        duration: Duration | None = None,
        changes: dict[str, Change] | None = None,
        result_bytes: int = 0,
    ) -> None:
        added, removed = _lines_changed(changes or {})
        self.rows.tool_results.append(
            ToolResult(
                context=self._code(),
                line_no=self.line_no,
                tool_use_id=identity,
                tool_use_uuid=None,
                source="message",
                returned_at=self.required_at(),
                is_error=is_error,
                result_bytes=result_bytes,
                lines_added=added,
                lines_removed=removed,
                duration_ms=_milliseconds(duration),
            )
        )

    def _event(self, kind: str, **fields: Any) -> None:
        at = self.required_at()
        self.rows.session_events.append(
            SessionEvent(
                context=self._code(),
                line_no=self.line_no,
                event_id=f"{self._id}/{at}/{kind}",
                occurred_at=at,
                kind=kind,
                **fields,
            )
        )

    def _error(self, info: Raw) -> None:
        at = self.required_at()
        self.rows.api_errors.append(
            ApiError(
                context=self._code(),
                line_no=self.line_no,
                error_id=f"{self._id}/{at}",
                occurred_at=at,
                kind="error",
                error=_error_code(info),
                status=_status(info),
                retry_attempt=None,
            )
        )

    def _add_title(self, thread_id: str | None, title: str | None) -> None:
        if not thread_id or not title:
            return
        if len(title) > LONGEST_TITLE:
            title = f"{title[: LONGEST_TITLE - 1]}\N{HORIZONTAL ELLIPSIS}"
        self.rows.session_titles.append(
            SessionTitle(
                file_id=self.origin.file_id,
                line_no=self.line_no,
                session_id=thread_id,
                line_session_id=None,
                kind=_TITLE,
                title=title,
                leaf_uuid=None,
            )
        )

    def _code(self) -> int:
        """The number of the context that every row of the file has in common.

        Folder, branch and version are those of the thread's own first line: the store adds them.
        """
        if self._context is None:
            origin = self.origin
            known = self.rows.find_code("context", origin.file_id)
            self._context = (
                self.rows.add_code("context", origin.file_id, _context(origin))
                if known is None
                else known
            )
        return self._context


#: What becomes of an event, by its type.
_EVENTS: Final[dict[str, Callable[[_Reader, Payload], None]]] = {
    "token_count": _Reader.add_count,
    "task_started": _Reader.add_start,
    "task_complete": _Reader.add_end,
    "turn_aborted": _Reader.add_end,
    "error": _Reader.add_failure,
    "thread_settings_applied": _Reader.add_tier,
    "user_message": _Reader.add_message,
    "thread_name_updated": _Reader.add_name,
    "entered_review_mode": _Reader.add_review,
    "exited_review_mode": _Reader.add_review,
    "exec_command_end": _Reader.add_command,
    "patch_apply_end": _Reader.add_patch,
    "item_completed": _Reader.add_completed,
}


def _context(origin: Origin) -> LineContext:
    return LineContext(
        file_id=origin.file_id,
        session_id=origin.session_id or origin.fallback_id,
        forked_from_session_id=None,
        git_branch=None,
        is_sidechain=origin.agent_id is not None,
        agent_id=origin.agent_id,
    )


def _kind_of_bare(line: Line) -> str | None:
    """What a line without a payload is: up to 0.31 an item, or a thread's first line."""
    if line.thread_name and line.id:
        return "thread_name"
    if line.type is None:
        return "session_meta" if line.id and line.record_type is None else None
    return "response_item"


def _counts(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input_tokens or 0,
        "cached_tokens": usage.cached_input_tokens or 0,
        "cache_write_tokens": usage.cache_write_input_tokens or 0,
        "output_tokens": usage.output_tokens or 0,
        "reasoning_tokens": usage.reasoning_output_tokens or 0,
    }


def _has_text(raw: Raw) -> bool:
    return memoryview(raw).nbytes > len('""') and bytes(memoryview(raw)[:1]) == b'"'


def _milliseconds(duration: Duration | None) -> int | None:
    if duration is None or duration.secs < 0 or duration.nanos < 0:
        return None
    return duration.secs * 1000 + duration.nanos // 1_000_000


def _lines_changed(changes: dict[str, Change]) -> tuple[int, int]:
    """Lines added and removed by a patch: those of its diffs, or a file's own."""
    added = removed = 0
    for change in changes.values():
        if change.unified_diff is not None:
            marks = [line[:1] for line in change.unified_diff.splitlines()]
            added += marks.count("+")
            removed += marks.count("-")
        elif change.content is not None:
            lines = len(change.content.splitlines())
            added += lines if change.type == "add" else 0
            removed += lines if change.type == "delete" else 0
    return added, removed


def _error_code(info: Raw) -> str | None:
    """The code of an error: a word, or the only key of an object that holds more of it."""
    stated = _stated(info)
    if isinstance(stated, dict):
        stated = next(iter(stated), None)
    return _word(stated) if isinstance(stated, str) else None


def _status(info: Raw) -> int | None:
    stated = _stated(info)
    inner = next(iter(stated.values()), None) if isinstance(stated, dict) else None
    status = inner.get("http_status_code") if isinstance(inner, dict) else None
    is_status = isinstance(status, int) and not isinstance(status, bool) and 0 < status < _STATUSES
    return status if is_status else None


def _stated(info: Raw) -> object:
    if info is EMPTY:
        return None
    try:
        return msgspec.json.decode(info)
    except (msgspec.DecodeError, ValidationError):
        return None
