"""Executing a notebook: in this Python, on the store that was named, with errors that say where."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from pocketdev_analytics.exceptions import ConfigurationError, NotebookError
from pocketdev_analytics.notebooks import copy_notebooks, execute, shipped_notebooks

Write = Callable[..., Path]


@pytest.fixture
def notebook(tmp_path: Path) -> Write:
    """Writes a notebook of code cells and returns its path."""

    def write(*code: str) -> Path:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in code])
        path = tmp_path / "made.ipynb"
        nbformat.write(made, path)
        return path

    return write


def text(executed: Any) -> str:
    return "".join(output["text"] for cell in executed.cells for output in cell["outputs"])


def test_the_kernel_is_this_python_with_any_kernels_installed(
    notebook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "other", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    made = notebook("import sys\nprint(sys.executable)")
    assert text(execute(made, store=tmp_path / "s", timezone="UTC")).strip() == sys.executable


def test_the_notebook_sees_the_store_and_time_zone_and_an_empty_folder(
    notebook: Write, tmp_path: Path
) -> None:
    made = notebook(
        "import os, pocketdev_analytics as pda\n"
        "print(pda.Settings.from_environment(), [n for n in os.listdir() if n.endswith('.ipynb')])"
    )
    said = text(execute(made, store=tmp_path / "my.duckdb", timezone="Asia/Tokyo"))
    assert str(tmp_path / "my.duckdb") in said
    assert "Asia/Tokyo" in said
    assert "[]" in said


def test_a_failing_cell_is_named_with_its_notebook(notebook: Write, tmp_path: Path) -> None:
    made = notebook("1 + 1", "raise ValueError('no such thing')", "2 + 2")
    with pytest.raises(NotebookError) as caught:
        execute(made, store=tmp_path / "s", timezone="UTC")
    assert str(caught.value) == "notebook made.ipynb failed in cell 2: ValueError: no such thing"


def test_the_file_of_the_notebook_stays_as_it_was(notebook: Write, tmp_path: Path) -> None:
    made = notebook("print('out')")
    before = made.read_bytes()
    execute(made, store=tmp_path / "s", timezone="UTC")
    assert made.read_bytes() == before


def test_copies_are_laid_into_a_new_folder(tmp_path: Path) -> None:
    copies = copy_notebooks(tmp_path / "new" / "folder")
    assert [copy.name for copy in copies] == [each.name for each in shipped_notebooks()]
    assert copies[0].read_bytes() == shipped_notebooks()[0].read_bytes()


def test_a_copy_never_replaces_work_unasked(tmp_path: Path) -> None:
    (tmp_path / "cost.ipynb").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"cost\.ipynb already exists"):
        copy_notebooks(tmp_path)
    assert (tmp_path / "cost.ipynb").read_text() == "mine"
    assert not (tmp_path / "activity.ipynb").exists()
    copy_notebooks(tmp_path, overwrite=True)
    assert (tmp_path / "cost.ipynb").read_text() != "mine"
