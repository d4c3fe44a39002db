"""Notebooks on a history of one day and one model, in a repository and a worktree of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics import import_history
from pocketdev_analytics.notebooks import execute, render, shipped_notebooks
from tests.agents.claude.by_hand import A, B, answer, write

FIGURE = "application/vnd.plotly.v1+json"
WORKTREE = "/home/ada/engine/.worktrees/2"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write(folder, A, answer("msg_1"), answer("msg_3", "10:40:00"))
    write(folder, B, answer("msg_2", cwd=WORKTREE, sessionId=B), project="-home-ada-engine-2")
    import_history([folder], folder / "store.duckdb")
    return folder / "store.duckdb"


def executed(name: str, store: Path) -> Any:
    (path,) = (path for path in shipped_notebooks() if path.stem == name)
    return execute(path, store=store, timezone="UTC")


def figures(notebook: Any) -> dict[str, Any]:
    """The figures of a notebook by their titles."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    found = [output["data"][FIGURE] for output in outputs if FIGURE in output.get("data", {})]
    return {figure["layout"]["title"]["text"]: figure for figure in found}


def test_the_cost_notebook_agrees_with_the_cost_page(store: Path) -> None:
    shown = figures(executed("cost", store))
    projects = shown["Cost by project, USD"]["layout"]["yaxis"]["ticktext"]
    agents = shown["Cost of the main thread and of subagents, USD"]["layout"]["yaxis"]["ticktext"]
    assert projects == ["engine"]
    assert agents == ["Main thread"]


def test_a_pause_is_as_long_as_configured(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text("idle_minutes = 60\n")
    monkeypatch.setenv("POCKETDEV_ANALYTICS_CONFIG", str(tmp_path / "config.toml"))
    (bars,) = figures(executed("activity", store))["Active time per day"]["data"]
    assert bars["y"] == [40.0]  # minutes


def test_models_with_the_same_cost_have_no_bars(store: Path) -> None:
    notebook = executed("pricing", store)
    (bars, _mark) = figures(notebook)["What the same usage would have cost, USD"]["data"]
    assert not bars.get("y")
    html = render(notebook)
    assert "all on claude-sonnet-4-5" in html
    assert "+0" not in html.partition("<main>")[2].partition("</main>")[0]


def test_all_usage_is_not_drawn_next_to_that_of_the_last_days(sample_store: Path) -> None:
    shown = figures(executed("pricing", sample_store))
    (bars, mark) = shown["What the same usage would have cost, USD"]["data"]
    assert len(bars["y"]) > 3
    assert len(set(mark["x"])) == 1
