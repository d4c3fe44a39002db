"""`notebooks`: copies of the notebooks to work with, or JupyterLab on them."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._history import chosen_history
from pocketdev_analytics.cli._text import tell
from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.settings.config import STORE_VARIABLE, TIMEZONE_VARIABLE

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["notebooks"]


@click.command()
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DIR] [-- JUPYTER OPTIONS]")
@click.option("--overwrite", is_flag=True, help="Replace notebooks of the same name in DIR.")
@click.option("--lab", is_flag=True, help="Then open them in JupyterLab, on an up-to-date store.")
@click.option(
    "--source",
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="With --lab: another history than your own.",
)
@click.pass_obj
def notebooks(
    session: Session,
    arguments: tuple[str, ...],
    overwrite: bool,  # noqa: FBT001 - click names its flags
    lab: bool,  # noqa: FBT001
    source: Path | None,
) -> None:
    """Lay fresh copies of the notebooks into DIR (default: the folder you are in).

    With --lab and no DIR, copies next to your store are opened; those that are there already stay
    as you left them. Options after -- go to JupyterLab, such as: --lab -- --no-browser --port 9000
    """
    from pocketdev_analytics.notebooks import copy_notebooks

    folder, options = _split(arguments, is_lab=lab)
    copies = folder or (session.settings.store.parent / "notebooks" if lab else Path())
    for copy in copy_notebooks(copies, overwrite=overwrite, is_kept=lab and not folder):
        tell(f"{copy}")
    if lab:
        with chosen_history(session.settings, source) as history:
            _open_lab(copies, history.store, session.settings.timezone, options)


def _split(arguments: tuple[str, ...], *, is_lab: bool) -> tuple[Path | None, list[str]]:
    """The folder, and the options for JupyterLab."""
    has_folder = bool(arguments) and not arguments[0].startswith("-")
    folder = Path(arguments[0]) if has_folder else None
    options = list(arguments[1:] if has_folder else arguments)
    if options and not is_lab:
        raise click.UsageError(f"unexpected argument {options[0]!r}; options go to --lab alone")
    if folder and folder.is_file():
        raise click.UsageError(f"{str(folder)!r} is a file; expected a folder")
    return folder, options


def _open_lab(folder: Path, store: Path, timezone: str, options: list[str]) -> None:
    if find_spec("jupyterlab") is None:
        raise ConfigurationError(
            "JupyterLab is not installed; run: pip install 'pocketdev_analytics[notebooks]'"
        )
    # JupyterLab refuses to run as root, as in most containers, without --allow-root.
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    as_root = ["--allow-root"] if is_root and "--allow-root" not in options else []
    subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", "jupyterlab", str(folder), *as_root, *options],
        check=False,
        env={**os.environ, STORE_VARIABLE: str(store), TIMEZONE_VARIABLE: timezone},
    )
