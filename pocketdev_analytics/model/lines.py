"""The tables that session files are decoded into: each column declared once.

One row is a line, or a block of a line, of a session file. A field's type gives the column's
Polars and SQL type (`model.columns`); the store makes and extends its tables from these
declarations. A struct that renames its fields is also read from JSON as it stands: the field
*is* the line's field, and decoding copies it without naming it again.

To add a column that a line states as it is, add a field to `Surroundings` or `Tariff`. To add
one that is computed, add a field to a row and fill it by name in `agents`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final

from msgspec import Struct, field

from pocketdev_analytics.model.columns import (
    CallDimension,
    Code,
    Column,
    Dimension,
    Instant,
    Schema,
    columns_of,
)

__all__ = [
    "LINE_FRAMES",
    "LINE_TABLES",
    "LONGEST_TITLE",
    "ApiError",
    "CostState",
    "LineContext",
    "LineTable",
    "OddField",
    "Prompt",
    "PullRequest",
    "QuarantinedLine",
    "RateLimit",
    "ResponseKind",
    "SessionEvent",
    "SessionTitle",
    "Surroundings",
    "Tariff",
    "ThreadLine",
    "ToolResult",
    "ToolUse",
    "UsageLine",
    "UsagePass",
    "Worktree",
]

#: The most characters that are kept of a session's title; a cut one ends in "…".
LONGEST_TITLE: Final = 1_000


class Surroundings(Struct, rename="camel", gc=False, kw_only=True):
    """The surroundings that any line states; they may change within a file."""

    line_session_id: str | None = field(default=None, name="sessionId")
    request_session_id: str | None = None
    project_path: str | None = field(default=None, name="cwd")
    version: str | None = None
    entrypoint: Dimension = None
    session_kind: Dimension = None
    team_name: Dimension = None
    requested_model: CallDimension = None
    effort: CallDimension = None
    attribution_agent: CallDimension = None
    attribution_skill: CallDimension = None
    attribution_plugin: CallDimension = None
    attribution_mcp_server: CallDimension = None


class LineContext(Surroundings, rename=None, gc=False, kw_only=True):
    """The file of a line, and what the line and the file's path say of its surroundings.

    `session_id` is the file's session, `forked_from_session_id` and `request_session_id` name
    the session that a copied line comes from.
    """

    file_id: int
    session_id: str
    forked_from_session_id: str | None
    git_branch: str | None
    is_sidechain: bool
    agent_id: str | None


class Tariff(Struct, gc=False, kw_only=True):
    """The attributes of a usage that its price depends on."""

    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None


class ResponseKind(Tariff, gc=False, kw_only=True):
    """The attributes that many responses share.

    `source` is 'message' (an assistant line) or 'progress' (a message embedded in a progress
    line). `is_usage_known` is false where the usage is absent, empty, all zero, or has a count
    that cannot be read: its zeros are not counts.
    """

    source: str
    is_advisor: bool
    model: str
    provider: Dimension
    stop_reason: str | None
    has_stop_details: bool
    is_aborted: bool
    is_usage_known: bool
    is_byok: bool | None
    web_search_requests: int


#: A field that stands for a row of a table of its own until frames are put together.
ContextCode = Annotated[int, LineContext]
KindCode = Annotated[int, ResponseKind]


class TokenClasses(Struct, gc=False, kw_only=True):
    """The five classes that a token is billed as."""

    input_tokens: int
    cache_write_5m_tokens: int
    cache_write_1h_tokens: int
    cache_read_tokens: int
    output_tokens: int


class UsageRow(TokenClasses, gc=False, kw_only=True):
    """The columns of every row with usage: its line, its response and its time."""

    context: ContextCode
    kind: KindCode
    line_no: int
    response_id: str
    message_id: str | None
    uuid: str | None
    request_id: str | None
    responded_at: Instant


class UsageLine(UsageRow, gc=False, kw_only=True):
    """A line that carries usage; `is_advisor` is true only in rows that earlier versions read.

    `response_id` is `message_id` where the line has one, else its request's or its own id.
    Characters are those of the line's own content blocks; `extra_bytes` is how many more bytes
    than characters they take in UTF-8.
    """

    thinking_tokens: int | None = None
    thinking_ms: int | None = None
    recorded_cost_usd: Decimal | None = None
    upstream_cost_usd: Decimal | None = None
    text_characters: int = 0
    thinking_characters: int = 0
    signature_characters: int = 0
    tool_input_characters: int = 0
    tool_use_blocks: int = 0
    extra_bytes: int = 0


class UsagePass(UsageRow, gc=False, kw_only=True):
    """One pass of a response of several: an element of `usage.iterations` or a paused part.

    `pass_kind` is the element's type as written ('message', 'advisor_message',
    'fallback_message', 'compaction', or one that is new), 'paused' for `pausedResponses`. Model
    and tariff are the pass's own where it states them, else the message's.
    """

    pass_no: int
    pass_kind: str


class ContextRow(Struct, gc=False, kw_only=True):
    """The columns of every row with a context: who wrote the line, where and when."""

    context: ContextCode
    line_no: int


class ToolUse(ContextRow, gc=False, kw_only=True):
    """A tool_use block of an assistant message."""

    tool_use_id: str
    uuid: str | None
    source: str
    called_at: Instant
    tool: str


class ToolResult(ContextRow, gc=False, kw_only=True):
    """A tool_result block of a user message.

    `result_bytes` is the size of its content as JSON in the file, lines are those of an edit's
    patch. `search_count` are the searches of the WebSearch tool, which are billed.
    `tool_use_uuid` names the line that called the tool.
    """

    tool_use_id: str
    tool_use_uuid: str | None
    source: str
    returned_at: Instant
    is_error: bool
    result_bytes: int
    lines_added: int
    lines_removed: int
    search_count: int | None = None
    duration_ms: int | None = None
    is_interrupted: bool | None = None
    denial_kind: str | None = None
    permission_decision: str | None = None
    permission_source: str | None = None


class Prompt(ContextRow, gc=False, kw_only=True):
    """An entry of a person, without its text: `kind` is prompt, slash_command or shell_command.

    `is_queued`: an attachment, typed while Claude worked. `text_checksum` is 16 bits that tell
    whether a user line repeats it; texts cannot be found from it.
    """

    prompt_id: str
    prompted_at: Instant
    prompt_bytes: int
    kind: str
    prompt_source: str | None = None
    origin: str | None = None
    turn_origin: str | None = None
    permission_mode: str | None = None
    command: str | None = None
    is_queued: bool = False
    text_checksum: int | None = None


class ApiError(ContextRow, gc=False, kw_only=True):
    """An API error: `kind` is 'error' (the turn ended with it) or 'retry'."""

    error_id: str
    occurred_at: Instant
    kind: str
    error: str | None
    status: int | None
    retry_attempt: int | None


class SessionEvent(ContextRow, gc=False, kw_only=True):
    """Something that happened in a session: `kind` is a system line's subtype or our own word.

    `trigger` is what set it off: of a compaction auto or manual, of a hook its event, of a
    refusal its category, of a notification who sent it.
    """

    event_id: str
    occurred_at: Instant
    kind: str
    duration_ms: int | None = None
    trigger: str | None = None
    pre_tokens: int | None = None
    post_tokens: int | None = None
    model: str | None = None
    fallback_model: str | None = None
    count_hooks: int | None = None
    count_failed_hooks: int | None = None


class SessionRow(Struct, gc=False, kw_only=True):
    """The columns of every row that describes a session, without a context."""

    file_id: int
    line_no: int
    session_id: str


class SessionTitle(SessionRow, gc=False, kw_only=True):
    """A line that names a session; the last one of a kind in a file counts.

    A summary names the session that holds the line `leaf_uuid`, not its own file's.
    """

    line_session_id: str | None
    kind: str
    title: str
    leaf_uuid: str | None


class CostState(SessionRow, gc=False, kw_only=True):
    """Claude Code's own cumulative count of a session, one row a model.

    Tokens and searches are NULL where the line does not state them. The line has no time.
    """

    line_session_id: str | None
    model: str
    started_at: Instant | None
    input_tokens: int | None
    output_tokens: int | None
    thinking_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    cache_write_5m_tokens: int | None
    cache_write_1h_tokens: int | None
    web_search_requests: int | None
    cost_usd: Decimal | None
    total_cost_usd: Decimal | None
    has_unknown_model_cost: bool | None


class Worktree(SessionRow, gc=False, kw_only=True):
    """A git worktree that Claude Code made for a session, and the folder that it is of."""

    worktree_path: str
    worktree_branch: str | None
    original_path: str
    original_branch: str | None


class PullRequest(SessionRow, gc=False, kw_only=True):
    """A pull request that a session opened or worked on."""

    number: int | None
    url: str
    repository: str | None
    linked_at: Instant | None


class ThreadLine(Struct, gc=False, kw_only=True):
    """A line of an agent that counts by running totals: usage, or what usage depends on.

    What the usage of a call is cannot be known from its line alone (`sql/load/thread_usage.sql`).
    `kind` is meta (what a file says of its thread), turn (model and folder from here on), tier,
    start and end of a turn, count (a running total and the last call's usage), record (one
    call's usage), made (something the model wrote), output (a tool's), search (of the web),
    compaction, lost_compaction, review_begin or review_end. Token counts are as the agent states
    them: cached and cache_write are part of input, reasoning is part of output.
    """

    file_id: int
    line_no: int
    kind: str
    happened_at: Instant | None
    thread_id: str | None = None
    parent_thread_id: str | None = None
    turn_id: str | None = None
    response_id: str | None = None
    origin: str | None = None
    model: str | None = None
    effort: str | None = None
    service_tier: str | None = None
    project_path: str | None = None
    git_branch: str | None = None
    version: str | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_input_tokens: int | None = None
    total_cached_tokens: int | None = None
    total_cache_write_tokens: int | None = None
    total_output_tokens: int | None = None
    total_reasoning_tokens: int | None = None


class RateLimit(Struct, gc=False, kw_only=True):
    """A sample of a plan's rate limit: how much of a window was used at a time."""

    file_id: int
    line_no: int
    sampled_at: Instant
    limit_id: str | None
    limit_window: str
    used_percent: Decimal
    window_minutes: int | None
    resets_at: Instant | None
    plan_type: str | None


class OddField(Struct, gc=False, kw_only=True):
    """A field of another JSON kind than the format has; the rest of its line was read.

    `is_read` says that its value was read all the same (1000.0 as 1000); else it counts as
    absent. `found` is the JSON kind that stands there.
    """

    file_id: int
    line_no: int
    field: str
    found: str
    is_read: bool


class QuarantinedLine(Struct, gc=False, kw_only=True):
    """A line that cannot be read: where it is and why, never what it says."""

    file_id: int
    line_no: int
    byte_offset: int
    line_bytes: int
    reason: str


class LineTable:
    """A table of lines: its row's struct, and the columns that follow from it."""

    def __init__(self, name: str, row: type[Struct]) -> None:
        self.name = name
        self.row = row
        self.is_of_calls = row in _CALLS

    @cached_property
    def codes(self) -> dict[str, type[Struct]]:
        """The dictionary-encoded fields of a row, and the structs they stand for."""
        declared = columns_of(self.row)
        return {item.field: item.struct for item in declared if isinstance(item, Code)}

    @cached_property
    def own_columns(self) -> list[Column]:
        """The columns of a row that are not dictionary-encoded."""
        return [item for item in columns_of(self.row) if isinstance(item, Column)]

    @cached_property
    def columns(self) -> list[Column]:
        """Every column of the table, `file_id` first."""
        shared = [
            column
            for struct in self.codes.values()
            for column in _columns(struct)
            if self.is_of_calls or not column.is_of_calls
        ]
        return sorted([*shared, *self.own_columns], key=lambda column: column.name != "file_id")

    @property
    def schema(self) -> Schema:
        """Polars types by the name of the column, `file_id` first."""
        return {column.name: column.polars for column in self.columns}


def _columns(struct: type[Struct]) -> list[Column]:
    return [item for item in columns_of(struct) if isinstance(item, Column)]


#: Rows of assistant lines: only these have the columns that say who asked for a response.
_CALLS: Final = frozenset({UsageLine, UsagePass, ToolUse})
_ROWS: Final[dict[str, type[Struct]]] = {
    "usage_lines": UsageLine,
    "usage_passes": UsagePass,
    "tool_uses": ToolUse,
    "tool_results": ToolResult,
    "prompts": Prompt,
    "api_errors": ApiError,
    "session_events": SessionEvent,
    "session_titles": SessionTitle,
    "cost_states": CostState,
    "worktrees": Worktree,
    "pull_requests": PullRequest,
    "thread_lines": ThreadLine,
    "rate_limits": RateLimit,
    "odd_fields": OddField,
    "quarantine": QuarantinedLine,
}
#: The tables that decoding fills, by name.
LINE_TABLES: Final = {name: LineTable(name, row) for name, row in _ROWS.items()}
#: Their columns after `file_id`, as frames have them.
LINE_FRAMES: Final[dict[str, Schema]] = {
    name: {column: kind for column, kind in table.schema.items() if column != "file_id"}
    for name, table in LINE_TABLES.items()
}
