"""Objects from a line that is not one JSON object.

Real files hold lines with two objects and no newline between, lines cut off and
written on, lone surrogate escapes and bytes that are not UTF-8.
"""

from __future__ import annotations

import json
import re

__all__ = ["split_objects"]

# A UTF-16 surrogate escape without its other half: no Unicode text, so no UTF-8.
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
# How Claude Code begins a line; where a cut-off line is written on, it begins there.
_LINE_START = re.compile(r'\{\s*"(?:parentUuid|type|uuid)"\s*:')
_SPACE = re.compile(r"\s*")
_decoder = json.JSONDecoder()


def split_objects(raw: bytes) -> tuple[list[bytes], str | None]:
    """The whole JSON objects of a line, and why the rest of it cannot be read.

    Lone surrogates and bytes that are no UTF-8 become U+FFFD. The reason is None
    when nothing is left over, and never holds any of the line's text.
    """
    text = _LONE_SURROGATE.sub(r"\\ufffd", raw.decode("utf-8", "replace").strip("\ufeff\0 \t\r"))
    objects: list[bytes] = []
    reason = None
    position = 0
    while position < len(text):
        try:
            _, end = _decoder.raw_decode(text, position)
            if text[position] != "{" and end < len(text):
                raise json.JSONDecodeError("Expecting an object", text, position)
        except (ValueError, RecursionError) as error:
            reason = reason or f"not JSON: {_message(error)}"
            if (start := _next_start(text, position + 1)) is None:
                break
            position = start
            continue
        objects.append(text[position:end].encode())
        position = _skip_space(text, end)
    return objects, reason


def _next_start(text: str, position: int) -> int | None:
    """Where the next whole line begins inside `text`.

    An object embedded in the broken one is followed by the rest of that, a whole
    line by another line or by nothing.
    """
    for match in _LINE_START.finditer(text, position):
        try:
            _, end = _decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if text[(after := _skip_space(text, end)) : after + 1] in ("", "{"):
            return match.start()
    return None


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _message(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.pos})"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number too long"
