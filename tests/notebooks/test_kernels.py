"""Forked kernels: what they show is what a Jupyter kernel shows, and none sees another."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from pocketdev_analytics.exceptions import NotebookError
from pocketdev_analytics.notebooks import Kernels, execute, kernels, shipped_notebooks
from pocketdev_analytics.notebooks.execution import _environment

#: What a cell can show, and what a notebook does that another must not notice.
SHOWING = {
    "a value": "{'a': [1, 2.5, None]}",
    "no value": "x = 1",
    "a silenced value": "1;",
    "prints": "print('one'); print('two', end=''); print('three')",
    "errors": "import sys; print('b', file=sys.stderr)",
    "a display": "display({'text/html': '<b>x</b>', 'text/plain': 'x'}, raw=True); 5",
    "a frame": "import polars as pl; pl.DataFrame({'a': [1, 2]})",
    "a figure": "import plotly.graph_objects as go; go.Figure(go.Bar(x=[1, 2], y=[3, 4]))",
    "a shown figure": "import plotly.graph_objects as go; go.Figure(go.Bar(x=[1], y=[3])).show()",
    "bytes of an image": "from IPython.display import Image; Image(b'\\x89PNG\\r\\n\\x1a\\n0')",
    "markdown": "from IPython.display import *; display(Markdown('*x*'), HTML('<b>x</b>'))",
    "an updated display": "h = display('old', display_id='h'); h.update('new')",
    "a cleared output": "from IPython.display import clear_output as c; print(1); c(); print(2)",
    "a later clearing": "from IPython.display import clear_output as c; print(1); c(1); print(2)",
    "the last values": "_, In[1][:5]",
    "awaiting": "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "a shell": "!echo from a shell",
    "a process": "import subprocess; subprocess.run(['true']).returncode",
    "a decimal": "from decimal import Decimal; Decimal('1.50')",
    "nothing": "",
}
FAILING = {
    "an exception": "raise ValueError('no such thing')",
    "a typing error": "1 +",
    "a key": "{}['k']",
    "an exit": "raise SystemExit(3)",
}


def written(folder: Path, *cells: str) -> Path:
    path = folder / "made.ipynb"
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    nbformat.write(made, path)
    return path


def shown(notebook: Any) -> list[Any]:
    """Counts and outputs of the cells, without what differs between any two runs."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = deepcopy([[cell.get("execution_count"), cell.get("outputs", [])] for cell in cells])
    for output in (output for _, outputs in found for output in outputs):
        output.get("metadata", {}).pop("transient", None)
        if output["output_type"] == "stream":
            output["text"] = output["text"].replace("\r\n", "\n")  # of a terminal that a shell had
    plain = [[count, [dict(output) for output in outputs]] for count, outputs in found]
    return json.loads(re.sub(r"0x[0-9a-f]{6,}", "0x", json.dumps(plain)))


def in_jupyter(path: Path, folder: Path, environment: dict[str, str]) -> Any:
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, kernel_name="python3", resources=resources)
    client.execute(env={**environment, "IPYTHONDIR": str(folder / "ipython")})
    return notebook


def test_cells_show_what_they_show_in_a_jupyter_kernel(tmp_path: Path) -> None:
    path = written(tmp_path, *SHOWING.values())
    environment = _environment(tmp_path / "s", "UTC")
    expected = shown(in_jupyter(path, tmp_path, environment))
    found = shown(execute(path, store=tmp_path / "s", timezone="UTC"))
    assert dict(zip(SHOWING, found, strict=True)) == dict(zip(SHOWING, expected, strict=True))


def test_both_streams_are_shown_in_the_order_in_which_they_were_written(tmp_path: Path) -> None:
    code = "import sys; print('a'); print('b', file=sys.stderr); print('c')"
    (cell,) = execute(written(tmp_path, code), store=tmp_path / "s", timezone="UTC").cells
    assert [(output.name, output.text) for output in cell.outputs] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\n"),
    ]


def test_a_shipped_notebook_shows_what_it_shows_in_a_jupyter_kernel(
    executed: Callable[[Path], Any], sample_store: Path, tmp_path: Path
) -> None:
    (path,) = (path for path in shipped_notebooks() if path.stem == "cost")
    environment = _environment(sample_store, "Europe/Berlin")
    assert shown(executed(path)) == shown(in_jupyter(path, tmp_path, environment))


def test_a_shipped_notebook_shows_the_same_alone_and_among_others(
    executed: Callable[[Path], Any], sample_store: Path
) -> None:
    (path,) = (path for path in shipped_notebooks() if path.stem == "quality")
    alone = execute(path, store=sample_store, timezone="Europe/Berlin")
    assert shown(executed(path)) == shown(alone)


def test_notebooks_that_share_a_warm_process_do_not_see_each_other(tmp_path: Path) -> None:
    littering = (
        "import os, sys, builtins, pocketdev_analytics as pda, polars as pl\n"
        "left = 1; builtins.left = 1; pda.left = 1; os.environ['LEFT'] = '1'\n"
        "sys.path.append('left'); open('left', 'w').close(); pl.Config.set_tbl_rows(1)"
    )
    asking = (
        "import os, sys, builtins, pocketdev_analytics as pda, polars as pl\n"
        "print('left' in globals(), hasattr(builtins, 'left'), hasattr(pda, 'left'),"
        " 'LEFT' in os.environ, 'left' in sys.path, os.path.exists('left'))\n"
        "pl.DataFrame({'a': range(20)})"
    )
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    alone = execute(written(second, asking), store=tmp_path / "s", timezone="UTC")
    with Kernels() as shared:
        options: Any = {"store": tmp_path / "s", "timezone": "UTC", "kernels": shared}
        execute(written(first, littering), **options)
        after = execute(written(second, asking), **options)
    assert shown(after) == shown(alone)
    assert "True" not in after.cells[0].outputs[0]["text"]


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_notebook_does_not_stop_the_others(name: str, tmp_path: Path) -> None:
    failing, sound = tmp_path / "failing", tmp_path / "sound"
    for folder in (failing, sound):
        folder.mkdir()
    written(failing, "1", FAILING[name], "print('never')")
    written(sound, "print('fine')")
    with Kernels() as shared, ThreadPoolExecutor(2) as threads:
        options: Any = {"store": tmp_path / "s", "timezone": "UTC", "kernels": shared}
        paths = (folder / "made.ipynb" for folder in (failing, sound, failing, sound))
        runs = [threads.submit(execute, path, **options) for path in paths]
    assert [type(run.exception()) for run in runs] == [NotebookError, type(None)] * 2
    assert str(runs[0].exception()).startswith("notebook made.ipynb failed in cell 2: ")


@pytest.mark.parametrize("code", ["import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)"])
def test_a_kernel_that_dies_is_reported_with_its_cell(code: str, tmp_path: Path) -> None:
    path = written(tmp_path, "print(1)", code)
    with pytest.raises(NotebookError, match=r"made\.ipynb failed in cell 2: its Python died"):
        execute(path, store=tmp_path / "s", timezone="UTC")


def test_a_cell_may_fail_if_its_tag_says_so_and_one_may_be_skipped(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(code) for code in ("1 / 0", "1 / 0", "print('on')")]
    cells[0].metadata.tags, cells[1].metadata.tags = ["raises-exception"], ["skip-execution"]
    path = tmp_path / "made.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    done = execute(path, store=tmp_path / "s", timezone="UTC")
    assert [len(cell.outputs) for cell in done.cells] == [1, 0, 1]
    assert done.cells[2].outputs[0]["text"] == "on\n"


def test_what_is_written_past_python_is_shown_too(tmp_path: Path) -> None:
    path = written(tmp_path, "import os; os.write(1, b'raw'); os.write(2, b'bare');")
    (cell,) = execute(path, store=tmp_path / "s", timezone="UTC").cells
    assert {(output.name, output.text) for output in cell.outputs} == {
        ("stdout", "raw"),
        ("stderr", "bare"),
    }


def test_without_forks_each_notebook_gets_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "_CAN_FORK", False)
    done = execute(written(tmp_path, "print('apart')"), store=tmp_path / "s", timezone="UTC")
    assert done.cells[0].outputs[0]["text"] == "apart\n"


def test_the_processes_end_with_what_they_were_started_for(tmp_path: Path) -> None:
    path = written(tmp_path, "import os; print(os.getppid())")
    with Kernels() as shared:
        done = execute(path, store=tmp_path / "s", timezone="UTC", kernels=shared)
    warm = int(done.cells[0].outputs[0]["text"])
    with pytest.raises(ProcessLookupError):
        os.kill(warm, 0)


def test_a_warm_process_that_died_is_reported_for_each_notebook(tmp_path: Path) -> None:
    path = written(tmp_path, "1")
    with Kernels() as shared:
        os.kill(shared._server.pid, 9)
        shared._server.wait()
        for _ in range(2):
            with pytest.raises(NotebookError, match="failed in its first cell: its Python died"):
                execute(path, store=tmp_path / "s", timezone="UTC", kernels=shared)


@pytest.mark.parametrize("content", ["", "[]", '{"nbformat": 3, "worksheets": []}'])
def test_a_file_that_is_no_notebook_is_refused_in_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "made.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookError, match="is not a notebook of format 4"):
        execute(path, store=tmp_path / "s", timezone="UTC")
