"""Where an answer goes: to the terminal or a file, and in which format."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from pocketdev_analytics.cli._text import emit, emit_bytes, tell
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.files import told, write_file

__all__ = ["Target", "output_options", "redact_option", "target", "unnamed"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FORMATS: Final = ("table", "json", "csv", "markdown", "parquet")
#: The format of a file, by how its name ends.
_SUFFIXES: Final = {
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".md": "markdown",
    ".txt": "table",
}


_NAMED: Final = "a name cannot be told from what there is; ask without --redact to read which"


@dataclass(frozen=True, slots=True)
class Target:
    """The format of an answer, and its file; None is the terminal."""

    format: str
    file: Path | None = None

    @property
    def is_to_read(self) -> bool:
        """Whether people read it: then it may say more than the rows."""
        return self.format in {"table", "markdown"}

    def write(self, content: str | bytes) -> None:
        """Print `content`, or put it into the file, whole or not at all.

        Raises:
            ReportError: the file cannot be written.
        """
        if self.file is not None:
            write_file(self.file, content.encode() if isinstance(content, str) else content)
        elif isinstance(content, bytes):
            emit_bytes(content)
        else:
            (tell if self.is_to_read else emit)(content)


def output_options(command: _Command) -> _Command:
    """The options --format and --output of a verb that answers with rows."""
    file = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Write to this file; its end says the format: {' '.join(_SUFFIXES)}.",
    )
    kind = click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS),
        help="table or markdown to read; json, csv and parquet with every digit.  [default: table]",
    )
    return kind(file(command))


def redact_option(command: _Command) -> _Command:
    """The option --redact of a verb whose answer others may read."""
    text = "Replace names of projects, branches, titles, machines and the like by hashes."
    return click.option("--redact", "is_redacted", is_flag=True, help=text)(command)


@contextmanager
def unnamed(*, is_redacted: bool) -> Iterator[None]:
    """Say no more than that a name is none, where a redacted answer names nothing."""
    try:
        yield
    except ReportError:
        if is_redacted:
            raise ReportError(_NAMED) from None
        raise


def target(format_: str | None, output: Path | None) -> Target:
    """Where and how to write.

    Raises:
        ReportError: the file's name does not say how, or otherwise than --format.
    """
    if output is None:
        if format_ == "parquet" and sys.stdout.isatty():
            raise ReportError("Parquet is nothing to read in a terminal; write it with -o FILE")
        return Target(format_ or "table")
    named = _SUFFIXES.get(output.suffix.lower())
    with told(output):
        is_folder = output.is_dir()
    if is_folder:
        raise ReportError(f"-o {str(output)!r} is a folder; name a file in it")
    if named is None and format_ is None:
        raise ReportError(
            f"-o {str(output)!r} does not say its format; let it end with one of"
            f" {', '.join(_SUFFIXES)}, or give --format"
        )
    if named and format_ and named != format_:
        raise ReportError(
            f"-o {str(output)!r} is {named} by its name, and --format says {format_};"
            " leave one of them out"
        )
    return Target(format_ or named or "table", output)
