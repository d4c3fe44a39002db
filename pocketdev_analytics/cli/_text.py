"""Words and numbers as a terminal takes them."""

from __future__ import annotations

import re
import sys
from typing import Final

import click

from pocketdev_analytics.formatting import format_tokens

__all__ = ["emit", "in_encoding", "printable", "short_count", "shown", "tell", "unmarked"]

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>|~&]")


def printable(text: str) -> str:
    """`text` in one line, without what would steer the terminal: a title may hold anything."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def shown(text: str) -> str:
    """`text` in its lines, without what would steer the terminal."""
    return "\n".join(map(printable, text.split("\n")))


def unmarked(text: str) -> str:
    """`text` in one line that renders as it is in Markdown."""
    return _MARKUP.sub(r"\\\g<0>", printable(text))


def tell(text: str, *, err: bool = False) -> None:
    """Print words for people, whatever names are in them."""
    stream = sys.stderr if err else sys.stdout
    words = in_encoding(shown(text), stream.encoding or "utf-8")
    click.echo(words, nl=not words.endswith("\n"), err=err)


def emit(text: str) -> None:
    """Print what programs read, as it is: in UTF-8 where the output has no sign for some of it."""
    line = text if text.endswith("\n") else f"{text}\n"
    try:
        line.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        click.echo(line.encode(), nl=False)
    else:
        click.echo(line, nl=False)


def short_count(value: int) -> str:
    """A count in as few signs as it takes: `1,234`, `12.3 M`."""
    whole, short = f"{value:,}", printable(format_tokens(value))
    return short if len(short) < len(whole) else whole


def in_encoding(text: str, encoding: str) -> str:
    """`text` with other signs for what `encoding` has none for."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.replace("≥", ">=").replace("─", "-")
        return plain.encode(encoding, "replace").decode(encoding)
    return text
