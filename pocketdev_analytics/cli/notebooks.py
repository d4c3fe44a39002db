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
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]", required=False
)
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
    folder: Path | None,
    overwrite: bool,  # noqa: FBT001 - click names its flags
    lab: bool,  # noqa: FBT001
    source: Path | None,
) -> None:
    """Lay fresh copies of the notebooks into DIR (default: the folder you are in).

    With --lab and no DIR, the notebooks are opened where they are.
    """
    from pocketdev_analytics.files.resources import notebooks_dir
    from pocketdev_analytics.notebooks import copy_notebooks

    if folder or not lab:
        for copy in copy_notebooks(folder or Path(), overwrite=overwrite):
            tell(f"{copy}")
    if lab:
        with chosen_history(session.settings, source) as history:
            _open_lab(folder or notebooks_dir(), history.store, session.settings.timezone)


def _open_lab(folder: Path, store: Path, timezone: str) -> None:
    if find_spec("jupyterlab") is None:
        raise ConfigurationError(
            "JupyterLab is not installed; run: pip install 'pocketdev_analytics[notebooks]'"
        )
    subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", "jupyterlab", str(folder)],
        check=False,
        env={**os.environ, STORE_VARIABLE: str(store), TIMEZONE_VARIABLE: timezone},
    )
