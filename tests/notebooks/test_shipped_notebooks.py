"""The shipped notebooks: thin in git, and whole when they run on the sample."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.notebooks import Kernels, execute, render, shipped_notebooks, title_of
from tests.accessibility import violations

MOST_CELLS = 15
NOTEBOOKS = [pytest.param(path, id=path.stem) for path in shipped_notebooks()]


def cells(path: Path, kind: str) -> list[str]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def test_the_notebooks_are_shipped() -> None:
    names = ["activity", "cost", "pricing", "quality", "session", "sql"]
    assert [path.stem for path in shipped_notebooks()] == names
    assert title_of(shipped_notebooks()[1]) == "What it cost"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_notebook_is_thin(path: Path) -> None:
    code = cells(path, "code")
    nodes = [node for cell in code for node in ast.walk(ast.parse(cell))]
    assert len(code) + len(cells(path, "markdown")) <= MOST_CELLS
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    wrong = [text for text in texts if isinstance(text, str) and re.search(r"select |/|\\\\", text)]
    assert not wrong, "SQL or a path"


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_parameters_come_first(path: Path) -> None:
    kinds = [type(node) for node in ast.parse(cells(path, "code")[0]).body]
    assert kinds.count(ast.AnnAssign) >= 1
    assert set(kinds) <= {ast.AnnAssign, ast.ImportFrom}


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_notebook_runs_on_the_sample_and_says_so(
    path: Path, executed: Callable[[Path], Any]
) -> None:
    shown = outputs(executed(path))
    words = "".join(output.get("text", "") for output in shown)
    kinds = ("application/vnd.plotly.v1+json", "text/html")
    seen = [each for each in shown if any(kind in each.get("data", {}) for kind in kinds)]
    assert "This is sample data" in words
    assert len(seen) >= 5
    assert not [output for output in shown if output.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_every_chart_of_a_notebook_is_described_in_words(
    path: Path, executed: Callable[[Path], Any]
) -> None:
    html = render(executed(path))
    named = re.findall(
        r'aria-labelledby="title-(\d+) summary-\1" class="plot" data-panel="\1"', html
    )
    assert len(named) == html.count("data-panel=")
    assert named or path.stem == "sql"


@pytest.mark.browser
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_page_of_a_notebook_violates_no_rule_of_accessibility(
    path: Path, executed: Callable[[Path], Any], browser: Any, tmp_path: Path
) -> None:
    target = tmp_path / "page.html"
    target.write_text(render(executed(path), is_sample=True), encoding="utf-8")
    page = browser.new_page()
    page.goto(target.as_uri())
    page.wait_for_selector("html[data-charts=drawn]", timeout=30_000)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_notebook_runs_on_an_empty_store(path: Path, empty_store: Path, kernels: Kernels) -> None:
    words = "".join(
        output.get("text", "")
        for output in outputs(execute(path, store=empty_store, timezone="UTC", kernels=kernels))
    )
    assert "The store holds nothing: no session file was imported yet;" in words
    assert "sample" not in words
