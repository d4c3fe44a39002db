from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from tests.agents.claude.by_hand import A, answer, as_bytes, write


def run(folder: Path, *arguments: str) -> Result:
    store = ["--store", str(folder / "store.duckdb")]
    return CliRunner().invoke(main, [*store, "import", *arguments])


@pytest.fixture
def history(tmp_path: Path) -> Path:
    write(tmp_path, A, answer(), b"{broken", answer("msg_2"))
    return tmp_path


def test_json_says_what_was_read_and_what_the_store_holds(history: Path) -> None:
    done = run(history, str(history), "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "files": 1,
        "files_read": 1,
        "files_gone": 0,
        "bytes_read": len(as_bytes(answer(), b"{broken", answer("msg_2"))),
        "responses": 2,
        "responses_added": 2,
        "sessions": 1,
        "quarantined_lines": 1,
        "lines_quarantined": 1,
        "problems": [],
        "summary_problem": None,
    }


def test_a_second_import_reads_nothing(history: Path) -> None:
    run(history, str(history))
    again = json.loads(run(history, str(history), "--format", "json").stdout)
    assert (again["files_read"], again["bytes_read"], again["responses"]) == (0, 0, 2)
    assert (again["responses_added"], again["lines_quarantined"]) == (0, 0)


def test_the_text_says_it_in_sentences(history: Path) -> None:
    done = run(history, str(history))
    assert "1 file found" in done.stdout
    assert "1 had something new" in done.stdout
    assert "2 responses added" in done.stdout
    assert "1 line could not be read" in done.stdout
    assert "holds 2 responses in 1 session.\n" in done.stdout
    (history / "projects" / "-home-ada-engine" / f"{A}.jsonl").unlink()
    assert (
        "1 file is gone from disk or rewritten; what was imported is kept."
        in run(history, str(history)).stdout
    )


def test_an_empty_import_is_reported_in_the_plural(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = run(tmp_path, str(tmp_path / "empty")).stdout
    assert "0 files found." in said
    assert "0 responses added." in said
    assert "holds 0 responses in 0 sessions.\n" in said


def test_a_config_folder_a_projects_folder_or_a_file_may_be_named(history: Path) -> None:
    file = history / "projects" / "-home-ada-engine" / f"{A}.jsonl"
    for path in (history, history / "projects", file):
        done = json.loads(run(history, str(path), "--format", "json").stdout)
        assert (done["files"], done["responses"]) == (1, 2)


def test_without_a_path_it_is_the_history_of_whoever_runs_it(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(history))
    assert json.loads(run(history, "--format", "json").stdout)["responses"] == 2


def test_skipped_files_are_reported_separately_from_the_result(history: Path) -> None:
    (history / "projects" / "gone.jsonl").symlink_to(history / "nowhere")
    done = run(history, str(history), "--format", "json")
    assert done.exit_code == 0
    assert "gone.jsonl: No such file or directory" in done.stderr
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["reason"] == "No such file or directory"


def test_a_path_that_does_not_exist_is_one_sentence_and_makes_no_store(tmp_path: Path) -> None:
    done = run(tmp_path, str(tmp_path / "nowhere"))
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: cannot read ")
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "store.duckdb").exists()


def test_no_history_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    done = run(tmp_path)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: no history in ")


def test_help_says_what_a_path_may_be(tmp_path: Path) -> None:
    words = run(tmp_path, "--help").stdout
    assert "CLAUDE_CONFIG_DIR" in words
    assert "[PATH ...]" in words
