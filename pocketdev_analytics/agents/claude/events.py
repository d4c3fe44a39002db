"""Lines about a session to rows: errors, events, names, Claude Code's own count of its cost."""

from __future__ import annotations

from typing import Any, Final

from pocketdev_analytics.agents.claude import lines, values
from pocketdev_analytics.agents.claude.authors import add_command_of_system_line
from pocketdev_analytics.agents.claude.lines import (
    Compaction,
    CostStateLine,
    Line,
    ModelUsage,
    PullRequestLine,
    SystemLine,
    TitleLine,
    WorktreeLine,
)
from pocketdev_analytics.agents.claude.position import Position
from pocketdev_analytics.agents.times import LAST_MILLISECOND
from pocketdev_analytics.model import (
    LONGEST_TITLE,
    ApiError,
    CostState,
    PullRequest,
    SessionTitle,
    Worktree,
)
from pocketdev_analytics.model.paths import canonical_path

__all__ = [
    "TITLE_KINDS",
    "add_cost_state",
    "add_pull_request",
    "add_system_line",
    "add_title",
    "add_turn_error",
    "add_worktree",
]

TITLE_KINDS: Final = frozenset({"ai-title", "custom-title", "agent-name", "summary"})
_EVENT_KINDS: Final = frozenset(
    {
        *("turn_duration", "compact_boundary", "microcompact_boundary", "stop_hook_summary"),
        *("away_summary", "model_fallback", "model_refusal_fallback"),
        *("model_refusal_no_fallback", "scheduled_task_fire"),
    }
)


def add_turn_error(position: Position, line: Line) -> None:
    """Add an API error that ended a turn, written in the place of a response."""
    stated = position.read(SystemLine)
    code = values.error_code(stated.error)
    _add_error(position, line, kind="error", error=code, status=stated.api_error_status)


def add_system_line(position: Position, line: Line) -> None:
    """Add a retry after an API error, an event of the session, or a slash command."""
    stated = position.read(SystemLine)
    if stated.subtype == "api_error":
        _add_retry(position, line, stated)
    elif stated.subtype == "local_command":
        add_command_of_system_line(position, line, stated)
    elif stated.subtype in _EVENT_KINDS and line.uuid:
        position.add_event(line, stated.subtype, **_measures(stated))
        if stated.prevented_continuation:
            line.uuid = f"{line.uuid}/blocked"
            position.add_event(line, "hook_blocked", trigger="Stop")


def _measures(stated: SystemLine) -> dict[str, Any]:
    """What a system line measures, by the names of `model.SessionEvent`."""
    compaction = stated.compact_metadata or stated.microcompact_metadata or Compaction()
    duration = compaction.duration_ms if stated.duration_ms is None else stated.duration_ms
    return {
        "duration_ms": None if duration is None else round(duration),
        "trigger": values.code(compaction.trigger or stated.api_refusal_category or stated.trigger),
        "pre_tokens": compaction.pre_tokens,
        "post_tokens": compaction.post_tokens,
        "model": stated.original_model,
        "fallback_model": stated.fallback_model,
        "count_hooks": stated.hook_count,
        "count_failed_hooks": None if stated.hook_errors is None else len(stated.hook_errors),
    }


def _add_retry(position: Position, line: Line, stated: SystemLine) -> None:
    status = stated.api_error_status
    if status is None and values.is_object(stated.error):
        status = lines.decode_api_error(stated.error).status
    code = values.error_code(stated.error)
    if code is None and values.is_object(stated.cause):
        code = values.cause_code(lines.decode_error_cause(stated.cause).code)
    attempt = stated.retry_attempt
    _add_error(position, line, kind="retry", error=code, status=status, attempt=attempt)


def _add_error(
    position: Position,
    line: Line,
    *,
    kind: str,
    error: str | None,
    status: int | None,
    attempt: int | None = None,
) -> None:
    position.rows.api_errors.append(
        ApiError(
            context=position.context(line),
            line_no=position.line_no,
            error_id=values.required(line.uuid, "$.uuid"),
            occurred_at=position.required_at(),
            kind=kind,
            error=error,
            status=status,
            retry_attempt=attempt,
        )
    )


def add_title(position: Position, line: Line) -> None:
    """Add a name of the session."""
    stated = position.read(TitleLine)
    name = stated.custom_title or stated.ai_title or stated.agent_name or stated.summary
    if name:
        position.rows.session_titles.append(
            SessionTitle(
                file_id=position.origin.file_id,
                line_no=position.line_no,
                session_id=position.session(line),
                line_session_id=line.line_session_id,
                kind=line.type or "",
                title=shortened_title(name),
                # Only a summary is about the line it points to; others point to where they stand.
                leaf_uuid=stated.leaf_uuid if line.type == "summary" else None,
            )
        )


def shortened_title(title: str) -> str:
    """Cut a title to `LONGEST_TITLE` characters: one may hold megabytes."""
    if len(title) <= LONGEST_TITLE:
        return title
    return f"{title[: LONGEST_TITLE - 1]}\N{HORIZONTAL ELLIPSIS}"


def add_cost_state(position: Position, line: Line) -> None:
    """Add what Claude Code itself has counted for the session so far, one row per model."""
    stated = position.read(CostStateLine)
    total = position.money(stated.total_cost_usd, "totalCostUSD")
    for model, usage in (stated.model_usage or {}).items():
        position.rows.cost_states.append(
            CostState(
                file_id=position.origin.file_id,
                line_no=position.line_no,
                session_id=position.session(line),
                line_session_id=line.line_session_id,
                model=model,
                started_at=_milliseconds(stated.start_time),
                total_cost_usd=total,
                has_unknown_model_cost=stated.has_unknown_model_cost,
                **_counts(usage),
            )
        )


def _counts(usage: ModelUsage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "thinking_tokens": usage.thinking_tokens,
        "cache_read_tokens": usage.cache_read_input_tokens,
        "cache_write_tokens": usage.cache_creation_input_tokens,
        "cache_write_5m_tokens": usage.cache_write_5m,
        "cache_write_1h_tokens": usage.cache_write_1h,
        "web_search_requests": usage.web_search_requests,
        "cost_usd": values.money(usage.cost_usd),
    }


def _milliseconds(time: float | None) -> int | None:
    """The instant of a time in milliseconds since 1970, if the store has such a date."""
    is_date = time is not None and 0 <= time < LAST_MILLISECOND
    return round(time * 1000) if is_date and time is not None else None


def add_worktree(position: Position, line: Line) -> None:
    """Add a git worktree that the session works in."""
    tree = position.read(WorktreeLine).worktree_session
    if tree and tree.worktree_path and tree.original_cwd:
        position.rows.worktrees.append(
            Worktree(
                file_id=position.origin.file_id,
                line_no=position.line_no,
                session_id=position.session(line),
                worktree_path=canonical_path(tree.worktree_path),
                worktree_branch=tree.worktree_branch,
                original_path=canonical_path(tree.original_cwd),
                original_branch=tree.original_branch,
            )
        )


def add_pull_request(position: Position, line: Line) -> None:
    """Add a pull request that the session is linked to."""
    stated = position.read(PullRequestLine)
    if stated.pr_url:
        position.rows.pull_requests.append(
            PullRequest(
                file_id=position.origin.file_id,
                line_no=position.line_no,
                session_id=position.session(line),
                number=stated.pr_number,
                url=stated.pr_url,
                repository=stated.pr_repository,
                linked_at=position.at,
            )
        )
