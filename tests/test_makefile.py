"""The Makefile: what `make` says, and that it stays a thin list of commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):", TEXT, re.MULTILINE)


def make(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_target_in_a_line() -> None:
    lines = make().stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["make", target] for target in TARGETS]
    assert all(len(line.split()) > 3 for line in lines)


def test_every_target_is_phony() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE)
    assert sorted(phony.split()) == sorted(TARGETS)


def test_every_recipe_is_one_line() -> None:
    recipes = re.findall(r"^[a-z./]\S*:.*\n((?:\t.*\n)*)", TEXT, re.MULTILINE)
    assert max(recipe.count("\n") for recipe in recipes) == 1


def test_another_history_is_passed_on_with_any_name() -> None:
    planned = make("-n", "report", SOURCE='it\'s "a" folder').stdout.splitlines()[-1]
    echoed = subprocess.run(
        ["sh", "-c", planned.replace(".venv/bin/pocketdev-analytics", "printf '%s\\n'")],
        env={"PATH": "/usr/bin:/bin", "SOURCE": 'it\'s "a" folder'},
        capture_output=True,
        text=True,
        check=True,
    )
    assert echoed.stdout.splitlines() == ["build", "--source", 'it\'s "a" folder']


def test_an_old_python_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    for name in ("make", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name}"))
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    # Always to be made, whether or not this clone has its environment already.
    done = make("-n", "--always-make", "setup", PATH=str(tmp_path))
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr


def test_what_builds_the_package_is_pinned_as_the_tests_ran_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert set(project["build-system"]["requires"]) <= set(pins)


def test_every_package_is_pinned_by_name_and_version_alone() -> None:
    every: list[str] = []
    for name in ("requirements.txt", "requirements-lab.txt", "requirements-test.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if not line.startswith("#")]
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)
        assert pins == sorted(pins, key=str.upper)
        every += pins
    names = {pin.partition("==")[0].lower() for pin in every}
    assert len(names) == len({*every}), "a package has one version"


def test_a_report_needs_neither_jupyter_nor_what_tests_lint_and_types_need() -> None:
    planned = make("-n", "--always-make", "report").stdout
    assert "requirements.txt" in planned
    assert "requirements-" not in planned
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    for name in ("jupyterlab", "ipykernel", "nbconvert", "pyzmq", "pytest", "ruff", "mypy"):
        assert f"\n{name}==" not in pins


@pytest.mark.parametrize("target", ["test", "lint", "types", "lab", "setup"])
def test_a_target_makes_what_it_needs(target: str) -> None:
    planned = make("-n", "--always-make", target).stdout
    assert "-r requirements.txt" in planned
    needed = {"lab": ["lab"], "setup": ["lab", "test"]}.get(target, ["test"])
    assert re.findall(r"-r requirements-(\w+)\.txt", planned) in (needed, needed[::-1])
