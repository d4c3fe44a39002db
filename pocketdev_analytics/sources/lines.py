"""The shapes of Claude Code's lines, as far as this package reads them.

Everything not named here is skipped unread, above all the text of messages.
A field may be absent or null in any version; a wrong type is an error that
names its place.

A line is decoded in one pass. Where its message has another shape than ours, it
may still be a line whose message nobody reads: `decode_leniently` takes it apart
piece by piece, and tells what is wrong with the pieces that are read.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

__all__ = [
    "EMPTY",
    "Block",
    "CostState",
    "Embedded",
    "EmbeddedHead",
    "Instant",
    "Iteration",
    "Line",
    "LineHead",
    "Message",
    "MessageHead",
    "Progress",
    "TokenCounts",
    "ToolOutcome",
    "Usage",
    "decode_api_error",
    "decode_compaction",
    "decode_cost_states",
    "decode_error_cause",
    "decode_kind",
    "decode_line",
    "decode_patch",
    "decode_text",
    "decode_tool_outcome",
]

Instant = Annotated[datetime, Meta(tz=True)]
# A count beyond this is no count of tokens, and would not fit a sum of 64 bits.
Count = Annotated[int, Meta(ge=0, le=10**12)]
# What the store's integers hold, and what a float holds exactly.
Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Duration = Annotated[float, Meta(ge=-(2**53), le=2**53)]
EMPTY = Raw()


class Kind(Struct):
    """The type of any line, whatever it is."""

    type: Any = None


class CacheCreation(Struct, gc=False):
    """The split of cache writes by how long they live."""

    ephemeral_5m_input_tokens: Count | None = None
    ephemeral_1h_input_tokens: Count | None = None


class ServerToolUse(Struct, gc=False):
    """Server tools, billed per request."""

    web_search_requests: Count | None = None


class TokenCounts(Struct, gc=False):
    """What a response and an iteration of one have in common."""

    input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: CacheCreation | None = None
    output_tokens: Count | None = None


class Iteration(TokenCounts, gc=False):
    """One pass inside a response; an advisor's is a billed call of its own."""

    type: str | None = None
    model: str | None = None


class Usage(TokenCounts, gc=False):
    """`message.usage` of an assistant line."""

    server_tool_use: ServerToolUse | None = None
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    iterations: list[Iteration] | None = None


class Block(Struct, gc=False):
    """A content block: only tool_use and tool_result are read."""

    type: str | None = None
    id: str | None = None
    name: str | None = None
    tool_use_id: str | None = None
    is_error: bool | None = None
    content: Raw = EMPTY


class MessageHead(Struct, gc=False):
    """`message` of a line, without its content."""

    model: str | None = None
    id: str | None = None
    stop_reason: str | None = None
    usage: Usage | None = None


class Message(MessageHead, gc=False):
    """`message` of an assistant or user line; `content` is a text or blocks."""

    content: list[Block] | str | None = None


class EmbeddedHead(Struct, rename="camel", gc=False):
    """What a progress line says of the message that it carries."""

    type: str | None = None
    timestamp: Instant | None = None
    uuid: str | None = None
    request_id: str | None = None


class Embedded(EmbeddedHead, rename="camel", gc=False):
    """A message that a progress line carries."""

    message: Message | None = None


class Progress(Struct, rename="camel", gc=False):
    """`data` of a progress line."""

    message: Embedded | None = None
    agent_id: str | None = None


class LineHead(Struct, rename="camel", gc=False):
    """One JSON object of a session file, without its message."""

    parent_uuid: str | None = None
    is_sidechain: bool | None = None
    cwd: str | None = None
    session_id: str | None = None
    version: str | None = None
    git_branch: str | None = None
    agent_id: str | None = None
    type: str | None = None
    subtype: str | None = None
    request_id: str | None = None
    uuid: str | None = None
    timestamp: Instant | None = None
    is_meta: bool | None = None
    is_compact_summary: bool | None = None
    is_api_error_message: bool | None = None
    error: Raw = EMPTY
    cause: Raw = EMPTY
    api_error_status: Int | None = None
    retry_attempt: Int | None = None
    duration_ms: Duration | None = None
    compact_metadata: Raw = EMPTY
    cost_usd: Decimal | None = field(default=None, name="costUSD")
    ai_title: str | None = None
    custom_title: str | None = None
    agent_name: str | None = None
    summary: str | None = None
    leaf_uuid: str | None = None
    total_cost_usd: Decimal | None = field(default=None, name="totalCostUSD")
    model_usage: Raw = EMPTY


class ToolOutcome(Struct, rename="camel", gc=False):
    """`toolUseResult` as far as it is an edit's; read no further where there is no patch."""

    structured_patch: Raw = EMPTY
    type: Raw = EMPTY
    content: Raw = EMPTY


class Line(LineHead, rename="camel", gc=False):
    """One JSON object of a session file; a tool's outcome has as many shapes as there are tools."""

    message: Message | None = None
    data: Progress | None = None
    tool_use_result: ToolOutcome | list[Raw] | str | float | bool | None = None


class Hunk(Struct):
    """A hunk of an edit's patch."""

    lines: list[str] = []


class ApiError(Struct):
    """`error` of a system line about a failed request."""

    status: Int | None = None


class ErrorCause(Struct):
    """`cause` of a system line about a request that reached no server."""

    code: Raw = EMPTY


class Compaction(Struct, rename="camel"):
    """`compactMetadata` of a compact_boundary line."""

    trigger: str | None = None
    pre_tokens: Int | None = None


class CostState(Struct, rename="camel"):
    """A model's part of a cost-state line."""

    cost_usd: Decimal | None = field(default=None, name="costUSD")


decode_line = Decoder(Line).decode
decode_kind = Decoder(Kind).decode
decode_patch = Decoder(list[Hunk] | None).decode
decode_text = Decoder(str | None).decode
decode_tool_outcome = Decoder(ToolOutcome).decode
decode_api_error = Decoder(ApiError).decode
decode_error_cause = Decoder(ErrorCause).decode
decode_compaction = Decoder(Compaction).decode
decode_cost_states = Decoder(dict[str, CostState]).decode
