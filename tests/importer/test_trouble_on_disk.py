from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.agents import Discovery, discover
from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer import ImportSummary, run
from tests.agents.claude.by_hand import A, B, answer
from tests.importer.stores import Books


@pytest.fixture
def two(books: Books) -> Books:
    """A history of two files, `A` and `B`."""
    books.write(A, answer())
    books.write(B, answer("msg_2", sessionId=B))
    return books


def skipped(summary: ImportSummary) -> list[tuple[str, str]]:
    return [(Path(problem.path).name, problem.reason) for problem in summary.problems]


def after_listing(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something to the files between listing and reading them."""

    def discover_then_act(paths: list[Path]) -> Discovery:
        listed = discover(paths)
        act()
        return listed

    monkeypatch.setattr(run, "discover", discover_then_act)


def test_a_file_that_vanishes_before_it_is_read_is_reported(
    two: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = two.folder / "projects" / "-home-ada-engine" / f"{A}.jsonl"
    after_listing(monkeypatch, path.unlink)
    summary = two.import_()
    assert skipped(summary) == [(path.name, "No such file or directory")]
    assert summary.responses == 1


def test_a_known_file_that_vanishes_before_it_is_read_keeps_its_rows(
    two: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = two.folder / "projects" / "-home-ada-engine" / f"{A}.jsonl"
    two.import_()
    two.append(path, answer("msg_3"))
    after_listing(monkeypatch, path.unlink)
    summary = two.import_()
    assert skipped(summary) == [(path.name, "No such file or directory")]
    assert summary.responses == 2


def test_a_file_that_shrinks_before_it_is_read_is_read_as_it_is(
    two: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = two.write(A, answer(), answer("msg_3"))
    after_listing(monkeypatch, lambda: os.truncate(path, path.stat().st_size - 9))
    assert two.import_().responses == 2
    monkeypatch.undo()
    two.append(path, b"")
    assert two.import_().responses == 2


def test_a_file_that_cannot_be_opened_is_reported_and_read_when_it_can_be(
    two: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = os.open

    def closed(path: Any, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith(f"{A}.jsonl"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opening(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", closed)
        summary = two.import_()
    assert skipped(summary) == [(f"{A}.jsonl", "Permission denied")]
    assert (summary.files, summary.files_read, summary.responses) == (2, 1, 1)
    assert two.import_().responses == 2


def test_a_folder_that_cannot_be_looked_into_does_not_make_its_files_gone(
    two: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.import_()
    listing, looking = os.scandir, Path.stat

    def refuse(path: object) -> None:
        if "-home-ada-engine" in str(path):
            raise PermissionError(errno.EACCES, "Permission denied")

    def scandir(path: str) -> object:
        refuse(path)
        return listing(path)

    def stat(path: Path, **kwargs: Any) -> os.stat_result:
        refuse(path)
        return looking(path, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        patch.setattr(Path, "stat", stat)
        summary = two.import_()
    assert skipped(summary) == [("-home-ada-engine", "Permission denied")]
    assert (summary.files_gone, summary.responses) == (0, 2)


def test_everything_odd_at_once_is_reported_and_the_rest_imported(two: Books) -> None:
    folder = two.folder / "projects" / "-home-ada-engine"
    (folder / "dangling.jsonl").symlink_to(folder / "nowhere")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe.jsonl")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jsonl")).write_bytes(b"")
    (folder / "folder.jsonl").mkdir()
    summary = two.import_()
    assert summary.responses == 2
    assert {name for name, _ in skipped(summary)} == {
        *("caf\\xe9.jsonl", "dangling.jsonl", "loop", "pipe.jsonl", "up")
    }


def test_a_linked_session_file_is_imported(two: Books) -> None:
    elsewhere = two.folder / "elsewhere.jsonl"
    elsewhere.write_bytes((two.write(A, answer("msg_9"))).read_bytes())
    (two.folder / "projects" / "link.jsonl").symlink_to(elsewhere)
    assert two.import_().responses == 2


def test_a_path_that_does_not_exist_makes_no_store(tmp_path: Path) -> None:
    books = Books(tmp_path)
    with pytest.raises(SourceError, match="nowhere"):
        books.import_(tmp_path / "nowhere")
    assert not books.store.exists()


def test_where_there_is_no_history_the_error_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, import_default: Callable[[Path], int]
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "config"))
    with pytest.raises(SourceError, match=r"no history in .*config, .*codex; name a"):
        import_default(tmp_path / "store.duckdb")
