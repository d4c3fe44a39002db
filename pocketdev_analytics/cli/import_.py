"""`import`: bring session files into the store."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.importer import ImportSummary

__all__ = ["import_"]

_WORTH_A_BAR_BYTES = 50 * 2**20


@click.command("import")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def import_(session: Session, paths: tuple[Path, ...], kind: str) -> None:
    """Bring session files into the store: only what is new since the last time.

    PATH is a Claude config folder, a projects folder or a .jsonl file. Without one it is
    your own history: CLAUDE_CONFIG_DIR, else ~/.claude and ~/.config/claude.
    """
    from pocketdev_analytics.importer import import_history

    with _Bar(is_shown=kind == "text" and sys.stderr.isatty()) as bar:
        summary = import_history(paths, session.settings.store, progress=bar.show)
    for problem in summary.problems:
        click.echo(f"skipped {problem.path}: {problem.reason}", err=True)
    if kind == "json":
        from pocketdev_analytics.cli._output import json_text

        click.echo(json_text(asdict(summary)))
    else:
        click.echo(_text(summary, session.settings.store))


class _Bar:
    """A progress bar on standard error, once there is enough to wait for."""

    def __init__(self, *, is_shown: bool) -> None:
        self.is_shown = is_shown

    def __enter__(self) -> Self:
        if self.is_shown:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

            columns = ("Importing", BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self.task = self.progress.add_task("import", visible=False)
            self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_shown:
            self.progress.stop()

    def show(self, done: int, total: int) -> None:
        if self.is_shown and total >= _WORTH_A_BAR_BYTES:
            self.progress.update(self.task, completed=done, total=total, visible=True)


def _text(summary: ImportSummary, store: Path) -> str:
    lines = [
        f"{summary.files:,} files found.",
        f"{summary.files_read:,} had something new: {summary.bytes_read / 1e6:,.1f} MB read.",
        f"{summary.responses_added:,} responses added.",
        f"{store} holds {summary.responses:,} in {summary.sessions:,} sessions.",
    ]
    if summary.quarantined_lines:
        lines.append(
            f"{summary.quarantined_lines:,} lines could not be read "
            f"({summary.lines_quarantined:,} of them new); see "
            "`pocketdev-analytics query 'select * from quarantined_lines'`."
        )
    if summary.files_gone:
        lines.append(f"{summary.files_gone:,} files are gone from disk; their figures stay.")
    return "\n".join(lines)
