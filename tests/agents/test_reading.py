from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pocketdev_analytics.agents import (
    Chunk,
    Decoded,
    Origin,
    Span,
    find_agent,
    fingerprint,
    read_chunks,
    reading,
    split,
    unpack_rows,
)
from pocketdev_analytics.agents.rows import Rows
from tests.agents.claude.by_hand import Line, answer, as_bytes

LINES: list[Line | bytes] = [
    *(answer(f"msg_{number}", padding="x" * (number * 37 % 400)) for number in range(12)),
    b"",
    b"{broken",
    answer("msg_last"),
]


def frames(*read: Decoded) -> dict[str, pl.DataFrame]:
    return unpack_rows([task.rows for task in read])


def whole(path: Path, size: int | None = None) -> Chunk:
    length = path.stat().st_size if size is None else size
    return Chunk(str(path), Origin(file_id=1), 0, length, length)


def ids(frames: dict[str, pl.DataFrame]) -> list[str]:
    return frames["usage_lines"]["response_id"].to_list()


@settings(deadline=None, max_examples=15)
@given(chunk_bytes=st.integers(40, 5000), ends_with_newline=st.booleans(), lines=st.integers(0, 15))
def test_a_file_in_chunks_holds_each_line_once(
    tmp_path_factory: pytest.TempPathFactory,
    chunk_bytes: int,
    ends_with_newline: bool,  # noqa: FBT001 - drawn by name
    lines: int,
) -> None:
    path = tmp_path_factory.mktemp("chunks") / "a.jsonl"
    path.write_bytes(as_bytes(*LINES[:lines])[: None if ends_with_newline else -1])
    at_once = read_chunks([whole(path)])
    parts = [read_chunks([part]) for part in split(whole(path), chunk_bytes)]
    assert [name for part in parts for name in ids(frames(part))] == ids(frames(at_once))
    (single,) = at_once.chunks
    chunks = [part.chunks[0] for part in parts]
    assert sum(chunk.span.count_lines for chunk in chunks) == single.span.count_lines
    offsets = [row for part in parts for row in frames(part)["quarantine"]["byte_offset"]]
    assert offsets == frames(at_once)["quarantine"]["byte_offset"].to_list()
    assert [chunk.is_last for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    ends = [chunk for chunk in chunks if chunk.span.count_lines]
    if ends:
        assert ends[-1].fingerprint == single.fingerprint


@settings(deadline=None, max_examples=15)
@given(part_bytes=st.integers(1, 3000), ends_with_newline=st.booleans(), lines=st.integers(0, 15))
def test_a_file_read_in_parts_is_what_it_is_at_once(
    tmp_path_factory: pytest.TempPathFactory,
    part_bytes: int,
    ends_with_newline: bool,  # noqa: FBT001 - drawn by name
    lines: int,
) -> None:
    path = tmp_path_factory.mktemp("parts") / "a.jsonl"
    path.write_bytes(as_bytes(*LINES[:lines])[: None if ends_with_newline else -1])
    at_once = read_chunks([whole(path)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_PART_BYTES", part_bytes)
        in_parts = read_chunks([whole(path)])
    assert in_parts.chunks == at_once.chunks
    for table, frame in frames(at_once).items():
        assert_frame_equal(frames(in_parts)[table], frame)


def test_rows_of_several_tasks_are_those_of_one(tmp_path: Path) -> None:
    """What rows have in common is shown by number, in each task from zero."""
    chunks = []
    for number in range(4):
        path = tmp_path / f"{number}.jsonl"
        places = [
            {"cwd": f"/code/{number}", "gitBranch": f"branch-{line}"} for line in range(number)
        ]
        lines = [answer(f"msg_{number}_{i}", **place) for i, place in enumerate(places)]
        other = answer(f"msg_{number}", model=f"model-{number}", stop=None)
        path.write_bytes(as_bytes(*lines, other, *[b"{broken"] * (number % 2)))
        chunks.append(replace(whole(path), origin=Origin(file_id=number)))
    at_once = read_chunks(chunks)
    tasks = [read_chunks(part) for part in ([], chunks[:1], chunks[1:3], [], chunks[3:])]
    assert frames(at_once)["usage_lines"]["git_branch"].n_unique() > 2
    for table, frame in frames(*tasks).items():
        assert_frame_equal(frame, frames(at_once)[table])


def test_a_file_that_fails_while_it_is_read_leaves_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    failing.write_bytes(as_bytes(*LINES))
    other.write_bytes(as_bytes(answer("msg_other"), b"{broken"))
    parts = reading._parts

    def fail(file: BinaryIO, chunk: Chunk, start: int) -> Iterator[tuple[bytes, int]]:
        for data, size in parts(file, chunk, start):
            yield data, size
            if chunk.path == str(failing) and b"{broken" in data:
                raise OSError(5, "Input/output error")

    monkeypatch.setattr(reading, "_PART_BYTES", 300)
    monkeypatch.setattr(reading, "_parts", fail)
    read = read_chunks([whole(other), whole(failing), whole(other)])
    assert [chunk.problem for chunk in read.chunks] == [None, "Input/output error", None]
    assert ids(frames(read)) == ["msg_other"] * 2
    assert frames(read)["quarantine"].height == 2


def test_a_file_rewritten_during_reading_is_not_taken_for_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_bytes(*LINES))
    agent = find_agent("claude")

    def rewrite(data: bytes, origin: Origin, rows: Rows, size: int) -> Span:
        path.write_bytes(as_bytes(answer("msg_anew"), *LINES))
        return agent.decode(data, origin, rows, size)

    monkeypatch.setattr(reading, "_PART_BYTES", 2000)
    rewriting = replace(agent, decode=rewrite)
    monkeypatch.setattr(reading, "find_agent", {"claude": rewriting}.__getitem__)
    (chunk,) = read_chunks([whole(path)]).chunks
    known = chunk.fingerprint
    assert known.bytes_read
    assert fingerprint(str(path), known.bytes_read).head != known.head


def test_writes_after_the_end_of_a_truncated_file_give_no_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = as_bytes(*LINES)
    path.write_bytes(lines[:-20])
    chunk = whole(path, len(lines))
    with path.open("rb") as file:
        parts = reading._parts(file, chunk, 0)
        whole_lines, size = next(parts)
        assert whole_lines[:size] + next(parts)[0] == lines[:-20]
        path.write_bytes(lines)
        assert list(parts) == []


def test_what_is_written_while_a_file_is_read_waits_for_the_next_import(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_bytes(answer(), answer("msg_2")))
    listed = len(as_bytes(answer()))
    assert ids(frames(read_chunks([whole(path, listed)]))) == ["msg_1"]
    assert ids(frames(read_chunks([whole(path, listed + 5)]))) == ["msg_1"]


def test_a_file_that_has_vanished_is_a_chunk_with_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(as_bytes(answer()))
    gone = Chunk(str(tmp_path / "b.jsonl"), Origin(file_id=2), 0, 9, 9)
    read = read_chunks([gone, whole(path)])
    assert [chunk.problem for chunk in read.chunks] == ["No such file or directory", None]
    assert ids(frames(read)) == ["msg_1"]


def test_a_fingerprint_knows_the_edges_of_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    content = as_bytes(*LINES) * 3
    path.write_bytes(content)
    known = fingerprint(str(path), len(content))
    assert fingerprint(str(path), len(content)) == known
    path.write_bytes(content + b"more")
    assert fingerprint(str(path), len(content)) == known
    for place in (5, len(content) - 5):
        path.write_bytes(content[:place] + b"X" + content[place + 1 :])
        assert fingerprint(str(path), len(content)) != known


def test_a_long_line_is_read_by_the_chunk_it_begins_in(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(answer(padding="x" * 100_000)))
    parts = [read_chunks([part]) for part in split(whole(path), 1000)]
    assert [len(ids(frames(part))) for part in parts] == [1] + [0] * (len(parts) - 1)
