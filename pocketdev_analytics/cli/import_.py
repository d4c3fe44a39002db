"""`import`: import session files into the store."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._progress import ImportBar
from pocketdev_analytics.cli._text import emit, tell
from pocketdev_analytics.formatting import count_of
from pocketdev_analytics.settings.config import parse_machine

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.importer import ImportSummary

__all__ = ["import_"]


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@click.option(
    "--machine",
    metavar="NAME",
    help="Machine that new files come from.  [env: POCKETDEV_ANALYTICS_MACHINE; default: "
    "as configured, else this host's name]",
)
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def import_(session: Session, paths: tuple[Path, ...], machine: str | None, kind: str) -> None:
    """Import session files into the store: only what is new since the last import.

    PATH is a config folder of Claude Code or Codex, a folder of session files, one file, or a
    folder written by `export store`, here or on another machine. The default is your own
    history: CLAUDE_CONFIG_DIR, else ~/.claude and ~/.config/claude, and CODEX_HOME, else ~/.codex.
    """
    session.ending.is_immediate = True
    name = session.settings.machine if machine is None else parse_machine(machine)
    with ExitStack() as stack:
        processes = None
        if not session.settings.store.exists():
            # A first import has much to read: start processes before any library is imported.
            from pocketdev_analytics.processes import prepared

            processes = stack.enter_context(prepared())
        from pocketdev_analytics.live.importing import import_history

        bar = stack.enter_context(ImportBar(is_shown=kind == "text" and sys.stderr.isatty()))
        summary = import_history(
            paths,
            session.settings.store,
            machine=name,
            timezone=session.settings.timezone,
            progress=bar.show,
            processes=processes,
        )
    for problem in summary.problems:
        tell(f"skipped {problem.path}: {problem.reason}", err=True)
    if summary.summary_problem:
        tell(summary.summary_problem, err=True)
    if kind == "json":
        from pocketdev_analytics.cli._output import json_text

        emit(json_text(asdict(summary)))
    else:
        tell(_text(summary, session.settings.store))


def _text(summary: ImportSummary, store: Path) -> str:
    responses, sessions = (
        count_of(summary.responses, "response"),
        count_of(summary.sessions, "session"),
    )
    lines = [
        f"{count_of(summary.files, 'file')} found.",
        f"{summary.files_read:,} had something new: {summary.bytes_read / 1e6:,.1f} MB read.",
        f"{count_of(summary.responses_added, 'response')} added.",
        f"{store} holds {responses} in {sessions}.",
    ]
    if summary.quarantined_lines:
        lines.append(
            f"{count_of(summary.quarantined_lines, 'line')} could not be read "
            f"({summary.lines_quarantined:,} of them new); see "
            "`pocketdev-analytics report quarantine`."
        )
    if summary.files_gone:
        files = "file is" if summary.files_gone == 1 else "files are"
        lines.append(
            f"{summary.files_gone:,} {files} gone from disk or rewritten;"
            " what was imported is kept."
        )
    return "\n".join(lines)
