"""The JSON shapes of Claude Code's lines, as far as this package reads them.

Fields that are not named here are skipped unread, above all the text of messages. A field may
be absent or null in any version. A line is decoded in one pass; where a field has another JSON
kind than it has here, `lenient` reads the rest of the line field by field.

Fields of a line that are stored as they stand are declared in `model.lines`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

from pocketdev_analytics.model import Surroundings, Tariff

__all__ = [
    "EMPTY",
    "Attachment",
    "AttachmentLine",
    "Block",
    "Compaction",
    "CostStateLine",
    "EntryLine",
    "Iteration",
    "Line",
    "Message",
    "ModelUsage",
    "PullRequestLine",
    "Source",
    "SystemLine",
    "TitleLine",
    "TokenCounts",
    "ToolOutcome",
    "Usage",
    "WorktreeLine",
    "decode_api_error",
    "decode_error_cause",
    "decode_kind",
    "decode_patch",
    "decode_text",
]

Time = Annotated[datetime, Meta(tz=True)]
#: Larger counts are not counts of tokens, and their sums would not fit 64 bits.
Count = Annotated[int, Meta(ge=0, le=10**12)]
#: What the store's integers hold, and what a float holds exactly.
Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Duration = Annotated[float, Meta(ge=-(2**53), le=2**53)]
EMPTY = Raw()


class Kind(Struct):
    """The type of any line."""

    type: Any = None


class CacheCreation(Struct, gc=False):
    """The split of cache writes by how long they live."""

    ephemeral_5m_input_tokens: Count | None = None
    ephemeral_1h_input_tokens: Count | None = None


class ServerToolUse(Struct, gc=False):
    """Server tools, billed per request."""

    web_search_requests: Count | None = None


class OutputDetails(Struct, gc=False):
    """What output tokens consist of."""

    thinking_tokens: Count | None = None


class CostDetails(Struct, gc=False):
    """OpenRouter's bill of a request that was paid with a person's own key."""

    upstream_inference_cost: Decimal | None = None


class TokenCounts(Tariff, gc=False):
    """What a response and a pass of one have in common."""

    input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: CacheCreation | None = None
    output_tokens: Count | None = None
    server_tool_use: ServerToolUse | None = None


class Iteration(TokenCounts, gc=False):
    """One pass of a response, with its own model where it is not the message's."""

    type: str | None = None
    model: str | None = None


class Usage(TokenCounts, gc=False):
    """`message.usage` of an assistant line."""

    iterations: list[Iteration] | None = None
    output_tokens_details: OutputDetails | None = None
    cost: Decimal | None = None
    cost_details: CostDetails | None = None
    is_byok: bool | None = None


class PausedResponse(Struct, gc=False):
    """An earlier part of a response, which was paused and resumed in one stream."""

    model: str | None = None
    usage: TokenCounts | None = None


class Block(Struct, gc=False):
    """A content block; of texts only the length is kept."""

    type: str | None = None
    id: str | None = None
    name: str | None = None
    tool_use_id: str | None = None
    is_error: bool | None = None
    text: str | None = None
    thinking: str | None = None
    signature: Raw = EMPTY
    data: Raw = EMPTY
    input: Raw = EMPTY
    content: Raw = EMPTY


class Message(Struct, gc=False):
    """`message` of an assistant or user line; `content` is a text or blocks.

    `stop_details` is Raw, since it tells a finished stream by being there, even as null.
    """

    role: str | None = None
    model: str | None = None
    id: str | None = None
    provider: str | None = None
    stop_reason: str | None = None
    stop_details: Raw = EMPTY
    usage: Usage | None = None
    paused_responses: list[PausedResponse] | None = field(default=None, name="pausedResponses")
    content: list[Block] | str | None = None


class Embedded(Struct, rename="camel", gc=False):
    """A message that a progress line carries."""

    type: str | None = None
    timestamp: Time | None = None
    uuid: str | None = None
    request_id: str | None = None
    message: Message | None = None


class Progress(Struct, rename="camel", gc=False):
    """`data` of a progress line."""

    message: Embedded | None = None
    agent_id: str | None = None


class Source(Struct, rename="camel", gc=False):
    """Where a line or its text comes from: `origin` or `forkedFrom`."""

    kind: str | None = None
    session_id: str | None = None


class Permission(Struct, gc=False):
    """How the use of a tool was decided."""

    decision: str | None = None
    source: str | None = None


class ModelUsage(Struct, rename="camel", gc=False):
    """A model's part of a cost-state line."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    thinking_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_write_5m: Count | None = field(default=None, name="cacheCreationEphemeral5mInputTokens")
    cache_write_1h: Count | None = field(default=None, name="cacheCreationEphemeral1hInputTokens")
    web_search_requests: Count | None = None
    cost_usd: Decimal | None = field(default=None, name="costUSD")


class Compaction(Struct, rename="camel", gc=False):
    """`compactMetadata` of a compact_boundary line, `microcompactMetadata` of a smaller one."""

    trigger: str | None = None
    pre_tokens: Int | None = None
    post_tokens: Int | None = None
    duration_ms: Duration | None = None


class WorktreeSession(Struct, rename="camel", gc=False):
    """A worktree that a session works in."""

    original_cwd: str | None = None
    original_branch: str | None = None
    worktree_path: str | None = None
    worktree_branch: str | None = None


class ToolOutcome(Struct, rename="camel", gc=False):
    """`toolUseResult`: as many shapes as there are tools, so every field is read on its own."""

    structured_patch: Raw = EMPTY
    type: Raw = EMPTY
    content: Raw = EMPTY
    search_count: Raw = EMPTY
    duration_ms: Raw = EMPTY
    duration_seconds: Raw = EMPTY
    interrupted: Raw = EMPTY


class Line(Surroundings, rename="camel", gc=False):
    """One JSON object of a session file: what is read of lines of any type.

    Fields that one type alone has are read from the line a second time, by the struct of that
    type: msgspec looks a field up in the order of the struct, so fewer are faster.
    """

    type: str | None = None
    uuid: str | None = None
    parent_uuid: str | None = None
    timestamp: Time | None = None
    git_branch: str | None = None
    agent_id: str | None = None
    is_sidechain: bool | None = None
    forked_from: Source | None = None
    message: Message | None = None
    request_id: str | None = None
    is_api_error_message: bool | None = None
    is_aborted_mid_stream: bool | None = None
    is_unmetered: bool | None = None
    thinking_duration_ms: Duration | None = None
    cost_usd: Decimal | None = field(default=None, name="costUSD")
    tool_use_result: ToolOutcome | list[Raw] | str | float | bool | None = None
    source_tool_assistant_uuid: str | None = field(default=None, name="sourceToolAssistantUUID")
    tool_denial_kind: str | None = None
    permission_decision: Permission | None = None
    data: Progress | None = None


class Content(Struct, gc=False):
    """The content of a message as it stands in the file."""

    content: Raw = EMPTY


class EntryLine(Struct, rename="camel", gc=False):
    """A user line that is not only results of tools: who wrote it."""

    is_meta: bool | None = None
    is_compact_summary: bool | None = None
    origin: Source | None = None
    prompt_source: str | None = None
    turn_origin: str | None = None
    permission_mode: str | None = None
    message: Content | None = None


class Attachment(Struct, rename="camel", gc=False):
    """A prompt that was typed while Claude worked, or what a hook did."""

    type: str | None = None
    command_mode: str | None = None
    prompt: Raw = EMPTY
    origin: Source | None = None
    hook_event: str | None = None


class AttachmentLine(Struct, gc=False):
    """A line of type attachment."""

    attachment: Attachment | None = None


class SystemLine(Struct, rename="camel", gc=False):
    """A line of type system, or an API error in the place of a response."""

    subtype: str | None = None
    error: Raw = EMPTY
    cause: Raw = EMPTY
    api_error_status: Int | None = None
    retry_attempt: Int | None = None
    content: Raw = EMPTY
    duration_ms: Duration | None = None
    compact_metadata: Compaction | None = None
    microcompact_metadata: Compaction | None = None
    trigger: str | None = None
    original_model: str | None = None
    fallback_model: str | None = None
    api_refusal_category: str | None = None
    hook_count: Int | None = None
    hook_errors: list[Raw] | None = None
    prevented_continuation: bool | None = None


class TitleLine(Struct, rename="camel", gc=False):
    """A line that names a session."""

    ai_title: str | None = None
    custom_title: str | None = None
    agent_name: str | None = None
    summary: str | None = None
    leaf_uuid: str | None = None


class CostStateLine(Struct, rename="camel", gc=False):
    """Claude Code's own count of a session."""

    total_cost_usd: Decimal | None = field(default=None, name="totalCostUSD")
    model_usage: dict[str, ModelUsage] | None = None
    has_unknown_model_cost: bool | None = None
    start_time: Duration | None = None


class WorktreeLine(Struct, rename="camel", gc=False):
    """The worktree that a session works in."""

    worktree_session: WorktreeSession | None = None


class PullRequestLine(Struct, rename="camel", gc=False):
    """A pull request that a session is linked to."""

    pr_number: Int | None = None
    pr_url: str | None = None
    pr_repository: str | None = None


class Hunk(Struct):
    """A hunk of an edit's patch."""

    lines: list[str] = []


class ApiError(Struct):
    """`error` of a system line about a failed request."""

    status: Int | None = None


class ErrorCause(Struct):
    """`cause` of a system line about a request that reached no server."""

    code: Raw = EMPTY


decode_kind = Decoder(Kind).decode
decode_patch = Decoder(list[Hunk] | None).decode
decode_text = Decoder(str | None).decode
decode_api_error = Decoder(ApiError).decode
decode_error_cause = Decoder(ErrorCause).decode
