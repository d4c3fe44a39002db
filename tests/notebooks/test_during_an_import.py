"""A notebook that is open does not keep an import from running."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

import pocketdev_analytics as pda
from pocketdev_analytics.notebooks.execution import _environment

OPENED = (
    "import pocketdev_analytics as pda\n"
    "with pda.open_store() as store:\n"
    "    history = store.history()\n"
    "print(history.usage.collect().height)"
)
AGAIN = "print(history.usage.collect().height)"


def test_an_import_runs_while_a_kernel_lives_and_its_frames_see_it(tmp_path: Path) -> None:
    store = tmp_path / "store.duckdb"
    pda.import_history([pda.write_sample(tmp_path / "first", days=3)], store)
    cells = [nbformat.v4.new_code_cell(code) for code in (OPENED, AGAIN)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    resources = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(notebook, kernel_name="python3", resources=resources)
    with client.setup_kernel(env=_environment(store, "UTC")):
        client.execute_cell(cells[0], 0)
        before = int(cells[0].outputs[0]["text"])
        imported = pda.import_history([pda.write_sample(tmp_path / "more", days=20)], store)
        client.execute_cell(cells[1], 1)
        after = int(cells[1].outputs[0]["text"])
    # A frame has a row for each billed pass; some are not responses of their own.
    assert before < imported.responses <= after
