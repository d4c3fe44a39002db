"""Projects as a person types them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pocketdev_analytics.exceptions import ReportError

__all__ = ["checked_name", "typed_project"]

_HERE: Final = ("./", "../", ".\\", "..\\", "~")


def typed_project(text: str) -> str:
    """What a person types of a folder they stand in or own, in full; all else as it is."""
    is_here = text in {".", ".."} or text.startswith(_HERE)
    return checked_name(str(Path(text).expanduser().resolve()) if is_here else text)


def checked_name(text: str) -> str:
    """`text` if it is UTF-8, as every name in a store is.

    Raises:
        ReportError: it is not: a shell hands on any bytes.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ReportError(f"{text!r} is no UTF-8 text, as names are; write another") from None
    return text
