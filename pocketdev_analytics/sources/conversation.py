"""Lines of the conversation to rows: responses, tool calls and their results, prompts."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pocketdev_analytics.sources import events, lines, values
from pocketdev_analytics.sources.lines import Line, Message
from pocketdev_analytics.sources.position import Position

__all__ = ["assistant", "progress", "user"]

#: The model of what Claude Code writes itself in a response's place: no call.
SYNTHETIC: Final = "<synthetic>"


def assistant(position: Position, line: Line) -> None:
    """A response (or an API error in its place) and the tools that it calls."""
    if not values.is_object(line.message):
        return
    message = lines.decode_message(line.message)
    at = values.instant(line.timestamp)
    if message.model == SYNTHETIC:
        if line.is_api_error_message:
            events.turn_error(position, line, at)
        return
    context = position.context(line)
    _usage(position, line, message, context, "message", at)
    _tool_uses(position, message, context, "message", at)


def _usage(
    position: Position, line: Line, message: Message, context: tuple[Any, ...], source: str, at: int
) -> None:
    usage = message.usage
    if usage is None:
        return
    response_id = message.id or line.request_id or line.uuid
    if not response_id:
        raise msgspec.ValidationError("Usage without a message id - at `$.message.id`")
    searches = usage.server_tool_use and usage.server_tool_use.web_search_requests
    billing = (searches or 0, usage.speed, usage.service_tier, usage.inference_geo)
    identity = (line.uuid, line.request_id, at)
    position.rows.usage_lines.append(
        (
            *context,
            *(response_id, source, False),
            *identity,
            *(message.model or "unknown", message.stop_reason),
            *values.tokens(usage),
            *billing,
            values.money(line.cost_usd, "$.costUSD"),
        )
    )
    for number, iteration in enumerate(usage.iterations or (), 1):
        if iteration.type == "advisor_message":
            position.rows.usage_lines.append(
                (
                    *context,
                    *(f"{response_id}/advisor/{number}", source, True),
                    *identity,
                    *(iteration.model or "unknown", message.stop_reason),
                    *values.tokens(iteration),
                    *(0, *billing[1:]),
                    None,
                )
            )


def _tool_uses(
    position: Position, message: Message, context: tuple[Any, ...], source: str, at: int
) -> None:
    if not values.is_list(message.content):
        return
    for block in values.blocks(message.content):
        if block.type == "tool_use" and block.id:
            name = block.name or "unknown"
            position.rows.tool_uses.append((*context, block.id, source, at, name))


def user(position: Position, line: Line) -> None:
    """A prompt, or results of tools."""
    if not values.is_object(line.message):
        return
    content = lines.decode_message(line.message).content
    is_prompt = values.is_text(content)
    if values.is_list(content):
        at = values.instant(line.timestamp)
        is_prompt = _tool_results(position, content, line.tool_use_result, "message", at)
    if is_prompt and not _is_machine_made(position, line):
        at = values.instant(line.timestamp)
        prompt_id = values.required(line.uuid, "$.uuid")
        size = memoryview(content).nbytes
        position.rows.prompts.append((*position.context(line), prompt_id, at, size))


def _is_machine_made(position: Position, line: Line) -> bool:
    if line.is_meta or line.is_compact_summary:
        return True
    # A sidechain opens with what its parent asked it to do.
    is_sidechain = line.is_sidechain or line.agent_id or position.origin.agent_id
    return bool(is_sidechain) and (position.is_first_line or line.parent_uuid is None)


def _tool_results(
    position: Position, content: msgspec.Raw, outcome: msgspec.Raw, source: str, at: int
) -> bool:
    """Rows for the tool results; True when the list holds anything else."""
    others = False
    change = values.lines_changed(outcome)
    for block in values.blocks(content):
        if block.type != "tool_result":
            others = True
        elif block.tool_use_id:
            size = memoryview(block.content).nbytes
            is_error = bool(block.is_error)
            position.rows.tool_results.append(
                (
                    *(position.origin.file_id, position.line_no, block.tool_use_id, source, at),
                    *(is_error, size),
                    *change,
                )
            )
            change = (0, 0)  # the patch is that of one result
    return others


def progress(position: Position, line: Line) -> None:
    """A message of a subagent, embedded in its parent's file."""
    # Most progress lines are hooks' and shells': only a message's are read.
    if not values.is_object(line.data) or b'"message"' not in bytes(line.data):
        return
    try:
        embedding = lines.decode_progress(line.data)
    except msgspec.ValidationError:
        return  # a progress of another kind, with a `message` of its own
    inner = embedding.message
    if inner is None or not values.is_object(inner.message):
        return
    line.agent_id = embedding.agent_id or line.agent_id
    line.is_sidechain = True
    line.uuid = inner.uuid
    line.request_id = inner.request_id
    message = lines.decode_message(inner.message)
    at = values.instant(inner.timestamp or line.timestamp)
    if inner.type == "user" and values.is_list(message.content):
        _tool_results(position, message.content, lines.EMPTY, "progress", at)
    elif inner.type == "assistant" and message.model != SYNTHETIC:
        context = position.context(line)
        _usage(position, line, message, context, "progress", at)
        _tool_uses(position, message, context, "progress", at)
