"""Lines of the conversation to rows: responses, tool calls and their results, prompts."""

from __future__ import annotations

from typing import Final

import msgspec

from pocketdev_analytics.sources import events, values
from pocketdev_analytics.sources.lenient import content_bytes
from pocketdev_analytics.sources.lines import Block, Line, Message
from pocketdev_analytics.sources.position import Position

__all__ = ["assistant", "progress", "user"]

#: The model of what Claude Code writes itself in a response's place: no call.
SYNTHETIC: Final = "<synthetic>"


def assistant(position: Position, line: Line) -> None:
    """A response (or an API error in its place) and the tools that it calls."""
    message = line.message
    if message is None:
        return
    at = position.required_at()
    if message.model == SYNTHETIC:
        if line.is_api_error_message:
            events.turn_error(position, line, at)
        return
    context = position.context(line)
    _usage(position, line, message, context, "message", at)
    _tool_uses(position, message, context, "message", at)


def _usage(
    position: Position, line: Line, message: Message, context: int, source: str, at: int
) -> None:
    usage = message.usage
    if usage is None:
        return
    response_id = message.id or line.request_id or line.uuid
    if not response_id:
        raise msgspec.ValidationError("Usage without a message id - at `$.message.id`")
    rows, line_no = position.rows, position.line_no
    server = usage.server_tool_use
    searches = (server.web_search_requests or 0) if server else 0
    billing = (usage.speed, usage.service_tier, usage.inference_geo)
    model = message.model or "unknown"
    kind = rows.kind((source, False, model, message.stop_reason, searches, *billing))
    cost = None if line.cost_usd is None else values.money(line.cost_usd, "$.costUSD")
    counts = values.tokens(usage)
    rows.usage_lines.append(
        (context, kind, line_no, response_id, line.uuid, line.request_id, at, *counts, cost)
    )
    for number, iteration in enumerate(usage.iterations or (), 1):
        if iteration.type == "advisor_message":
            model = iteration.model or "unknown"
            kind = rows.kind((source, True, model, message.stop_reason, 0, *billing))
            advice = f"{response_id}/advisor/{number}"
            identity = (advice, line.uuid, line.request_id, at)
            rows.usage_lines.append(
                (context, kind, line_no, *identity, *values.tokens(iteration), None)
            )


def _tool_uses(position: Position, message: Message, context: int, source: str, at: int) -> None:
    if not isinstance(message.content, list):
        return
    for block in message.content:
        if block.type == "tool_use" and block.id:
            row = (context, position.line_no, block.id, source, at, block.name or "unknown")
            position.rows.tool_uses.append(row)


def user(position: Position, line: Line) -> None:
    """A prompt, or results of tools."""
    content = line.message.content if line.message else None
    is_prompt = isinstance(content, str)
    if isinstance(content, list):
        at = position.required_at()
        is_prompt = _tool_results(position, content, line.tool_use_result, "message", at)
    if is_prompt and not _is_machine_made(position, line):
        at = position.required_at()
        prompt_id = values.required(line.uuid, "$.uuid")
        size = content_bytes(position.raw)
        place = (position.context(line), position.line_no)
        position.rows.prompts.append((*place, prompt_id, at, size))


def _is_machine_made(position: Position, line: Line) -> bool:
    if line.is_meta or line.is_compact_summary:
        return True
    # A sidechain opens with what its parent asked it to do.
    is_sidechain = line.is_sidechain or line.agent_id or position.origin.agent_id
    return bool(is_sidechain) and (position.is_first_line or line.parent_uuid is None)


def _tool_results(
    position: Position, content: list[Block], outcome: object, source: str, at: int
) -> bool:
    """Rows for the tool results; True when the list holds anything else."""
    others = False
    added, removed = values.lines_changed(outcome)
    place = (position.origin.file_id, position.line_no)
    for block in content:
        if block.type != "tool_result":
            others = True
        elif block.tool_use_id:
            size = memoryview(block.content).nbytes
            row = (block.tool_use_id, source, at, bool(block.is_error), size, added, removed)
            position.rows.tool_results.append((*place, *row))
            added = removed = 0  # the patch is that of one result
    return others


def progress(position: Position, line: Line) -> None:
    """A message of a subagent, embedded in its parent's file."""
    inner = line.data.message if line.data else None
    if line.data is None or inner is None or inner.message is None:
        return  # most progress lines are hooks' and shells'
    line.agent_id = line.data.agent_id or line.agent_id
    line.is_sidechain = True
    line.uuid = inner.uuid
    line.request_id = inner.request_id
    message = inner.message
    at = values.instant(inner.timestamp) if inner.timestamp else position.required_at()
    if inner.type == "user" and isinstance(message.content, list):
        _tool_results(position, message.content, None, "progress", at)
    elif inner.type == "assistant" and message.model != SYNTHETIC:
        context = position.context(line)
        _usage(position, line, message, context, "progress", at)
        _tool_uses(position, message, context, "progress", at)
