"""The target of output: the terminal or a file, and the format."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from pocketdev_analytics.cli._text import emit, emit_bytes, tell
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.files.output import output_errors, write_file

__all__ = ["Target", "find_target", "output_options", "redact_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FORMATS: Final = ("table", "json", "csv", "markdown", "parquet", "xlsx")
#: The format of a file by its extension.
_SUFFIXES: Final = {
    ".json": "json",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".md": "markdown",
    ".txt": "table",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The format of the output, and its file; None is the terminal."""

    format: str
    file: Path | None = None

    @property
    def is_to_read(self) -> bool:
        """Whether people read it, so that it may say more than the rows."""
        return self.format in {"table", "markdown"}

    def write(self, content: str | bytes) -> None:
        """Print `content`, or write the file, whole or not at all.

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
    """Add the options --format and --output."""
    file = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Write to this file; the format is taken from its extension: {' '.join(_SUFFIXES)}.",
    )
    kind = click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS),
        help="table or markdown to read; json, csv and parquet with all digits; xlsx for Excel."
        "  [default: table]",
    )
    return kind(file(command))


def redact_option(command: _Command) -> _Command:
    """Add the option --redact."""
    text = "Replace the names of projects, branches, titles, machines and so on by hashes."
    return click.option("--redact", "is_redacted", is_flag=True, help=text)(command)


def find_target(format_: str | None, output: Path | None) -> Target:
    """Return where and in which format to write.

    Raises:
        ReportError: neither the file's name nor --format says the format, or they differ.
    """
    if output is None:
        if format_ in {"parquet", "xlsx"} and sys.stdout.isatty():
            name = "Parquet" if format_ == "parquet" else "a workbook"
            raise ReportError(f"refusing to write {name} to a terminal; use -o FILE")
        return Target(format_ or "table")
    named = _SUFFIXES.get(output.suffix.lower())
    with output_errors(output):
        is_folder = output.is_dir()
    if is_folder:
        raise ReportError(f"-o {str(output)!r} is a folder; expected a file")
    if named is None and format_ is None:
        raise ReportError(
            f"-o {str(output)!r} has no known extension; expected one of: {', '.join(_SUFFIXES)};"
            " or give --format"
        )
    if named and format_ and named != format_:
        raise ReportError(
            f"-o {str(output)!r} means {named}, but --format is {format_}; give only one of them"
        )
    return Target(format_ or named or "table", output)
