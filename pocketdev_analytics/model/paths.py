r"""Canonical paths of folders, so that different spellings of a path are one project.

`C:\x`, `c:\x`, `C:/x` and `C:\x\` are `C:\x`; `/srv/app/` and `/srv//app` are `/srv/app`;
`é` as two code points (macOS) is `é` as one. Otherwise case matters, and a backslash in a POSIX
path is part of a name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["canonical_path", "with_slashes"]

_LONG_PATH: Final = "\\\\?\\"
_DRIVE: Final = re.compile(r"(?P<letter>[A-Za-z]):(?=[\\/]|$)")
_SHARE: Final = "\\\\"


@lru_cache(maxsize=65_536)
def canonical_path(path: str) -> str:
    """Return the canonical spelling of a path; a relative path only loses its last separators."""
    text = unicodedata.normalize("NFC", path)
    drive = _DRIVE.match(text.removeprefix(_LONG_PATH))
    if drive:
        rest = text.removeprefix(_LONG_PATH)[drive.end() :].replace("/", "\\")
        return f"{drive['letter'].upper()}:\\{_join(rest, chr(92))}"
    if text.startswith(_SHARE):
        return f"{_SHARE}{_join(text.replace('/', chr(92)), chr(92))}"
    if text.startswith("/"):
        return f"/{_join(text, '/')}"
    return text.rstrip("/\\") or text


def with_slashes(path: str) -> str:
    """Return the canonical path with `/` as its only separator and none at its end."""
    return canonical_path(path).replace("\\", "/").rstrip("/")


def _join(path: str, separator: str) -> str:
    return separator.join(filter(None, path.split(separator)))
