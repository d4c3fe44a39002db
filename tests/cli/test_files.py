from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pocketdev_analytics.cli._files import find_target
from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pages import write


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.json", "json"),
        ("a.CSV", "csv"),
        ("a.parquet", "parquet"),
        ("a.md", "markdown"),
        ("a.txt", "table"),
    ],
)
def test_a_files_format_is_that_of_its_suffix(name, format_):
    assert find_target(None, Path(name)).format == format_


def test_a_format_may_be_named_where_the_suffix_says_none():
    assert find_target("csv", Path("a.dat")).format == "csv"
    assert find_target("csv", Path("a.csv")).format == "csv"


@pytest.mark.parametrize(
    ("format_", "name", "message"),
    [
        (None, "a.xls", r"'a.xls' has no known extension; expected one of: .json, .csv, .p"),
        (None, "a", "has no known extension"),
        ("json", "a.csv", "'a.csv' means csv, but --format is json; give only one"),
        (None, "/", "'/' is a folder; expected a file"),
    ],
)
def test_a_file_whose_format_is_unclear_is_refused(format_, name, message):
    with pytest.raises(ReportError, match=message):
        find_target(format_, Path(name))


def test_parquet_is_not_written_to_a_terminal(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    with pytest.raises(ReportError, match="refusing to write Parquet to a terminal; use -o FILE"):
        find_target("parquet", None)


def test_a_file_is_written_atomically_and_replaces_the_old_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old\n")
    path.chmod(0o600)
    find_target(None, path).write("new\n≥\n")
    assert path.read_text(encoding="utf-8") == "new\n≥\n"
    assert path.stat().st_mode & 0o777 == 0o600
    find_target("parquet", tmp_path / "b").write(b"\x00")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "b"]


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("old\n")

    def full(_self, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ReportError, match=r"cannot write .*: No space left on device; choose"):
        find_target(None, path).write("new\n")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "old\n"


def test_a_file_in_no_folder_is_refused_with_its_name(tmp_path):
    with pytest.raises(ReportError, match=r"cannot write '.*a.csv': No such file or directory"):
        find_target(None, tmp_path / "no" / "a.csv").write("")


def test_a_new_file_has_the_rights_that_the_person_gives_files(tmp_path):
    before = os.umask(0o077)
    try:
        find_target(None, tmp_path / "a.csv").write("new\n")
    finally:
        os.umask(before)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


def test_a_link_stays_one_and_its_file_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "a.csv"
    link.symlink_to(tmp_path / "there" / "b.csv")
    for content in ("new\n", "newer\n"):
        find_target(None, link).write(content)
        assert link.is_symlink()
        assert (tmp_path / "there" / "b.csv").read_text() == content


def test_a_pipe_gets_the_content_and_stays_one(tmp_path):
    pipe = tmp_path / "a.csv"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_text)
        find_target(None, pipe).write("new\n")
        assert read.result(timeout=10) == "new\n"
    assert pipe.is_fifo()
    write(pipe.with_name("page.html"), "<p>\u2265</p>")
    assert pipe.with_name("page.html").read_bytes() == b"<p>\xe2\x89\xa5</p>"


def test_a_device_is_never_replaced_by_a_file():
    find_target("csv", Path("/dev/null")).write("new\n")
    assert Path("/dev/null").is_char_device()


def test_a_name_that_is_too_long_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(ReportError, match=r"cannot write .*: File name too long; choose another"):
        find_target(None, tmp_path / f"{'a' * 300}.csv")
