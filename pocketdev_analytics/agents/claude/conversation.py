"""Lines of the conversation to rows: tool calls and their results, and who wrote the rest."""

from __future__ import annotations

from typing import Final

from pocketdev_analytics.agents.claude import events, values
from pocketdev_analytics.agents.claude.authors import add_entry, add_queued
from pocketdev_analytics.agents.claude.lines import (
    AttachmentLine,
    Block,
    Line,
    Message,
    ToolOutcome,
)
from pocketdev_analytics.agents.claude.position import Position
from pocketdev_analytics.agents.claude.usage import add_usage
from pocketdev_analytics.agents.times import instant
from pocketdev_analytics.model import ToolResult, ToolUse

__all__ = ["add_assistant_line", "add_attachment", "add_progress_line", "add_user_line"]

#: The model of what Claude Code writes itself in a response's place: no call.
SYNTHETIC: Final = "<synthetic>"
_NO_OUTCOME: Final = ToolOutcome()
#: Attachments that tell what a hook did, and the kind of event each is.
_HOOK_EVENTS: Final = {
    "hook_blocking_error": "hook_blocked",
    "hook_stopped_continuation": "hook_blocked",
    "hook_non_blocking_error": "hook_failed",
    "hook_error_during_execution": "hook_failed",
    "hook_cancelled": "hook_failed",
}


def add_assistant_line(position: Position, line: Line) -> None:
    """Add a response (or the API error in its place) and the tools that it calls."""
    message = line.message
    if message is None:
        return
    if message.model == SYNTHETIC:
        if line.is_api_error_message:
            events.add_turn_error(position, line)
        return
    add_usage(position, line, message, "message")
    _add_tool_uses(position, line, message, "message")


def add_user_line(position: Position, line: Line) -> None:
    """Add results of tools, and what a person entered."""
    content = line.message.content if line.message else None
    if isinstance(content, list):
        if _add_tool_results(position, line, content, "message"):
            add_entry(position, line, content)
    elif content is not None:
        add_entry(position, line, content)


def add_progress_line(position: Position, line: Line) -> None:
    """Add a message of a subagent, embedded in its parent's file."""
    inner = line.data.message if line.data else None
    if line.data is None or inner is None or inner.message is None:
        return  # most progress lines are hooks' and shells'
    line.agent_id = line.data.agent_id or line.agent_id
    line.is_sidechain = True
    line.uuid = inner.uuid
    line.request_id = inner.request_id
    line.tool_use_result = None
    message = inner.message
    if inner.timestamp is not None:
        position.at = instant(inner.timestamp) or position.at
    if inner.type == "user" and isinstance(message.content, list):
        _add_tool_results(position, line, message.content, "progress")
    elif inner.type == "assistant" and message.model != SYNTHETIC and message.usage is not None:
        add_usage(position, line, message, "progress")
        _add_tool_uses(position, line, message, "progress")


def add_attachment(position: Position, line: Line) -> None:
    """Add a prompt that waited while Claude worked, or what a hook did."""
    attachment = position.read(AttachmentLine).attachment
    if attachment is None:
        return
    if attachment.type == "queued_command":
        add_queued(position, line, attachment)
    elif kind := _HOOK_EVENTS.get(attachment.type or ""):
        position.add_event(line, kind, trigger=values.code(attachment.hook_event))


def _add_tool_uses(position: Position, line: Line, message: Message, source: str) -> None:
    if not isinstance(message.content, list):
        return
    for block in message.content:
        if block.type == "tool_use" and block.id:
            position.rows.tool_uses.append(
                ToolUse(
                    context=position.context(line),
                    line_no=position.line_no,
                    tool_use_id=block.id,
                    uuid=line.uuid,
                    source=source,
                    called_at=position.required_at(),
                    tool=block.name or "unknown",
                )
            )


def _add_tool_results(position: Position, line: Line, content: list[Block], source: str) -> bool:
    """Add the tool results of a list; return whether it holds anything else."""
    has_others = False
    # Fields of the line outside its blocks belong to its first result.
    outcome = line.tool_use_result if isinstance(line.tool_use_result, ToolOutcome) else _NO_OUTCOME
    for block in content:
        if block.type != "tool_result":
            has_others = True
        elif block.tool_use_id:
            _add_tool_result(position, line, block, source, outcome)
            outcome = _NO_OUTCOME
    return has_others


def _add_tool_result(
    position: Position, line: Line, block: Block, source: str, outcome: ToolOutcome
) -> None:
    added, removed = values.lines_changed(outcome)
    decision = line.permission_decision
    position.rows.tool_results.append(
        ToolResult(
            context=position.context(line),
            line_no=position.line_no,
            tool_use_id=block.tool_use_id or "",
            tool_use_uuid=line.source_tool_assistant_uuid or line.parent_uuid,
            source=source,
            returned_at=position.required_at(),
            is_error=bool(block.is_error),
            result_bytes=memoryview(block.content).nbytes,
            lines_added=added,
            lines_removed=removed,
            search_count=values.number(outcome.search_count),
            duration_ms=_duration_ms(outcome),
            is_interrupted=values.boolean(outcome.interrupted),
            denial_kind=values.code(line.tool_denial_kind),
            permission_decision=values.code(decision.decision) if decision else None,
            permission_source=values.code(decision.source) if decision else None,
        )
    )


def _duration_ms(outcome: ToolOutcome) -> int | None:
    milliseconds = values.number(outcome.duration_ms)
    if milliseconds is None:
        return values.number(outcome.duration_seconds, scale=1000)
    return milliseconds
