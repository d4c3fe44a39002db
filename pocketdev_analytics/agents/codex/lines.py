"""The JSON shapes of a rollout's lines, as far as this package reads them.

Every payload is read as one struct: fields that are not named here are skipped unread, and of
texts only the bytes are measured (`Raw`). A field may be absent or null in any version.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

__all__ = ["EMPTY", "Change", "Item", "Line", "Payload", "RateLimits", "Usage", "Window"]

Time = Annotated[datetime, Meta(tz=True)]
#: A larger number is not a token count, and its sums would not fit 64 bits.
Count = Annotated[int, Meta(ge=0, le=10**12)]
Int = Annotated[int, Meta(ge=-(2**53), le=2**53)]
EMPTY = Raw()


class Usage(Struct, gc=False):
    """Token counts: cached and cache-write are part of input, reasoning is part of output."""

    input_tokens: Count | None = None
    cached_input_tokens: Count | None = None
    cache_write_input_tokens: Count | None = None
    output_tokens: Count | None = None
    reasoning_output_tokens: Count | None = None


class Info(Struct, gc=False):
    """What a token_count states: the thread's running total and the last call's usage."""

    total_token_usage: Usage | None = None
    last_token_usage: Usage | None = None


class Window(Struct, gc=False):
    """A window of a rate limit."""

    used_percent: Decimal | None = None
    window_minutes: Int | None = None
    resets_at: Int | None = None


class RateLimits(Struct, gc=False):
    """The plan's limits as the last response stated them."""

    limit_id: str | None = None
    primary: Window | None = None
    secondary: Window | None = None
    plan_type: str | None = None


class Settings(Struct, gc=False):
    """Settings of a thread from here on; without a service tier it is the default one."""

    service_tier: str | None = None


class Git(Struct, gc=False):
    """The state of the folder's repository when the thread began."""

    branch: str | None = None


class Change(Struct, gc=False):
    """A change of one file by a patch."""

    type: str | None = None
    unified_diff: str | None = None
    content: str | None = None


class Span(Struct, gc=False):
    """A duration."""

    secs: Int = 0
    nanos: Int = 0


class Item(Struct, gc=False):
    """What an item_completed event is about."""

    type: str | None = None
    id: str | None = None
    tool: str | None = None
    server: str | None = None
    status: str | None = None
    exit_code: Int | None = None
    duration: Span | None = None
    changes: dict[str, Change] | None = None
    content: Raw = EMPTY
    aggregated_output: Raw = EMPTY


class TurnError(Struct, gc=False):
    """Why a turn ended without an answer."""

    codex_error_info: Raw = EMPTY


class Payload(Struct, gc=False):
    """The payload of any line."""

    type: str | None = None
    id: str | None = None
    role: str | None = None
    name: str | None = None
    namespace: str | None = None
    call_id: str | None = None
    turn_id: str | None = None
    model: str | None = None
    effort: str | None = None
    cwd: str | None = None
    info: Info | None = None
    rate_limits: RateLimits | None = None
    usage: Usage | None = None
    response_id: str | None = None
    thread_id: str | None = None
    session_id: str | None = None
    thread_settings: Settings | None = None
    item: Item | None = None
    forked_from_id: str | None = None
    parent_thread_id: str | None = None
    source: Raw = EMPTY
    originator: str | None = None
    cli_version: str | None = None
    git: Git | None = None
    message: Raw = EMPTY
    output: Raw = EMPTY
    thread_name: str | None = None
    compaction_response_id: str | None = None
    exit_code: Int | None = None
    success: bool | None = None
    duration: Span | None = None
    duration_ms: Int | None = None
    changes: dict[str, Change] | None = None
    reason: str | None = None
    error: TurnError | None = None
    codex_error_info: Raw = EMPTY


class Line(Payload, gc=False):
    """A line; before 0.32 an item without a payload, and a first line that is the session's."""

    timestamp: Time | None = None
    record_type: str | None = None
    updated_at: Time | None = None
    payload: Payload | None = field(default=None)
