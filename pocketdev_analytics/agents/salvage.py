"""Salvage the objects of a line that is not one JSON object.

Real files hold lines with two objects and no newline between, lines that were cut and written
on, lone surrogate escapes and bytes that are not UTF-8.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

__all__ = ["leading_objects", "split_objects"]

# A UTF-16 surrogate escape without its other half, which UTF-8 cannot encode.
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
# How Claude Code begins a line, also after one that was cut.
_LINE_START = re.compile(r'\{\s*"(?:parentUuid|type|uuid)"\s*:')
_SPACE = re.compile(r"\s*")
_decoder = json.JSONDecoder()
# How many times the text of a line may be searched for the beginning of another: a cut line has
# few objects that do not end, a hostile one as many as it has characters.
_TIMES = 50


def split_objects(raw: bytes) -> tuple[list[bytes], str | None]:
    """Return the complete JSON objects of a line, and why the rest of it cannot be read.

    Lone surrogates and bytes that are not UTF-8 become U+FFFD. The reason is None if nothing
    remains, and never holds any of the line's text.
    """
    text = _text(raw)
    objects: list[bytes] = []
    reason = None
    position = 0
    search = _Search(text, _TIMES * len(text))
    while position < len(text):
        try:
            end = _end_of_object(text, position)
        except (ValueError, RecursionError) as error:
            reason = reason or f"not JSON: {_message(error)}"
            if (start := search.next_start(position + 1)) is None:
                break
            position = start
            continue
        objects.append(text[position:end].encode())
        position = _skip_space(text, end)
    return objects, reason


def leading_objects(raw: bytes) -> tuple[list[bytes], bool]:
    """Return the complete JSON objects at the beginning of a line, and whether they are all."""
    text = _text(raw)
    objects: list[bytes] = []
    position = 0
    while position < len(text):
        try:
            end = _end_of_object(text, position)
        except (ValueError, RecursionError):
            return objects, False
        objects.append(text[position:end].encode())
        position = _skip_space(text, end)
    return objects, True


def _text(raw: bytes) -> str:
    return _LONE_SURROGATE.sub(r"\\ufffd", raw.decode("utf-8", "replace").strip("\ufeff\0 \t\r"))


def _end_of_object(text: str, position: int) -> int:
    """Return where the object at `position` ends, or another value that ends the text.

    Raises:
        ValueError, RecursionError: there is no such value.
    """
    _, end = _decoder.raw_decode(text, position)
    if text[position] != "{" and end < len(text):
        raise json.JSONDecodeError("Expecting an object", text, position)
    return end


@dataclass(slots=True)
class _Search:
    """Searches `text` for lines, reading no more than `remaining` characters."""

    text: str
    remaining: int

    def next_start(self, position: int) -> int | None:
        """Return where the next complete line begins, or None.

        An object embedded in the broken one is followed by the rest of that one, a complete
        line by another line or by nothing.
        """
        for match in _LINE_START.finditer(self.text, position):
            if self.remaining < 0:
                break
            end, is_object = self._read(match.start())
            self.remaining -= end - match.start()
            after = _skip_space(self.text, end)
            if is_object and self.text[after : after + 1] in ("", "{"):
                return match.start()
        return None

    def _read(self, start: int) -> tuple[int, bool]:
        """Return where reading the object at `start` stops, and whether the object ends there."""
        try:
            return _decoder.raw_decode(self.text, start)[1], True
        except (ValueError, RecursionError):
            return len(self.text), False


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _message(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (character {error.pos})"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number too long"
