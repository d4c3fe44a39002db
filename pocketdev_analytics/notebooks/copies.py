"""The notebooks that come with the package, and fresh copies of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.files.resources import notebooks_dir

__all__ = ["copy_notebooks", "shipped_notebooks", "title_of"]


def shipped_notebooks() -> list[Path]:
    """The notebooks' files, by name."""
    return sorted(notebooks_dir().glob("*.ipynb"))


def title_of(notebook: Path) -> str:
    """The first heading of a shipped notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return str(cells[0]["source"][0]).removeprefix("# ").strip()


def copy_notebooks(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Copy the notebooks to `folder`, which is made where it is missing; the copies' paths.

    Raises:
        ConfigurationError: a notebook of that name is there already, or the folder
            cannot be written.
    """
    copies = [folder / notebook.name for notebook in shipped_notebooks()]
    if taken := [copy for copy in copies if copy.exists() and not overwrite]:
        raise ConfigurationError(
            f"{taken[0]} is there already; name another folder, or say --overwrite"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook, copy in zip(shipped_notebooks(), copies, strict=True):
            shutil.copyfile(notebook, copy)
    except OSError as error:
        raise ConfigurationError(
            f"cannot write notebooks to {folder}: {error.strerror}; name another folder"
        ) from None
    return copies
