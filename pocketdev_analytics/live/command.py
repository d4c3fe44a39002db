"""`statusline` as a process: its arguments, its input, its output.

It writes one line even after an error: Claude Code shows nothing of a command that fails.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from pocketdev_analytics.live.hook import read_hook
from pocketdev_analytics.live.line import status_line
from pocketdev_analytics.live.summary import read_summary
from pocketdev_analytics.settings.locations import default_store_path

__all__ = ["StatusRequest", "parse_arguments", "print_line"]

_PLAIN_SIGNS: Final = {"≥": ">=", "→": "->", "·": "|"}


class StatusRequest(NamedTuple):
    """The store to show, None for the default, and whether to leave out colours."""

    store: Path | None = None
    is_plain: bool = False


def parse_arguments(arguments: Sequence[str]) -> StatusRequest | None:
    """Parse `[--store FILE] statusline [--plain]`; return None if it takes click to parse."""
    store = None
    rest = list(arguments)
    if rest[0] == "--store" and len(rest) > 1:
        store, rest = Path(rest[1]), rest[2:]
    elif rest[0].startswith("--store="):
        store, rest = Path(rest[0].partition("=")[2]), rest[1:]
    if rest not in (["statusline"], ["statusline", "--plain"]):
        return None
    return StatusRequest(store, is_plain="--plain" in rest)


def print_line(request: StatusRequest) -> None:
    """Write the line to the standard output."""
    try:
        line = _line(request, os.environ)
    except Exception as error:  # noqa: BLE001 - a failing command would show nothing
        line = f"pocketdev-analytics: {error}".splitlines()[0]
    _write(line)


def _line(request: StatusRequest, environ: Mapping[str, str]) -> str:
    hook = read_hook()
    return status_line(
        read_summary(request.store or default_store_path(environ)),
        hook,
        now=datetime.now(UTC),
        width=_width(environ),
        is_plain=request.is_plain or bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb",
    )


def _width(environ: Mapping[str, str]) -> int | None:
    """The width of the terminal in columns, or None if it is unknown."""
    named = environ.get("COLUMNS", "")
    if named.isdecimal() and int(named):
        return int(named)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def _write(line: str) -> None:
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        for sign, plain in _PLAIN_SIGNS.items():
            line = line.replace(sign, plain)
        line = line.encode(encoding, "replace").decode(encoding)
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # The reader is gone or the disk is full; closing the output would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
