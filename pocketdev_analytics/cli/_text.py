"""Write to the standard output and error: the only module of the command line that does.

Names come from session files, other machines and databases: they may hold sequences that move
the cursor, rename the window or type for the person. A terminal never gets them.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import Final, TextIO

import click

from pocketdev_analytics.formatting import format_tokens

__all__ = [
    "abandon_unwritten",
    "emit",
    "emit_bytes",
    "in_encoding",
    "printable",
    "short_count",
    "tell",
    "unmarked",
    "without_controls",
]

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]")


def printable(text: str) -> str:
    """Return `text` in one line without control characters; a title may contain any character."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def without_controls(text: str) -> str:
    """Return `text` with its line breaks, without other control characters."""
    return "\n".join(map(printable, text.split("\n")))


def unmarked(text: str) -> str:
    """Return `text` in one line, escaped for Markdown."""
    return _MARKUP.sub(r"\\\g<0>", printable(text))


def tell(text: str, *, err: bool = False, is_warning: bool = False) -> None:
    """Print text for people, without control characters; a warning in colour."""
    words = without_controls(text.removesuffix("\n"))
    _write(f"{click.style(words, 'yellow', bold=True) if is_warning else words}\n", err=err)


def emit(text: str) -> None:
    """Print what programs read, unchanged; a terminal gets it without control characters.

    What the output's encoding has no character for is written in UTF-8.
    """
    line = text if text.endswith("\n") else f"{text}\n"
    if _is_terminal(sys.stdout):
        tell(line)
    elif _fits(line, sys.stdout):
        _write(line, is_exact=True)
    else:
        emit_bytes(line.encode(errors="surrogatepass"))


def emit_bytes(content: bytes) -> None:
    """Print what programs read, byte by byte."""
    _write(content, is_exact=True)


def short_count(value: int) -> str:
    """Format a count in its shorter form: `1,234`, `12.3 M`."""
    whole, short = f"{value:,}", printable(format_tokens(value))
    return short if len(short) < len(whole) else whole


def in_encoding(text: str, encoding: str) -> str:
    """Replace the characters of `text` that `encoding` lacks."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.replace("≥", ">=").replace("─", "-").replace("…", ".")
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def _write(content: str | bytes, *, err: bool = False, is_exact: bool = False) -> None:
    """Write `content`; all output of the command line goes through here.

    Unless it `is_exact`, colours are left out where the output is not a terminal.

    Raises:
        click.ClickException: the output cannot be written, as on a full disk; click handles a
            closed pipe by ending silently.
    """
    stream: TextIO | None = sys.stderr if err else sys.stdout
    if stream is None:  # closed before the program began
        return
    if isinstance(content, str):
        content = in_encoding(content, stream.encoding or "utf-8")
    try:
        click.echo(content, file=stream, nl=False, color=True if is_exact else None)
    except BrokenPipeError:
        raise
    except OSError as error:
        _abandon(stream)
        name = "error" if err else "output"
        reason = error.strerror or str(error)
        raise click.ClickException(f"cannot write to the standard {name}: {reason}") from None


def _abandon(stream: TextIO) -> None:
    """Discard what is buffered: closing the stream would fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def abandon_unwritten() -> None:
    """Discard unwritten output if the standard output or error cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _abandon(stream)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _fits(text: str, stream: TextIO | None) -> bool:
    try:
        text.encode((stream and stream.encoding) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
