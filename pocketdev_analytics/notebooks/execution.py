"""Executing a notebook in a process of its own, from the top."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pocketdev_analytics.exceptions import ConfigurationError, NotebookError
from pocketdev_analytics.notebooks.kernels import Cell, DiedError, Kernels

__all__ = ["Notebook", "execute"]

_NEEDED: Final = ("IPython", "great_tables", "nbformat")
_FORMAT: Final = 4
_SKIPPED: Final = "skip-execution"  # a tag of a cell, as nbclient knows it


class Notebook(dict[str, Any]):
    """A part of a notebook: a dictionary with its values as attributes, too."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def execute(path: Path, *, store: Path, timezone: str, kernels: Kernels | None = None) -> Notebook:
    """The notebook at `path` with its outputs, run on `store` with days of `timezone`.

    It is run by this very Python, in an empty folder: no kernel needs to be installed, and
    nobody's Jupyter settings or start-up files change the result.

    Args:
        path: A notebook of format 4.
        store: The DuckDB file.
        timezone: An IANA name.
        kernels: Where several are executed, the processes that they share; default is one.

    Raises:
        ConfigurationError: the packages for notebooks are not installed.
        NotebookError: a cell failed, or the file is not a notebook; the message names both.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise ConfigurationError(
            f"executing notebooks needs more packages ({', '.join(missing)}); "
            "run: pip install 'pocketdev_analytics[notebooks]'"
        )
    notebook = _read(path)
    with ExitStack() as stack:
        running = kernels or stack.enter_context(Kernels())
        try:
            done = running.execute(_cells(notebook), _environment(store, timezone))
        except DiedError as error:
            reason = "its Python died; free some memory and try again"
            raise NotebookError(_failure(path, error.number, reason)) from None
    for cell in map(_noted, done):
        notebook.cells[cell.number - 1].update(
            execution_count=cell.execution_count, outputs=cell.outputs
        )
    _refuse_failed(path, notebook)
    return notebook


def _read(path: Path) -> Notebook:
    try:
        notebook: Notebook = _noted(json.loads(path.read_text(encoding="utf-8")))
        cells = notebook.cells if notebook.nbformat == _FORMAT else None
    except (ValueError, AttributeError):
        cells = None
    if cells is None:
        raise NotebookError(f"{path} is not a notebook of format {_FORMAT}")
    for cell in cells:
        if not isinstance(cell.source, str):
            cell["source"] = "".join(cell.source)
    return notebook


def _noted(value: Any) -> Any:
    """A value of JSON, every dictionary as a `Notebook`."""
    if isinstance(value, dict):
        return Notebook((name, _noted(each)) for name, each in value.items())
    return [_noted(each) for each in value] if isinstance(value, list) else value


def _cells(notebook: Notebook) -> list[Cell]:
    """The cells with code to run."""
    tagged = [
        (number, cell.source, cell.get("metadata", {}).get("tags", []))
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    return [cell for cell in tagged if _SKIPPED not in cell[2]]


def _environment(store: Path, timezone: str) -> dict[str, str]:
    return {
        **os.environ,
        "PLOTLY_RENDERER": "plotly_mimetype",
        "POCKETDEV_ANALYTICS_STORE": str(store.absolute()),
        "POCKETDEV_ANALYTICS_TIMEZONE": timezone,
    }


def _refuse_failed(path: Path, notebook: Notebook) -> None:
    for number, cell in enumerate(notebook.cells, 1):
        is_allowed = "raises-exception" in cell.get("metadata", {}).get("tags", [])
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and not is_allowed:
                raise NotebookError(_failure(path, number, f"{output.ename}: {output.evalue}"))


def _failure(path: Path, number: int, reason: str) -> str:
    cell = f"cell {number}" if number else "its first cell"
    return f"notebook {path.name} failed in {cell}: {reason}"
