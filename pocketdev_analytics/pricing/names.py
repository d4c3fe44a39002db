"""Which model a name means: the one rule for spellings.

A name is tried as it is written, then plainer and plainer, until one is priced:

1. in small letters, without blanks around it, and without a `[1m]` at its end;
2. without what a vendor puts around Anthropic's id: `anthropic/` (after which a version may
   have dots, as OpenRouter writes it), Bedrock's `anthropic.` with or without a region
   before it and `-v1:0` after it, Vertex's `@` before the date (`@default` is no date);
3. without a date (`-20250929`) or `-latest` at its end;
4. without a `-0` at its end (`claude-opus-4-0` is `claude-opus-4`).

Nothing else is taken off or put right: a misspelt name is not priced until a person says
which model it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["Spelling", "model_version", "spelled"]

_CONTEXT: Final = re.compile(r"\[1m\]$")
_BEDROCK: Final = re.compile(
    r"^(?:bedrock/)?(?:(?P<region>global|us|us-gov|eu|apac|au|jp|in|ca)\.)?"
    r"anthropic\.(?P<id>claude-.+?)(?:-v\d+(?::\d+)?)?$"
)
_DATE: Final = re.compile(r"-(?:20\d{6}|latest)$")
_VERSION: Final = re.compile(r"^claude-[a-z]+-(?P<major>\d+)(?:-(?P<minor>\d))?$")
_EVERYWHERE: Final = "global"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name and what it may stand for, the nearest first.

    `is_regional` says that Bedrock serves it from one region, which costs more.
    """

    ids: tuple[str, ...]
    is_regional: bool = False


@lru_cache
def spelled(name: str) -> Spelling:
    """The ids that `name` may stand for, by the rule at the top of this module."""
    plain = _CONTEXT.sub("", name.strip().lower())
    found = _BEDROCK.match(plain)
    vendorless = found["id"] if found else _without_vendor(plain)
    undated = _DATE.sub("", vendorless)
    ids = (name, plain, vendorless, undated, undated.removesuffix("-0"))
    region = found["region"] if found else None
    return Spelling(tuple(dict.fromkeys(ids)), region not in {None, _EVERYWHERE})


def model_version(model: str) -> tuple[int, int]:
    """The version in an id such as `claude-opus-4-6`: (4, 6); (0, 0) where there is none.

    Ids with the version first (`claude-3-7-sonnet`) are older than any rule that asks.
    """
    found = _VERSION.match(model)
    return (int(found["major"]), int(found["minor"] or 0)) if found else (0, 0)


def _without_vendor(name: str) -> str:
    if name.startswith("anthropic/"):
        return name.removeprefix("anthropic/").replace(".", "-")
    base, at, version = name.partition("@")
    return base if not at or version == "default" else f"{base}-{version}"
