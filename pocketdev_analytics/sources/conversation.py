"""Lines of the conversation to rows: responses, tool calls and their results, prompts."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pocketdev_analytics.sources import events, values
from pocketdev_analytics.sources.lenient import content_bytes
from pocketdev_analytics.sources.lines import EMPTY, Block, Line, Message
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
    if not isinstance(message.content, list):
        return
    for block in message.content:
        if block.type == "tool_use" and block.id:
            name = block.name or "unknown"
            position.rows.tool_uses.append((*context, block.id, source, at, name))


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
        position.rows.prompts.append((*position.context(line), prompt_id, at, size))


def _is_machine_made(position: Position, line: Line) -> bool:
    if line.is_meta or line.is_compact_summary:
        return True
    # A sidechain opens with what its parent asked it to do.
    is_sidechain = line.is_sidechain or line.agent_id or position.origin.agent_id
    return bool(is_sidechain) and (position.is_first_line or line.parent_uuid is None)


def _tool_results(
    position: Position, content: list[Block], outcome: msgspec.Raw, source: str, at: int
) -> bool:
    """Rows for the tool results; True when the list holds anything else."""
    others = False
    change = values.lines_changed(outcome)
    for block in content:
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
        _tool_results(position, message.content, EMPTY, "progress", at)
    elif inner.type == "assistant" and message.model != SYNTHETIC:
        context = position.context(line)
        _usage(position, line, message, context, "progress", at)
        _tool_uses(position, message, context, "progress", at)
