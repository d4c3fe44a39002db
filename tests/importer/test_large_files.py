"""Files larger than a chunk and a batch, small ones made to look so."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pocketdev_analytics.agents import discover, reading
from pocketdev_analytics.importer import batches, import_history, tasks
from pocketdev_analytics.importer.known import KnownFiles
from pocketdev_analytics.importer.plan import make_plan
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, B, Line, answer, as_bytes
from tests.importer.stores import Books


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few kilobytes are read and loaded as if they were gigabytes."""
    monkeypatch.setattr(tasks, "CHUNK_BYTES", 4000)
    monkeypatch.setattr(tasks, "split", lambda chunk: reading.split(chunk, 4000))
    monkeypatch.setattr("pocketdev_analytics.importer.run._BATCH_BYTES", 6000)


LARGE: list[Line | bytes] = [
    *(answer(f"msg_{number % 25:03}", padding="x" * 500) for number in range(40)),
    b"{broken",
    answer("msg_last"),
    b"{unfinished",
]


def test_a_file_larger_than_a_batch_is_the_same_as_in_one(
    books: Books, small_batches: None
) -> None:
    path = books.write(A, *LARGE)
    path.write_bytes(path.read_bytes()[:-1])
    books.import_()
    rows = books.values("select line_no from quarantine")
    assert rows == [(41,)]
    ((checksum,),) = books.values("select content_crc32 from session_files")
    assert checksum == zlib.crc32(path.read_bytes()[: -len(b"{unfinished")])
    (state,) = books.rows("select count_lines, unread_bytes, bytes_read from session_files")
    assert state["count_lines"] == 42
    assert state["unread_bytes"] == len(b"{unfinished")
    assert books.import_().files_read == 0
    assert books.values("select count(*), max(line_no) from usage_lines") == [(41, 42)]


def test_a_grown_file_larger_than_a_batch_loses_nothing_of_its_first_batch(
    books: Books, small_batches: None
) -> None:
    path = books.write(A, answer("first"))
    path.write_bytes(path.read_bytes()[:-1])
    books.import_()
    with path.open("ab") as file:
        file.write(b"\n" + as_bytes(*LARGE))
    books.import_()
    assert books.values("select count(*), min(line_no) from usage_lines") == [(42, 1)]
    assert books.values("select count(*) from responses") == [(27,)]


def test_an_import_that_ended_inside_a_file_is_completed_by_the_next(
    books: Books, small_batches: None
) -> None:
    books.write(A, *LARGE)

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batches_loaded(books, stop)
    ((some,),) = books.values("select count(*) from usage_lines")
    assert 0 < some < 41
    summary = books.import_()
    assert 0 < summary.bytes_read < len(as_bytes(*LARGE))
    assert books.values("select count(*), count(distinct line_no) from usage_lines") == [(41, 41)]


def batches_loaded(books: Books, progress: Callable[[int, int], None]) -> None:
    import_history([books.folder], books.store, progress=progress)


@pytest.mark.parametrize("is_in_a_chunk", [True, False])
def test_a_read_error_inside_a_file_is_reported_once_and_made_good_by_the_next_import(
    books: Books, small_batches: None, monkeypatch: pytest.MonkeyPatch, is_in_a_chunk: object
) -> None:
    books.write(A, *LARGE)
    books.write(B, answer("msg_small"))
    parts = reading._parts

    def failing(file: Any, chunk: Any, start: int) -> Any:
        if chunk.start >= 8000:
            if is_in_a_chunk:
                yield next(iter(parts(file, chunk, start)))
            raise OSError(5, "Input/output error")
        yield from parts(file, chunk, start)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "_PART_BYTES", 1000)
        patch.setattr(reading, "_parts", failing)
        summary = books.import_()
    assert [problem.reason for problem in summary.problems] == ["Input/output error"]
    ((some, names),) = books.values("select count(*), count(distinct file_id) from usage_lines")
    assert 0 < some < 42
    assert names == 2
    assert books.import_().problems == []
    rows = books.values("select count(*), count(distinct (file_id, line_no)) from usage_lines")
    assert rows == [(42, 42)]


def test_lines_are_never_numbered_over_a_gap(books: Books, small_batches: None) -> None:
    path = books.write(A, *LARGE)
    plan = make_plan(discover([path]), KnownFiles(), "here")
    assembly = batches.BatchBuilder(plan.noted_at)
    (whole,) = assembly.expect(plan.new)
    chunks = list(reading.split(whole, 4000))
    assert len(chunks) > 3
    for chunk in (*chunks[:2], *chunks[3:]):
        assembly.add(reading.read_chunks([chunk]))
    assert [problem.path for problem in assembly.problems] == [str(path)]
    assert "changed while it was read" in assembly.problems[0].reason
    with open_store(books.store, read_only=False) as store:
        store.load(assembly.take())
    (half,) = books.rows("select bytes_read, count_lines from session_files")
    assert half["bytes_read"] < path.stat().st_size
    ((last,),) = books.values("select max(line_no) from usage_lines")
    assert last <= half["count_lines"]
    books.import_()
    assert books.values("select count(*), max(line_no) from usage_lines") == [(41, 42)]
