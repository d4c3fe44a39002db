"""Executing a notebook in a kernel of its own, from the top."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pocketdev_analytics.exceptions import ConfigurationError, NotebookError

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["execute"]


def execute(path: Path, *, store: Path, timezone: str) -> NotebookNode:
    """The notebook at `path` with its outputs, run on `store` with days of `timezone`.

    The kernel is this very Python, in an empty folder: no kernel needs to be
    installed, and nobody's Jupyter settings or start-up files change the result.

    Raises:
        ConfigurationError: the packages for notebooks are not installed.
        NotebookError: a cell failed; the message names the notebook and the cell.
    """
    try:
        import nbformat
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        from pocketdev_analytics.notebooks.kernel import make_client
    except ImportError:
        raise ConfigurationError(
            "executing notebooks needs more packages; "
            "run: pip install 'pocketdev_analytics[notebooks]'"
        ) from None
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    with TemporaryDirectory(prefix="pocketdev-analytics-") as folder:
        client = make_client(notebook, Path(folder))
        try:
            client.execute(env=_environment(Path(folder), store, timezone))
        except CellExecutionError as error:
            raise NotebookError(
                _failure(path, notebook, f"{error.ename}: {error.evalue}")
            ) from None
        except DeadKernelError:
            raise NotebookError(
                _failure(path, notebook, "its Python died; free some memory and try again")
            ) from None
    return notebook


def _environment(folder: Path, store: Path, timezone: str) -> dict[str, str]:
    return {
        **os.environ,
        "IPYTHONDIR": str(folder / "ipython"),
        "PLOTLY_RENDERER": "plotly_mimetype",
        "POCKETDEV_ANALYTICS_STORE": str(store.absolute()),
        "POCKETDEV_ANALYTICS_TIMEZONE": timezone,
    }


def _failure(path: Path, notebook: NotebookNode, reason: str) -> str:
    run = [number for number, cell in enumerate(notebook.cells, 1) if cell.get("execution_count")]
    cell = f"cell {run[-1]}" if run else "its first cell"
    return f"notebook {path.name} failed in {cell}: {reason}"
