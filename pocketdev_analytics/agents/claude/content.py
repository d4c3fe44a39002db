"""Sizes of what a message holds; its text is measured and never kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Raw

from pocketdev_analytics.agents.claude import lines

__all__ = ["ContentSizes", "content_sizes"]


class ContentSizes(NamedTuple):
    """Characters of a response's content by kind of block, and how many tools it calls."""

    text: int = 0
    thinking: int = 0
    signature: int = 0
    tool_input: int = 0
    tool_uses: int = 0
    extra_bytes: int = 0


def content_sizes(content: Sequence[lines.Block] | str | None) -> ContentSizes:
    """Measure a response's content.

    It is evidence of the output tokens of a response whose final count was never written.
    """
    if not isinstance(content, list):
        return ContentSizes(text=len(content or ""))
    text = thinking = signature = tool_input = tools = extra = 0
    for block in content:
        if block.text:
            text += len(block.text)
            extra += _extra_bytes(block.text)
        elif block.input is not lines.EMPTY:
            words = str(memoryview(block.input), "utf-8")
            tools += 1
            tool_input += len(words)
            extra += _extra_bytes(words)
        elif block.thinking is not None:
            thinking += len(block.thinking)
            signature += _text_length(block.signature)
            extra += _extra_bytes(block.thinking)
        elif block.type == "redacted_thinking":
            signature += _text_length(block.data)
    return ContentSizes(text, thinking, signature, tool_input, tools, extra)


def _extra_bytes(text: str) -> int:
    """How many more bytes than characters a text takes in UTF-8."""
    return 0 if text.isascii() else len(text.encode("utf-8", "replace")) - len(text)


def _text_length(raw: Raw) -> int:
    """The length of a text without escapes, such as base64."""
    return max(memoryview(raw).nbytes - 2, 0)
