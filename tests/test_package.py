"""The package as people get it: its public names, and the wheel outside the clone."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import pocketdev_analytics as pda
from pocketdev_analytics.files import resources

ROOT = Path(__file__).parent.parent
WINGS = ("charts", "importer", "notebooks", "pages", "pocketdev", "pricing", "reports")
HEAVY = ("cryptography", "duckdb", "jinja2", "IPython", "plotly", "polars", "pyarrow", "rich")


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


@pytest.mark.parametrize("name", pda.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(pda, name) is not None


def test_the_public_names_are_listed_sorted_and_shown() -> None:
    assert pda.__all__ == sorted(pda.__all__)
    assert set(pda.__all__) <= set(dir(pda))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pda.nothing  # noqa: B018


@pytest.mark.parametrize("wing", [*WINGS, "agents", "sample", "store"])
def test_a_wing_hands_on_what_it_says(wing: str) -> None:
    module = importlib.import_module(f"pocketdev_analytics.{wing}")
    assert module.__all__, f"{wing} says nothing of what it hands on"
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert not missing


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "pocketdev_analytics").rglob("*.py")),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_says_what_is_public(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert path.name == "__main__.py" or "__all__ = [" in text or "__all__: " in text


def test_importing_the_package_is_quick() -> None:
    heavy = f"import pocketdev_analytics, sys; print(*({set(HEAVY)!r} & sys.modules.keys()))"
    assert run(sys.executable, "-c", heavy, cwd=ROOT).split() == []


def test_sql_and_notebooks_are_found_next_to_the_package() -> None:
    assert (resources.sql_dir() / "schema").is_dir()
    assert (resources.notebooks_dir() / "cost.ipynb").is_file()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ".", cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and sees what it depends on."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", code, cwd=folder).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", "--force-reinstall", wheel, cwd=folder)
    return python.parent


def test_the_wheel_holds_sql_notebooks_and_templates(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    clone = [path for name in ("sql", "notebooks") for path in (ROOT / name).rglob("*.*")]
    files = [path for path in clone if ".ipynb_checkpoints" not in path.parts]
    wanted = {f"pocketdev_analytics/_data/{path.relative_to(ROOT)}" for path in files}
    assert wanted <= set(names)
    assert any(name.endswith(".html.j2") for name in names)
    assert not [name for name in names if name.startswith(("tests", "reports"))]


def test_the_wheel_works_outside_the_clone(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import pocketdev_analytics as p; print(p.__file__)",
                cwd=tmp_path)  # fmt: skip
    assert str(ROOT) not in where
    program, store = installed / "pocketdev-analytics", str(tmp_path / "store.duckdb")
    assert "import" in run(program, "--help", cwd=tmp_path)
    sample = "import pocketdev_analytics as p, pathlib; p.write_sample(pathlib.Path('history'))"
    run(installed / "python", "-c", sample, cwd=tmp_path)
    run(program, "--store", store, "import", "history", cwd=tmp_path)
    report = run(program, "--store", store, "report", "cost", "--format", "json", cwd=tmp_path)
    assert '"cost_usd"' in report
    assert "cost.ipynb" in run(program, "notebooks", "copies", cwd=tmp_path)
    assert (tmp_path / "copies" / "activity.ipynb").is_file()


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = project["dependencies"] + [each for extra in extras for each in extra]
    declared = {re.split(r"[<>=\[; ]", each)[0].lower().replace("_", "-") for each in wanted}
    ours = packages_distributions()
    trees = [
        ast.parse(path.read_text("utf-8")) for path in (ROOT / "pocketdev_analytics").rglob("*.py")
    ]
    imported = {name.partition(".")[0] for tree in trees for name in imported_by(tree)}
    libraries = imported - sys.stdlib_module_names - {"pocketdev_analytics"}
    undeclared = [
        name
        for name in libraries
        if not {each.lower().replace("_", "-") for each in ours.get(name, [name])} & declared
    ]
    assert not undeclared


def imported_by(tree: ast.AST) -> set[str]:
    nodes = list(ast.walk(tree))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
