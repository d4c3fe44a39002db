"""The shipped notebooks, and copies of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.files.resources import notebooks_dir

__all__ = ["copy_notebooks", "shipped_notebooks", "title_of"]


def shipped_notebooks() -> list[Path]:
    """Return the files of the shipped notebooks, by name."""
    return sorted(notebooks_dir().glob("*.ipynb"))


def title_of(notebook: Path) -> str:
    """Return the first heading of a notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return str(cells[0]["source"][0]).removeprefix("# ").strip()


def copy_notebooks(folder: Path, *, overwrite: bool = False, is_kept: bool = False) -> list[Path]:
    """Copy the notebooks to `folder`, which is created if missing; return the copies.

    With `is_kept` notebooks that are there already stay as they are.

    Raises:
        ConfigurationError: a copy already exists, or the folder cannot be written.
    """
    copies = [folder / notebook.name for notebook in shipped_notebooks()]
    if taken := [copy for copy in copies if copy.exists() and not (overwrite or is_kept)]:
        raise ConfigurationError(
            f"{taken[0]} already exists; name another folder, or use --overwrite"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook, copy in zip(shipped_notebooks(), copies, strict=True):
            if overwrite or not copy.exists():
                shutil.copyfile(notebook, copy)
    except OSError as error:
        raise ConfigurationError(
            f"cannot write notebooks to {folder}: {error.strerror}; name another folder"
        ) from None
    return copies
