"""The embedded parts of a page, and its content security policy, which allows nothing else."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode, b85encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from plotly.offline import get_plotlyjs

from pocketdev_analytics.pages.style import stylesheet

__all__ = [
    "content_security_policy",
    "dense",
    "dense_plotly",
    "json_for_script",
    "policy_of_style",
    "script_sources",
]


@lru_cache(maxsize=1)
def dense_plotly() -> str:
    """plotly.js, gzipped and encoded by `dense`; the script unpacks it."""
    return dense(_zip_columns(get_plotlyjs().encode()))


def dense(zipped: bytes) -> str:
    """Encode bytes in 85 letters that mean nothing in HTML: a sixteenth less than base64."""
    return b85encode(zipped).translate(_HARMLESS).decode()


def _zip_columns(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


_HARMLESS: Final = bytes.maketrans(b"<>&", b".,:")


def content_security_policy(script: str) -> str:
    """Allow only these scripts and the style sheet of dashboards, each by its hash; no network.

    plotly.js fills an empty style sheet rule by rule, hence the hash of nothing,
    and sets style attributes. Browsers that know `style-src-elem` and
    `style-src-attr` do not look at `style-src`.
    """
    sheets = _hashes((stylesheet("dashboard"), ""))
    return (
        f"default-src 'none'; script-src {script_sources(script)}; style-src 'unsafe-inline'; "
        f"style-src-elem {sheets}; style-src-attr 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def script_sources(script: str) -> str:
    """The hashes of the scripts that a page may run: its own and plotly.js."""
    return _hashes((script, get_plotlyjs()))


def policy_of_style() -> str:
    """Allow only the page's own style sheet, by its hash: no script, no network."""
    sheet = _hashes((stylesheet("dashboard"),))
    return f"default-src 'none'; style-src {sheet}; base-uri 'none'; form-action 'none'"


def json_for_script(value: Any) -> str:
    """Write `value` as JSON that is safe inside a script element."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _hashes(texts: Iterable[str]) -> str:
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
