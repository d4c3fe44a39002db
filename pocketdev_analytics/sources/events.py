"""Lines about the session to rows: errors, measured events, names, Claude Code's own cost."""

from __future__ import annotations

from pocketdev_analytics.sources import lines, values
from pocketdev_analytics.sources.lines import Line
from pocketdev_analytics.sources.position import Position

__all__ = ["TITLE_KINDS", "cost_state", "system", "title", "turn_error"]

TITLE_KINDS = frozenset({"ai-title", "custom-title", "agent-name", "summary"})
_EVENT_KINDS = frozenset({"turn_duration", "compact_boundary", "stop_hook_summary"})


def turn_error(position: Position, line: Line, at: int) -> None:
    """An API error that ended a turn, in a synthetic response's place."""
    code = values.error_code(line.error)
    error_id = values.required(line.uuid, "$.uuid")
    row = (error_id, at, "error", code, line.api_error_status, None)
    position.rows.api_errors.append((position.context(line), position.line_no, *row))


def system(position: Position, line: Line) -> None:
    """A retry after an API error, or an event that measures the session."""
    if line.subtype == "api_error":
        _retry(position, line)
    elif line.subtype in _EVENT_KINDS and line.uuid and line.timestamp:
        compaction = lines.Compaction()
        if values.is_object(line.compact_metadata):
            compaction = lines.decode_compaction(line.compact_metadata)
        duration = None if line.duration_ms is None else round(line.duration_ms)
        row = (line.uuid, position.required_at(), line.subtype, duration)
        place = (position.context(line), position.line_no)
        position.rows.session_events.append(
            (*place, *row, compaction.trigger, compaction.pre_tokens)
        )


def _retry(position: Position, line: Line) -> None:
    at = position.required_at()
    error_id = values.required(line.uuid, "$.uuid")
    status = line.api_error_status
    if status is None and values.is_object(line.error):
        status = lines.decode_api_error(line.error).status
    code = values.error_code(line.error)
    if code is None and values.is_object(line.cause):
        code = values.cause_code(lines.decode_error_cause(line.cause).code)
    row = (error_id, at, "retry", code, status, line.retry_attempt)
    position.rows.api_errors.append((position.context(line), position.line_no, *row))


def title(position: Position, line: Line) -> None:
    """A name for the session."""
    name = line.custom_title or line.ai_title or line.agent_name or line.summary
    if name:
        # Only a summary is about the line it points to; others point to where they stand.
        leaf_uuid = line.leaf_uuid if line.type == "summary" else None
        row = (position.session(line), line.type, name, leaf_uuid)
        position.rows.session_titles.append((position.origin.file_id, position.line_no, *row))


def cost_state(position: Position, line: Line) -> None:
    """What Claude Code itself has counted for the session so far."""
    if not values.is_object(line.model_usage):
        return
    total = values.money(line.total_cost_usd, "$.totalCostUSD")
    for model, state in lines.decode_cost_states(line.model_usage).items():
        cost = values.money(state.cost_usd, "$.modelUsage[...].costUSD")
        row = (position.session(line), model, cost, total)
        position.rows.cost_states.append((position.origin.file_id, position.line_no, *row))
