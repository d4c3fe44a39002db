"""The frames that the store hands to reports: column names and Polars types, declared once.

One row is a response, prompt, tool call or API error over the whole history. Times are UTC with
microseconds, tokens are counts, money is decimal US dollars. What `agents` decode is declared
in `model.lines`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pocketdev_analytics.model.columns import INSTANT, Schema
from pocketdev_analytics.model.units import UNITS

__all__ = [
    "API_ERRORS",
    "CONVERSATION_DIMENSIONS",
    "CONVERSATION_MESSAGES",
    "COST_USD",
    "FILE_STATES",
    "PROMPTS",
    "QUARANTINED_LINES",
    "QUEUE_BATCHES",
    "QUEUE_EXPIRATIONS",
    "QUEUE_JOBS",
    "RATE_USD",
    "RESPONSE_FOLDS",
    "SESSION_EVENTS",
    "SESSION_FILES",
    "TOKEN_COLUMNS",
    "TOOL_CALLS",
    "USAGE",
    "USAGE_COST",
]

# 18 decimal places hold tokens * (10,6) price * (5,3) multiplier / 1,000,000 exactly, with
# three more for what a tier and a region multiply it by.
COST_USD: Final = pl.Decimal(38, 18)
# 21 places hold a price of six places times multipliers and tiers, per token.
RATE_USD: Final = pl.Decimal(38, 21)

#: The five classes a token is billed as, in the order reports show them.
TOKEN_COLUMNS: Final = tuple(unit.count_column for unit in UNITS if unit.is_token)

_USAGE: Final[Schema] = {
    "model": pl.String,
    "stop_reason": pl.String,
    "input_tokens": pl.Int64,
    "cache_write_5m_tokens": pl.Int64,
    "cache_write_1h_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "web_search_requests": pl.Int64,
    "speed": pl.String,
    "service_tier": pl.String,
    "inference_geo": pl.String,
    "provider": pl.String,
    "recorded_cost_usd": pl.Decimal(38, 15),
    # The sizes of what it put out; never the text.
    "text_characters": pl.Int64,
    "thinking_characters": pl.Int64,
    "signature_characters": pl.Int64,
    "tool_input_characters": pl.Int64,
    "tool_use_blocks": pl.Int64,
    "extra_bytes": pl.Int64,
}

#: A session file as the store knows it.
SESSION_FILES: Final[Schema] = {
    "file_id": pl.Int64,
    "path": pl.String,
    "session_id": pl.String,
    "agent_id": pl.String,
    "agent_type": pl.String,
    "agent_name": pl.String,
    "spawn_depth": pl.Int64,
    "decoder_version": pl.Int32,
    "project_path": pl.String,
    "first_at": INSTANT,
    "last_at": INSTANT,
    "count_lines": pl.Int64,
    "size_bytes": pl.Int64,
    "bytes_read": pl.Int64,
    "unread_bytes": pl.Int64,
    "modified_ns": pl.Int64,
    "changed_ns": pl.Int64,
    "inode": pl.UInt64,
    "device": pl.UInt64,
    "head_digest": pl.String,
    "tail_digest": pl.String,
    "samples_digest": pl.String,
    "content_crc32": pl.Int64,
    "first_line_digest": pl.String,
    "noted_at": INSTANT,
    "superseded_at": INSTANT,
    "gone_at": INSTANT,
    "machine": pl.String,
    "product": pl.String,
    "is_remote": pl.Boolean,
}

#: What PocketDev calls a session, NULL where it does not know it. `session_provider` is its
#: provider_type; of a session that it does not know, who served the response, where a gateway
#: says so. `conversation_deleted` is 'yes' or 'no'.
CONVERSATION_DIMENSIONS: Final[Schema] = {
    "session_provider": pl.String,
    "workspace": pl.String,
    "pocketdev_agent": pl.String,
    "screen": pl.String,
    "working_directory": pl.String,
    "conversation_status": pl.String,
    "conversation_deleted": pl.String,
}

# The names reports group by. `project` is a path, `agent` 'main' or 'subagent', `machine`
# the one that a row's file is from ('unknown' where no import said), `product` the agent
# product that wrote it ('claude', 'codex').
_DIMENSIONS: Final[Schema] = {
    "session_id": pl.String,
    "session_title": pl.String,
    "project": pl.String,
    "git_branch": pl.String,
    "agent": pl.String,
    "agent_id": pl.String,
    "agent_type": pl.String,
    "machine": pl.String,
    "product": pl.String,
    "version": pl.String,
    **CONVERSATION_DIMENSIONS,
}

# What an assistant line states of who asked for its response, and how (`model.lines`).
_CALL_DIMENSIONS: Final[Schema] = {
    "requested_model": pl.String,
    "effort": pl.String,
    "entrypoint": pl.String,
    "session_kind": pl.String,
    "team_name": pl.String,
    "attribution_skill": pl.String,
    "attribution_plugin": pl.String,
}

#: One row a billed pass over the whole history: a response, a further pass of one (`kind`
#: advisor, fallback, compaction, or response again), or what no line tells of (unlisted).
#: The number of responses is the sum of `response_count`, never a number of rows.
USAGE: Final[Schema] = {
    "response_id": pl.String,
    "kind": pl.String,
    "response_count": pl.Int8,
    "source": pl.String,
    **_DIMENSIONS,
    "responded_at": INSTANT,
    **_USAGE,
    "lower_bound_reason": pl.String,
    "is_lower_bound": pl.Boolean,
    **_CALL_DIMENSIONS,
}

#: USAGE with its cost, the sum of its units' costs, and the price of one output token:
#: NULL where there is no price.
USAGE_COST: Final[Schema] = {
    **USAGE,
    **{unit.cost_column: COST_USD for unit in UNITS},
    "cost_usd": COST_USD,
    "output_rate_usd": RATE_USD,
}

#: One row a response: of how many lines it was folded, and where those were.
RESPONSE_FOLDS: Final[Schema] = {
    "response_id": pl.String,
    "count_lines": pl.Int64,
    "is_in_several_sessions": pl.Boolean,
    "is_replayed": pl.Boolean,
    "is_repeated_in_progress": pl.Boolean,
}

#: One row a session file: how much of it there is, and whether it is still there.
FILE_STATES: Final[Schema] = {
    "session_id": pl.String,
    "count_lines": pl.Int64,
    "is_unfinished": pl.Boolean,
    "is_gone": pl.Boolean,
    "odd_fields": pl.Int64,
    "dropped_fields": pl.Int64,
}

#: One row a line that cannot be read: where it is and why.
QUARANTINED_LINES: Final[Schema] = {
    "path": pl.String,
    "session_id": pl.String,
    "line_no": pl.Int64,
    "byte_offset": pl.Int64,
    "line_bytes": pl.Int64,
    "reason": pl.String,
}

#: One row a prompt.
PROMPTS: Final[Schema] = {
    "prompt_id": pl.String,
    **_DIMENSIONS,
    "prompted_at": INSTANT,
    "prompt_bytes": pl.Int64,
}

#: One row a tool call; `is_error` is NULL while no result is known.
TOOL_CALLS: Final[Schema] = {
    "tool_use_id": pl.String,
    **_DIMENSIONS,
    "called_at": INSTANT,
    "tool": pl.String,
    "mcp_server": pl.String,
    "is_error": pl.Boolean,
    "result_bytes": pl.Int64,
    "lines_added": pl.Int64,
    "lines_removed": pl.Int64,
}

#: One row an API error or retry, a refusal of the model or a fallback to another one (`kind`).
API_ERRORS: Final[Schema] = {
    "error_id": pl.String,
    **_DIMENSIONS,
    "occurred_at": INSTANT,
    "kind": pl.String,
    "error": pl.String,
    "status": pl.Int64,
    "retry_attempt": pl.Int64,
}

#: One row a measured event or command: turn durations, compactions, hooks, interruptions.
SESSION_EVENTS: Final[Schema] = {
    "event_id": pl.String,
    **_DIMENSIONS,
    "occurred_at": INSTANT,
    "kind": pl.String,
    "duration_ms": pl.Int64,
    "trigger": pl.String,
    "pre_tokens": pl.Int64,
}

#: One row per message of PocketDev and session of its conversation.
CONVERSATION_MESSAGES: Final[Schema] = {
    "message_id": pl.Int64,
    "conversation_id": pl.Int64,
    "session_id": pl.String,
    "is_current": pl.Boolean,
    "is_cli": pl.Boolean,
    "title": pl.String,
    "provider": pl.String,
    "model": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cost_usd": COST_USD,
    "created_at": INSTANT,
    "response_id": pl.String,
}

#: One row a job of PocketDev's queue that waits, runs or has failed; `job` is its class.
QUEUE_JOBS: Final[Schema] = {
    "queue": pl.String,
    "job": pl.String,
    "attempts": pl.Int64,
    "available_at": INSTANT,
    "reserved_at": INSTANT,
    "failed_at": INSTANT,
}

#: One row a batch of jobs.
QUEUE_BATCHES: Final[Schema] = {
    "batch": pl.String,
    "name": pl.String,
    "total_jobs": pl.Int64,
    "pending_jobs": pl.Int64,
    "failed_jobs": pl.Int64,
    "created_at": INSTANT,
    "cancelled_at": INSTANT,
    "finished_at": INSTANT,
}

#: One row a cached value or lock; `kind` is 'cache' or 'lock'.
QUEUE_EXPIRATIONS: Final[Schema] = {"kind": pl.String, "expires_at": INSTANT}
