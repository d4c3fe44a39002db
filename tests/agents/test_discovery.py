from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from pocketdev_analytics.agents import discover, find_agent
from pocketdev_analytics.exceptions import SourceError
from tests.agents.claude.by_hand import A, answer, write


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def agent_type(path: Path) -> str | None:
    return find_agent("claude").read_meta(str(path), "1").agent_type


def found(*paths: Path) -> list[str]:
    return [Path(file.path).name for file in discover(paths).files]


def problems(path: Path) -> list[tuple[str, str]]:
    listed = discover([path])
    return [(Path(problem.path).name, problem.reason) for problem in listed.problems]


@pytest.mark.parametrize(
    ("path", "session_id", "agent_id"),
    [
        (f"/p/-home/{A}.jsonl", A, None),
        ("/p/-home/agent-12ab.jsonl", None, "12ab"),
        (f"/p/-home/{A}/subagents/agent-12ab.jsonl", A, "12ab"),
        (f"/p/-home/{A}/subagents/workflows/wf_1/agent-12ab.jsonl", A, "12ab"),
        (f"/p/-home/{A}/subagents/workflows/wf_1/journal.jsonl", A, None),
        ("/p/-home/notes/subagents/agent-12ab.jsonl", None, "12ab"),
        ("/p/-home/notes.jsonl", None, None),
        ("/subagents/agent-1.jsonl", None, "1"),
    ],
)
def test_a_path_names_session_and_agent_in_all_three_layouts(
    path: str, session_id: str | None, agent_id: str | None
) -> None:
    assert find_agent("claude").path_identity(path) == (session_id, agent_id)


def test_a_config_folder_a_projects_folder_and_a_file_are_taken(tmp_path: Path) -> None:
    file = touch(tmp_path / "projects" / "-home" / f"{A}.jsonl")
    touch(tmp_path / "history.jsonl")
    for path in (tmp_path, tmp_path / "projects", file.parent, file):
        assert found(path) == [f"{A}.jsonl"]


def test_only_jsonl_files_are_listed_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "c.json", "a/z.jsonl", "notes.md"):
        touch(tmp_path / name)
    assert found(tmp_path) == ["a.jsonl", "z.jsonl", "b.jsonl"]


def test_overlapping_folders_are_listed_once_in_any_spelling(tmp_path: Path) -> None:
    touch(tmp_path / "projects" / "-home" / "a.jsonl")
    (tmp_path / "link").symlink_to(tmp_path / "projects")
    other = tmp_path / "projects" / ".." / "projects" / "-home"
    assert found(tmp_path, tmp_path / "projects", other, tmp_path / "link") == ["a.jsonl"]


def test_a_path_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot read .*nowhere \(No such file.*name a config"):
        discover([tmp_path / "nowhere"])


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_path_that_cannot_exist_is_an_error_too(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError):
        discover([tmp_path / name])


def test_a_dangling_link_is_reported_and_the_rest_listed(tmp_path: Path) -> None:
    touch(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "gone.jsonl")
    (tmp_path / "folder").symlink_to(tmp_path / "gone")
    assert found(tmp_path) == ["a.jsonl"]
    reason = "No such file or directory"
    assert problems(tmp_path) == [("b.jsonl", reason), ("folder", reason)]


def test_a_link_to_a_folder_above_is_reported_and_not_followed(tmp_path: Path) -> None:
    touch(tmp_path / "deep" / "a.jsonl")
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    assert found(tmp_path) == ["a.jsonl"]
    assert problems(tmp_path) == [("up", "a link to a folder above it")]


@pytest.mark.parametrize("name", ["loop", "loop.jsonl"])
def test_a_link_to_itself_is_reported(tmp_path: Path, name: str) -> None:
    touch(tmp_path / "a.jsonl")
    (tmp_path / name).symlink_to(tmp_path / name)
    assert found(tmp_path) == ["a.jsonl"]
    assert problems(tmp_path) == [(name, "Too many levels of symbolic links")]
    with pytest.raises(SourceError):
        discover([tmp_path / name])


def test_a_linked_folder_is_followed(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere" / "a.jsonl")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "here") == ["a.jsonl"]


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    touch(tmp_path / "a.jsonl")
    for name in (b"caf\xe9.jsonl", b"caf\xe8/b.jsonl"):
        touch(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)))
    assert found(tmp_path) == ["a.jsonl"]
    assert [reason for _, reason in problems(tmp_path)] == ["its name is not UTF-8; rename it"] * 2
    assert {name for name, _ in problems(tmp_path)} == {"caf\\xe9.jsonl", "b.jsonl"}


SPECIAL = {
    "pipe": "not a regular file but a named pipe",
    "socket": "not a regular file but a socket",
    "device": "not a regular file but a device",
}


def make_special(path: Path, kind: str) -> Path:
    """A file at `path` that a reader would wait for, or never reach the end of."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound, chdir(path.parent):
            bound.bind(path.name)  # a socket's whole path may be too long
    else:
        path.symlink_to("/dev/zero")
    return path


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_in_place_of_a_session_file_is_reported(tmp_path: Path, kind: str) -> None:
    touch(tmp_path / "a.jsonl")
    special = make_special(tmp_path / "b.jsonl", kind)
    (tmp_path / "link.jsonl").symlink_to(special)
    assert found(tmp_path) == ["a.jsonl"]
    assert problems(tmp_path) == [("b.jsonl", SPECIAL[kind]), ("link.jsonl", SPECIAL[kind])]


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_that_is_named_is_an_error(tmp_path: Path, kind: str) -> None:
    special = make_special(tmp_path / "a.jsonl", kind)
    with pytest.raises(SourceError, match=SPECIAL[kind]):
        discover([special])


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_file_in_place_of_a_companion_is_reported(tmp_path: Path, kind: str) -> None:
    path = touch(tmp_path / "agent-1.jsonl")
    make_special(tmp_path / "agent-1.meta.json", kind)
    assert found(tmp_path) == ["agent-1.jsonl"]
    assert problems(tmp_path) == [("agent-1.meta.json", SPECIAL[kind])]
    assert agent_type(path) is None


def test_a_folder_in_place_of_a_companion_is_reported(tmp_path: Path) -> None:
    touch(tmp_path / "agent-1.jsonl")
    (tmp_path / "agent-1.meta.json").mkdir()
    assert problems(tmp_path) == [("agent-1.meta.json", "Is a directory")]


def test_a_large_companion_is_reported_and_not_read(tmp_path: Path) -> None:
    path = touch(tmp_path / "agent-1.jsonl")
    companion = tmp_path / "agent-1.meta.json"
    companion.write_bytes(b'{"agentType": "Explore"}'.ljust(2**20))
    assert (problems(tmp_path), agent_type(path)) == ([], "Explore")
    companion.write_bytes(b'{"agentType": "Explore"}'.ljust(2**20 + 1))
    assert problems(tmp_path) == [("agent-1.meta.json", "larger than 1 MiB")]
    assert agent_type(path) is None


@pytest.fixture
def nested(tmp_path: Path) -> Iterator[Path]:
    """The innermost of 520 folders; a recursive removal, as pytest's, would not end well."""
    folders = [tmp_path / "d"]
    while len(folders) < 520:
        folders.append(folders[-1] / "d")
    for folder in folders:
        folder.mkdir()
    yield folders[-1]
    for folder in reversed(folders):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def test_folders_nested_520_deep_are_listed(nested: Path, tmp_path: Path) -> None:
    touch(nested / "a.jsonl")
    assert found(tmp_path) == ["a.jsonl"]


def test_a_folder_that_cannot_be_listed_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "a.jsonl")
    touch(tmp_path / "closed" / "b.jsonl")
    listing = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert found(tmp_path) == ["a.jsonl"]
    assert problems(tmp_path) == [("closed", "Permission denied")]


@pytest.mark.parametrize(
    ("companion", "kind"),
    [
        (b'{"agentType": "Explore"}', "Explore"),
        (b'{"agentType": 5}', None),
        (b"[]", None),
        (b"[" * 100_000, None),
        (b"{", None),
        (b'"\xff"', None),
        (None, None),
    ],
)
def test_a_companion_says_what_kind_of_agent_it_was(
    tmp_path: Path, companion: bytes | None, kind: str | None
) -> None:
    if companion is not None:
        (tmp_path / "agent-1.meta.json").write_bytes(companion)
    assert agent_type(tmp_path / "agent-1.jsonl") == kind


def test_sessions_of_the_desktop_applications_agent_mode_are_found_below_their_folder(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "local-agent-mode-sessions" / "app" / "machine" / f"local_{A}"
    path = write(folder / ".claude", A, answer())
    assert [file.path for file in discover([tmp_path / "local-agent-mode-sessions"]).files] == [
        str(path)
    ]
