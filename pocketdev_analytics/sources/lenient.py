"""Lines whose message has another shape than ours: what can be read of them, and what cannot.

A line of another kind may carry a `message` or `data` of its own, which nobody reads; a
message may be ours but for its content. It costs three passes instead of one, for the few
lines that need it.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Raw, ValidationError
from msgspec.json import Decoder
from msgspec.structs import asdict

from pocketdev_analytics.sources.lines import (
    EMPTY,
    Embedded,
    EmbeddedHead,
    Line,
    LineHead,
    Message,
    MessageHead,
    Progress,
    decode_tool_outcome,
)
from pocketdev_analytics.sources.values import is_list, is_object

__all__ = ["Lenient", "content_bytes", "decode_leniently"]


class Lenient(NamedTuple):
    """A line without those of its pieces that cannot be read, and what is wrong with these."""

    line: Line
    problem: ValidationError | None


class _Pieces(LineHead, rename="camel"):
    message: Raw = EMPTY
    data: Raw = EMPTY
    tool_use_result: Raw = EMPTY


class _Embedding(EmbeddedHead, rename="camel"):
    message: Raw = EMPTY


class _ProgressPieces(msgspec.Struct, rename="camel"):
    message: _Embedding | None = None
    agent_id: str | None = None


class _Content(msgspec.Struct):
    content: Raw = EMPTY


class _ContentLine(msgspec.Struct):
    message: _Content


_decode_pieces = Decoder(_Pieces).decode
_decode_progress_pieces = Decoder(_ProgressPieces).decode
_decode_message = Decoder(Message).decode
_decode_message_head = Decoder(MessageHead).decode
_decode_content = Decoder(_Content).decode
_decode_content_line = Decoder(_ContentLine).decode


def decode_leniently(raw: bytes | memoryview) -> Lenient:
    """What can be read of a line that is no `Line`.

    Raises:
        msgspec.ValidationError: what the line says of itself cannot be read.
    """
    pieces = _decode_pieces(raw)
    message, data, problem = None, None, None
    if pieces.type in ("assistant", "user"):
        message, problem = _message(pieces.message)
    elif pieces.type == "progress":
        data, problem = _progress(pieces.data)
    outcome = None
    if is_object(pieces.tool_use_result):
        outcome = decode_tool_outcome(pieces.tool_use_result)
    read = {"message": message, "data": data, "tool_use_result": outcome}
    return Lenient(Line(**{**asdict(pieces), **read}), problem)


def content_bytes(raw: bytes | memoryview) -> int:
    """The size of a message's content, as JSON in the file."""
    return memoryview(_decode_content_line(raw).message.content).nbytes


def _message(raw: Raw) -> tuple[Message | None, ValidationError | None]:
    if not is_object(raw):
        return None, None
    try:
        return _decode_message(raw), None
    except ValidationError as error:
        problem = error
    try:
        head = _decode_message_head(raw)
    except ValidationError as error:
        return None, error
    # A content that is neither a text nor a list of blocks is nothing to be read.
    is_ours = is_list(_decode_content(raw).content)
    return Message(**asdict(head)), problem if is_ours else None


def _progress(raw: Raw) -> tuple[Progress | None, ValidationError | None]:
    if not is_object(raw):
        return None, None
    try:
        pieces = _decode_progress_pieces(raw)
    except ValidationError:
        return None, None  # a progress of another kind, with a `message` of its own
    if pieces.message is None:
        return None, None
    message, problem = _message(pieces.message.message)
    embedded = Embedded(**{**asdict(pieces.message), "message": message})
    return Progress(message=embedded, agent_id=pieces.agent_id), problem
