"""`export`: write the store to files, for other machines and tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._files import redact_option
from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.formatting import count_of

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["export"]


@click.group("export")
def export() -> None:
    """Export the store to files, for other machines and tools."""


@export.command("store")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["parquet"]),
    default="parquet",
    show_default=True,
    help="Parquet files by month, and a manifest.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    help="Folder to write; an existing export is replaced.",
)
@redact_option
@click.pass_obj
def store(session: Session, /, *, kind: str, folder: Path, is_redacted: bool) -> None:
    """Export the facts of the store to the folder DIR.

    `import DIR` merges them into another store; no response counts twice. The export has no text
    of prompts or files. It has the names of projects, titles and branches, unless you --redact.
    """
    from pocketdev_analytics.redaction import store_redaction
    from pocketdev_analytics.store.export import export_store

    path = session.settings.store
    manifest = export_store(folder, path, redaction=store_redaction(path) if is_redacted else None)
    rows = count_of(sum(file.rows for file in manifest.files), "row")
    files = count_of(len(manifest.files), f"{kind} file")
    machines = ", ".join(manifest.machines) or "no machine"
    tell(f"{folder}: {rows} in {files}, of {machines}.")
