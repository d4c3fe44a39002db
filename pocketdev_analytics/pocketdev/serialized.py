"""PHP's serialised scalars, as Laravel's `Crypt::encrypt` puts them into a payload.

The `encrypted` cast seals a text as it is (`encryptString`); `Crypt::encrypt` seals what PHP's
`serialize` made of a value, such as `s:5:"hello";`. Source: php.net/serialize.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["unserialized"]

_TEXT: Final = re.compile(rb's:(\d{1,10}):"(.*)";', re.DOTALL)
_NUMBER: Final = re.compile(r"(?:i:(-?\d+)|d:(-?[\d.]+(?:E[+-]?\d+)?));")
_BOOLEAN: Final = re.compile(r"b:([01]);")


def unserialized(text: str) -> str:
    """Return the scalar that `text` serialises, as text; `text` itself if it is none.

    A text, whose length must be right, comes without its marks; a number as its digits; a
    boolean as "true" or "false".
    """
    if found := _TEXT.fullmatch(text.encode()):
        size, content = found.groups()
        return content.decode() if int(size) == len(content) else text
    if number := _NUMBER.fullmatch(text):
        return number.group(1) or number.group(2)
    if boolean := _BOOLEAN.fullmatch(text):
        return "true" if boolean.group(1) == "1" else "false"
    return text
