"""`build` once more: what is up to date is left alone, what is not is made again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pocketdev_analytics import notebooks, open_store, pages
from pocketdev_analytics.cli import main
from tests.agents.claude.by_hand import A, B, answer, write

FIRST = answer("msg_1")
HEAVY = ("IPython", "great_tables", "jinja2", "nbformat", "plotly", "rich")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "claude", A, FIRST)


@pytest.fixture(autouse=True)
def quick_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notebooks that are written and not executed; `tests/cli/test_build.py` executes them."""

    def export(notebook: Path, target: Path, **_: object) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"a page of {notebook.stem}")
        return target

    monkeypatch.setattr(notebooks, "export", export)


def build(*arguments: str | Path, timezone: str = "UTC") -> str:
    done = CliRunner().invoke(main, ["--timezone", timezone, "build", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def state(folder: str = "reports") -> dict[str, tuple[int, bytes]]:
    """Every page: when it was written, and what is in it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in Path(folder).rglob("*.html")
    }


def again(*arguments: str | Path, **options: Any) -> tuple[set[str], str]:
    """The pages that another build writes, and what it says."""
    before = state()
    said = build(*arguments, **options)
    after = state()
    return {path for path in after if after[path] != before.get(path)}, said


def test_nothing_is_written_again_where_nothing_is_new() -> None:
    assert "Wrote" in build()
    written, said = again()
    assert written == set()
    assert "Wrote" not in said
    assert "10 pages in reports up to date already." in said


def test_nothing_heavy_is_imported_where_nothing_is_new() -> None:
    build()
    code = (
        "import sys; from pocketdev_analytics.cli import main\n"
        "main(['--timezone', 'UTC', 'build'], standalone_mode=False)\n"
        f"print(*({set(HEAVY)!r} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "10 pages in reports up to date already." in done.stdout
    assert done.stdout.splitlines()[-1] == ""


def a_response(folder: Path) -> None:
    write(folder / "claude", A, FIRST, answer("msg_2", "10:40:00"))


def a_session(folder: Path) -> None:
    write(folder / "claude", B, answer("msg_3", sessionId=B))


def a_price(_: Path) -> None:
    arguments = ["pricing", "set", "claude-opus-5", "--input", "1", "--output", "2"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output


def a_setting(folder: Path) -> None:
    (folder / "config.toml").write_text("idle_minutes = 60\n")
    os.environ["POCKETDEV_ANALYTICS_CONFIG"] = str(folder / "config.toml")


@pytest.mark.parametrize("change", [a_response, a_session, a_price, a_setting])
def test_every_page_is_made_again_after_what_it_is_made_from_has_changed(
    change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POCKETDEV_ANALYTICS_CONFIG", "")  # put back afterwards
    monkeypatch.delenv("POCKETDEV_ANALYTICS_CONFIG")
    build()
    known = set(state())
    change(tmp_path)
    written, said = again()
    assert {path for path in written if not path.startswith("notebooks/")} >= {
        path for path in known if path.startswith(("cost", "activity", "index", "sessions"))
    }
    assert said.count("Wrote reports/notebooks/") == 6
    assert again()[0] == set()


def test_pages_of_another_time_zone_are_made_again() -> None:
    build()
    assert "cost.html" in again(timezone="Asia/Tokyo")[0]


def test_pages_of_another_program_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    build("activity")
    module = sys.modules["pocketdev_analytics.cli.build"]
    monkeypatch.setattr(module, "program_fingerprint", lambda: "another")
    assert again("activity")[0] == {"activity.html"}


def test_pages_of_another_day_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(days=1)

    build("activity")
    monkeypatch.setattr(sys.modules["pocketdev_analytics.cli.build"], "datetime", Tomorrow)
    assert again("activity")[0] == {"activity.html"}


def test_a_program_is_known_by_the_content_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pocketdev_analytics.cli import _outputs

    known = _outputs.program_fingerprint()
    monkeypatch.setattr(_outputs.resources, "sql_dir", lambda: tmp_path)
    (tmp_path / "a.sql").write_text("select 1")
    changed = _outputs.program_fingerprint()
    (tmp_path / "a.sql").write_text("select 2")
    assert len({known, changed, _outputs.program_fingerprint()}) == 3


@pytest.mark.parametrize(
    ("page", "harm"),
    [
        ("cost.html", "deleted"),
        (f"sessions/{A}.html", "edited"),
        ("index.html", "edited to the same length"),
    ],
)
def test_a_page_that_is_missing_or_edited_is_made_again(page: str, harm: str) -> None:
    build()
    path = Path("reports", page)
    content = path.read_bytes()
    if harm == "deleted":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + (b"!" if harm.endswith("length") else b" edited"))
    assert page in again()[0]
    assert path.read_bytes().endswith(b"</html>")


def test_a_page_that_was_only_touched_is_up_to_date() -> None:
    build("activity")
    os.utime("reports/activity.html", (0, 0))
    assert again("activity")[0] == set()


def test_pages_of_an_earlier_history_are_removed_and_nothing_else(tmp_path: Path) -> None:
    build()
    Path("reports", "mine.html").write_text("mine")
    Path("reports", "sessions", "mine.html").write_text("mine")
    write(tmp_path / "other", B, answer("msg_3", sessionId=B))
    build("--source", tmp_path / "other")
    pages = set(state())
    assert f"sessions/{A}.html" not in pages
    assert {f"sessions/{B}.html", "mine.html", "sessions/mine.html", "cost.html"} <= pages
    assert A not in Path("reports", "cost.html").read_text("utf-8")


def test_a_part_of_another_history_leaves_no_page_of_the_first(tmp_path: Path) -> None:
    build()
    write(tmp_path / "other", B, answer("msg_3", sessionId=B))
    build("activity", "--source", tmp_path / "other")
    assert set(state()) == {"activity.html"}


def test_a_part_of_the_same_history_leaves_the_others() -> None:
    build()
    known = set(state())
    build("activity")
    assert set(state()) == known


def test_an_edited_page_is_never_removed(tmp_path: Path) -> None:
    build()
    edited = Path("reports", "sessions", f"{A}.html")
    edited.write_text("with my notes")
    write(tmp_path / "other", B, answer("msg_3", sessionId=B))
    build("--source", tmp_path / "other")
    assert edited.read_text() == "with my notes"


def test_a_manifest_that_names_files_elsewhere_removes_none_of_them(tmp_path: Path) -> None:
    build("activity")
    manifest = Path("reports", ".manifest.json")
    document = json.loads(manifest.read_text())
    outside = tmp_path / "outside.html"
    outside.write_bytes(Path("reports", "activity.html").read_bytes())
    (page,) = document["parts"]["activity"]["pages"].values()
    document["parts"]["old"] = {
        **document["parts"]["activity"],
        "pages": {"../outside.html": page, str(outside): page},
    }
    manifest.write_text(json.dumps(document))
    build()
    assert outside.exists()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 1, "parts": {"cost": 1}}'])
def test_a_damaged_manifest_makes_every_page_again(content: str) -> None:
    build("activity")
    Path("reports", ".manifest.json").write_text(content)
    assert "activity.html" in again("activity")[0]


def test_a_page_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> str:
        raise KeyError("no such thing")

    with monkeypatch.context() as patch:
        patch.setattr(pages, "dashboard", failing)
        assert CliRunner().invoke(main, ["--timezone", "UTC", "build", "activity"]).exit_code == 1
    assert again("activity")[0] == {"activity.html"}


def test_an_interrupted_build_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    made = pages.dashboard

    def interrupted(store: Any, name: str, **options: Any) -> str:
        if name == "activity":
            raise KeyboardInterrupt
        return made(store, name, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pages, "dashboard", interrupted)
        CliRunner().invoke(main, ["--timezone", "UTC", "build"])
    written, _ = again()
    assert "activity.html" in written
    assert "cost.html" not in written


def test_the_sample_is_not_made_again_where_its_pages_are_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "claude").rename(tmp_path / "elsewhere")
    assert "Wrote" in build("activity")
    written, said = again("activity")
    assert written == set()
    assert "SAMPLE DATA" in said
    assert not list(tmp_path.rglob("*.duckdb"))


def test_what_another_program_imports_meanwhile_is_shown_next_time() -> None:
    build("activity")
    (store,) = Path("data").rglob("*.duckdb")
    with open_store(store, read_only=False) as opened:
        opened.set_property("note", "changed")
    assert "activity.html" in again("activity")[0]
