"""What a page carries inside, and the policy that lets nothing else run or load."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode, b85encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from plotly.offline import get_plotlyjs

from pocketdev_analytics.pages.bundle import bundle
from pocketdev_analytics.pages.style import stylesheet

__all__ = [
    "content_security_policy",
    "dense",
    "dense_plotly",
    "json_for_script",
    "policy_of_style",
    "script",
    "script_sources",
]


@lru_cache(maxsize=1)
def dense_plotly() -> str:
    """plotly.js, gzipped, as `dense` text: the page unpacks it."""
    return dense(_zipped(get_plotlyjs().encode()))


def dense(zipped: bytes) -> str:
    """Bytes in 85 letters that mean nothing in HTML: a sixteenth less than base64."""
    return b85encode(zipped).translate(_HARMLESS).decode()


def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


_HARMLESS: Final = bytes.maketrans(b"<>&", b".,:")

_COMMENT: Final = ("//", "/**")

# In this order: what a file needs when it is read stands in one before it.
_EVERY_PAGE: Final = ("theme", "text", "cubes", "shapes", "draw", "csv", "write", "filters")
_OF_PAGE: Final = {
    "cost": ("cost_words", "cost_cells", "cost", "cost_keys"),
    "activity": ("activity_words", "activity_cells", "activity", "activity_keys"),
}


@lru_cache
def script(page: str) -> str:
    """The script of a page: files of one concern each, in one scope of their own.

    Comments and indentation stay in the files: no line of these is within a text.
    """
    if page not in _OF_PAGE:
        return bundle("page-static")
    names = (*_EVERY_PAGE, *_OF_PAGE[page], "start")
    lines = "".join(_beside(f"script/{name}.js") for name in names).splitlines()
    bare = (line.strip() for line in lines)
    parts = "".join(f"{line}\n" for line in bare if line and not line.startswith(_COMMENT))
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def content_security_policy(page: str) -> str:
    """Only this page's two scripts and one style sheet, each by its hash; no network.

    plotly.js fills an empty style sheet rule by rule, hence the hash of nothing,
    and sets style attributes. Browsers that know `style-src-elem` and
    `style-src-attr` do not look at `style-src`.
    """
    scripts = script_sources(script(page))
    sheets = _hashes((stylesheet("dashboard"), ""))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        f"style-src-elem {sheets}; style-src-attr 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def script_sources(script: str) -> str:
    """The hashes of the scripts that a page may run: its own, and plotly.js."""
    return _hashes((script, get_plotlyjs()))


def policy_of_style() -> str:
    """Only the page's own style sheet, by its hash: no script, no network."""
    sheet = _hashes((stylesheet("dashboard"),))
    return f"default-src 'none'; style-src {sheet}; base-uri 'none'; form-action 'none'"


def json_for_script(value: Any) -> str:
    """`value` as JSON that may stand inside a script element whatever its strings hold."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _beside(name: str) -> str:
    return files("pocketdev_analytics.dashboard").joinpath("templates", name).read_text("utf-8")


def _hashes(texts: Iterable[str]) -> str:
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
