"""The suite's own surroundings: nothing here reads or writes the person's files."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FORBID_SKIPS = os.environ.get("CI_FORBID_SKIPS") == "1"
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FOLDERS = {
    "HOME": "home",
    "CLAUDE_CONFIG_DIR": "home/.claude",
    "CODEX_HOME": "home/.codex",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "IPYTHONDIR": "ipython",
}


def pytest_configure(config: pytest.Config) -> None:
    """Move the suite into folders of its own before any test module is imported."""
    folder = Path(tempfile.mkdtemp(prefix="pocketdev-analytics-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("POCKETDEV_ANALYTICS_")]:
        del os.environ[name]
    # Nor does it depend on the terminal: where tests share processes, theirs have one's width.
    os.environ.pop("COLUMNS", None)
    for name, part in FOLDERS.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder / part)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Where CI_FORBID_SKIPS=1, a skipped test is a failed one."""
    return _no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Any:
    """The same for a module that skips itself."""
    return _no_skip((yield))


def _no_skip(report: Any) -> Any:
    if FORBID_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipping is forbidden here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of documents and real session files next to the clone."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the shared folder next to the clone")
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    """Real session files, each repository in a folder of its own."""
    return shared / "corpus"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that can be driven."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """The system's Chromium, one for all tests: a thread can drive only one at a time."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET_BROWSER)
        yield opened
        opened.close()


@pytest.fixture
def write_jsonl(tmp_path: Path) -> Callable[[str, Iterable[Mapping[str, Any]]], Path]:
    """Writes objects to a file under `tmp_path`, one a line, and returns its path."""

    def write(name: str, lines: Iterable[Mapping[str, Any]]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write
