"""`build`: every page in one step, from one's own history, another's or the sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics import open_store, write_sample
from pocketdev_analytics.cli import main
from pocketdev_analytics.notebooks import shipped_notebooks
from pocketdev_analytics.settings.config import default_store_path
from tests.agents.claude.by_hand import A, answer, write


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person without any history, who stands in an empty folder."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["--timezone", "UTC", "build", *map(str, arguments)])


def write_session(folder: Path) -> None:
    write_sample(folder, days=2)
    for note in folder.iterdir():
        if note.is_file():
            note.unlink()  # what says that it is a sample


def sessions(store: Path) -> int:
    with open_store(store) as opened:
        return opened.provenance().sessions


def test_without_a_history_the_page_is_of_the_sample_and_says_so(own_places: Path) -> None:
    done = build("cost")
    assert done.exit_code == 0, done.output
    assert "SAMPLE DATA" in done.output
    assert "Sample data." in (own_places / "reports" / "cost.html").read_text("utf-8")


def test_the_sample_never_enters_ones_own_store(own_places: Path) -> None:
    build("activity")
    assert not default_store_path().exists()
    assert [path.name for path in (own_places / "reports").glob("*.html")] == ["activity.html"]


def test_a_history_of_ones_own_is_imported_and_never_called_a_sample(own_places: Path) -> None:
    write_session(own_places / "claude")
    done = build("cost")
    assert done.exit_code == 0, done.output
    assert "SAMPLE" not in done.output
    assert "Sample data." not in (own_places / "reports" / "cost.html").read_text("utf-8")
    assert sessions(default_store_path()) > 0


def test_one_session_is_reported_in_the_singular(own_places: Path) -> None:
    write(own_places / "other", A, answer())
    said = build("cost", "--source", own_places / "other").output
    assert "holds 1 response in 1 session.\n" in said
    assert "Wrote 1 page of sessions to " in said


def test_what_was_imported_is_still_shown_when_the_files_are_gone(own_places: Path) -> None:
    write_session(own_places / "claude")
    build("cost")
    (own_places / "claude").rename(own_places / "elsewhere")
    done = build("cost")
    assert "still holds what was imported" in done.output
    assert "SAMPLE" not in done.output


def test_another_history_gets_a_store_of_its_own(own_places: Path) -> None:
    write_session(own_places / "other")
    done = build("cost", "--source", own_places / "other", "-o", "pages")
    assert done.exit_code == 0, done.output
    assert (own_places / "pages" / "cost.html").is_file()
    (store,) = default_store_path().parent.glob("*.duckdb")
    assert store != default_store_path()
    assert sessions(store) > 0


def test_another_history_goes_to_the_store_that_was_named(own_places: Path) -> None:
    write_session(own_places / "other")
    named = own_places / "named.duckdb"
    arguments = ["--store", str(named), "build", "cost", "--source", str(own_places / "other")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert sessions(named) > 0


def test_a_source_without_session_files_is_an_error_in_one_sentence(own_places: Path) -> None:
    (own_places / "empty").mkdir()
    done = build("cost", "--source", own_places / "empty")
    assert done.exit_code == 1
    assert "there is no session file (*.jsonl) in" in done.output
    assert not (own_places / "reports").exists()


def test_a_folder_that_cannot_be_written_is_an_error_in_one_sentence(own_places: Path) -> None:
    (own_places / "reports").write_text("a file")
    done = build("cost", "-o", own_places / "reports" / "deeper")
    assert done.exit_code == 1
    assert "cannot write" in done.output
    assert "Traceback" not in done.output


def test_everything_is_built_unless_a_part_is_named(own_places: Path) -> None:
    done = build()
    assert done.exit_code == 0, done.output
    pages = {
        str(path.relative_to(own_places / "reports"))
        for path in Path("reports").resolve().rglob("*.html")
    }
    sessions = {page for page in pages if page.startswith("sessions/")}
    assert 10 <= len(sessions) <= 20
    assert pages - sessions == {
        "activity.html",
        "cost.html",
        "index.html",
        *(f"notebooks/{notebook.stem}.html" for notebook in shipped_notebooks()),
    }
    for page in pages:
        assert "Sample data." in (own_places / "reports" / page).read_text("utf-8")
    index = (own_places / "reports" / "index.html").read_text("utf-8")
    linked = set(re.findall(r'href="([^"#]+)"', index))
    assert linked == pages - {"index.html"}
    day = r"[A-Z][a-z]{2} \d+ [A-Z][a-z]{2} \d{4}"
    assert re.search(rf'href="sessions/[^"]+"><bdi>[^<]+ \u00b7 {day} ', index)
    for page in pages - {"index.html"} - {page for page in pages if "notebooks" in page}:
        home = "../index.html" if page.startswith("sessions/") else "index.html"
        assert f'href="{home}"' in (own_places / "reports" / page).read_text("utf-8")


def test_the_cost_page_links_to_session_pages_and_they_link_back(
    own_places: Path,
) -> None:
    build("cost")
    folder = own_places / "reports"
    links = re.findall(r'href="(sessions/[^"]+)"', (folder / "cost.html").read_text("utf-8"))
    assert len(links) >= 10
    for link in links:
        page = (folder / link).read_text("utf-8")
        assert f"Session <bdi>{Path(link).stem}</bdi>" in page
        assert 'href="../cost.html"' in page


def test_a_page_that_is_not_there_is_not_linked_to(own_places: Path) -> None:
    build("cost")
    pages = sorted((own_places / "reports" / "sessions").iterdir())
    for page in pages:
        page.unlink()
    write_session(own_places / "claude")
    arguments = ["--timezone", "UTC", "import", str(own_places / "claude")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert CliRunner().invoke(main, ["dashboard", "cost"]).exit_code == 0
    assert "sessions/" not in (own_places / "reports" / "cost.html").read_text("utf-8").replace(
        "sessions/ID.html", ""
    )
