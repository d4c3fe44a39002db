from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.maintenance import check
from tests.agents.claude.by_hand import A, B, answer, as_bytes, call, prompt, system, title
from tests.importer.stores import Books, facts


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the session files that are opened."""
    names: list[str] = []
    opening = Path.open

    def watched(path: Path, *args: Any, **kwargs: Any) -> Any:
        names.append(path.name)
        return opening(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", watched)
    return names


def files(books: Books) -> list[tuple[Any, ...]]:
    """Each known file's name, and whether it is gone."""
    return books.values(
        "select parse_filename(path), gone_at is not null from session_files order by all"
    )


def quiet_change(path: Path, content: bytes) -> None:
    """Change a file so that its size and its time say nothing of it."""
    before = path.stat()
    assert len(content) == before.st_size
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def long_file(books: Books, count: int = 40) -> Path:
    return books.write(
        A, *(answer(f"msg_{number:03}", padding="x" * 500) for number in range(count))
    )


def test_an_unchanged_file_is_not_opened(books: Books, opened: list[str]) -> None:
    books.write(A, answer())
    books.import_()
    assert f"{A}.jsonl" in opened
    opened.clear()
    summary = books.import_()
    assert f"{A}.jsonl" not in opened
    assert (summary.files, summary.files_read, summary.bytes_read) == (1, 0, 0)


def test_only_the_new_bytes_of_an_appended_file_are_read(books: Books) -> None:
    path = long_file(books)
    books.import_()
    books.append(path, answer("msg_new"))
    summary = books.import_()
    assert summary.bytes_read == len(as_bytes(answer("msg_new")))
    assert (summary.files_read, summary.responses_added) == (1, 1)


def test_lines_of_an_appended_file_are_numbered_on(books: Books) -> None:
    path = books.write(A, answer(), b"{broken")
    books.import_()
    books.append(path, b"{broken too", answer("msg_2"))
    books.import_()
    numbers = books.values("select response_id, line_no from responses order by all")
    assert numbers == [("msg_1", 1), ("msg_2", 4)]
    where = books.values("select line_no, byte_offset from quarantine order by all")
    assert where == [(2, len(as_bytes(answer()))), (3, len(as_bytes(answer(), b"{broken")))]


def test_half_a_last_line_is_read_when_it_is_completed(books: Books) -> None:
    path = books.write(A, answer())
    line = as_bytes(answer("msg_2"))
    with path.open("ab") as file:
        file.write(line[:70])
    summary = books.import_()
    assert (summary.responses, summary.quarantined_lines) == (1, 0)
    assert books.values("select unread_bytes from session_files") == [(70,)]
    with path.open("ab") as file:
        file.write(line[70:])
    summary = books.import_()
    assert (summary.responses, summary.quarantined_lines) == (2, 0)
    assert books.values("select unread_bytes, count_lines from session_files") == [(0, 2)]


def test_a_complete_last_line_is_counted_once_before_and_after_its_newline(books: Books) -> None:
    path = books.write(A, prompt(), answer())
    path.write_bytes(path.read_bytes()[:-1])
    assert books.import_().responses == 1
    before = facts(books.store)
    with path.open("ab") as file:
        file.write(b"\n")
    assert books.import_().responses == 1
    after = facts(books.store)
    assert after["usage_lines"] == before["usage_lines"]
    assert after["prompts"] == before["prompts"]


def test_a_last_line_without_newline_that_is_replaced_in_place_leaves_nothing_behind(
    books: Books,
) -> None:
    first = prompt("One", "09:00:00")
    last = answer("msg_1", content=[call("t1")])
    path = books.write(A, first, last, prompt("Two", "09:30:00", sessionId=B))
    path.write_bytes(path.read_bytes()[:-1])
    books.import_()
    assert books.values("select turn_count from claude_sessions") == [(2,)]
    replacement = as_bytes(first, last, answer("msg_2", "09:40:00", content=[call("t2")]))
    path.write_bytes(replacement[:-1])
    books.import_()
    assert books.values("select turn_count from claude_sessions") == [(1,)]
    path.write_bytes(as_bytes(first, last, title("ai-title", "Engine"))[:-1])
    books.import_()
    named = "select response_id from responses where kind = 'response' order by all"
    assert books.values(named) == [("msg_1",)]
    assert books.values("select tool_use_id from tool_uses") == [("t1",)]
    path.write_bytes(as_bytes(first, last, system("turn_duration", durationMs=5)))
    books.import_()
    assert books.values("select title from claude_sessions") == [(None,)]
    fresh = Books(books.folder / "fresh")
    import_history([books.folder / "projects"], fresh.store)
    assert facts(books.store) == facts(fresh.store)


def test_the_metadata_of_a_rewritten_file_is_superseded(books: Books) -> None:
    state = {"type": "cost-state", "sessionId": A, "totalCostUSD": 9}
    before = {**state, "modelUsage": {"m": {"costUSD": 9}, "n": {"costUSD": 0}}}
    path = books.write(A, b"{broken", answer(), title("custom-title", "Old"), before, b"{bad")
    books.import_()
    after = {**state, "totalCostUSD": 2, "modelUsage": {"m": {"costUSD": 2}}}
    books.write(A, answer("msg_2"), title("ai-title", "New"), after, b"{worse")
    books.import_()
    named = "select response_id from responses where kind = 'response' order by all"
    assert books.values(named) == [("msg_1",), ("msg_2",)]
    assert books.values("select line_no from quarantine") == [(4,)]
    assert books.values("select title from claude_sessions") == [("New",)]
    states = books.values("select model, total_cost_usd::integer from session_cost_states")
    assert states == [("m", 2)]
    path.unlink()
    books.import_()
    assert books.values("select count(*) from quarantine") == [(1,)]
    assert books.values("select title from claude_sessions") == [("New",)]


def test_an_empty_file_is_known_and_grows(books: Books) -> None:
    path = books.write(A)
    assert books.import_().files_read == 1
    assert books.import_().files_read == 0
    books.append(path, answer())
    assert books.import_().responses == 1


def test_a_file_that_was_only_touched_is_not_read_again(books: Books) -> None:
    path = books.write(A, answer())
    books.import_()
    before = facts(books.store)
    os.utime(path)
    assert books.import_().bytes_read == 0
    assert facts(books.store) == before


def shorter(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:20]))


def rewritten(path: Path) -> None:
    quiet_change(path, path.read_bytes().replace(b"msg_000", b"msg_999"))


def rewritten_at_the_end(path: Path) -> None:
    quiet_change(path, path.read_bytes().replace(b"msg_039", b"msg_999"))


def rewritten_in_the_middle(path: Path) -> None:
    quiet_change(path, path.read_bytes().replace(b"msg_020", b"msg_999"))


def rewritten_in_the_middle_and_grown(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"msg_020", b"msg_999") + as_bytes(answer("msg_0")))


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes().replace(b"msg_000", b"msg_999"))
    before = path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(path)


def longer_but_another(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"msg_000", b"msg_999") * 2)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (shorter, 40),
        (rewritten, 41),
        (rewritten_at_the_end, 41),
        (rewritten_in_the_middle, 41),
        (rewritten_in_the_middle_and_grown, 42),
        (replaced, 41),
        (longer_but_another, 41),
    ],
)
def test_a_changed_file_is_read_again_and_not_counted_twice(
    books: Books, change: Callable[[Path], None], count: int
) -> None:
    path = long_file(books)
    books.import_()
    change(path)
    summary = books.import_()
    assert summary.bytes_read == path.stat().st_size
    assert summary.responses == count
    assert files(books) == [(path.name, False), (path.name, True)]
    totals = books.values("select count(*), sum(output_tokens)::bigint from responses")
    assert totals == [(count, count * 100)]
    assert books.import_().files_read == 0


def over_a_mebibyte(books: Books) -> Path:
    lines = (answer(f"msg_{number:03}", padding="x" * 20_000) for number in range(100))
    return books.write(A, *lines)


def test_a_large_file_rewritten_in_its_middle_is_read_again(books: Books) -> None:
    path = over_a_mebibyte(books)
    books.import_()
    quiet_change(path, path.read_bytes().replace(b"msg_050", b"msg_999"))
    assert books.import_().bytes_read == path.stat().st_size
    assert books.import_().files_read == 0


def test_a_large_file_that_was_rewritten_over_its_middle_and_grew_is_read_again(
    books: Books,
) -> None:
    path = over_a_mebibyte(books)
    books.import_()
    lines = path.read_bytes().splitlines(keepends=True)
    shuffled = lines[:30] + lines[69:29:-1] + lines[70:]
    path.write_bytes(b"".join(shuffled) + as_bytes(answer("msg_new")))
    assert books.import_().bytes_read == path.stat().st_size


def test_only_the_new_bytes_of_a_large_file_that_grew_are_read(books: Books) -> None:
    path = over_a_mebibyte(books)
    books.import_()
    books.append(path, answer("msg_new"))
    assert books.import_().bytes_read == len(as_bytes(answer("msg_new")))
    os.utime(path)
    assert books.import_().bytes_read == 0


def test_a_file_known_without_a_checksum_grows_on(books: Books) -> None:
    path = long_file(books)
    books.import_()
    with open_store(books.store, read_only=False) as store:
        store._connection.execute(
            "update session_files set content_crc32 = null, samples_digest = null"
        )
    books.append(path, answer("msg_new"))
    assert books.import_().bytes_read == len(as_bytes(answer("msg_new")))
    assert books.values("select content_crc32 from session_files") == [(None,)]


def test_a_file_moved_to_another_folder_keeps_its_rows(books: Books) -> None:
    path = long_file(books)
    books.import_()
    before = facts(books.store)["responses"]
    moved = path.parents[1] / "elsewhere" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    summary = books.import_()
    assert (summary.bytes_read, summary.files_gone, summary.responses) == (0, 0, 40)
    assert books.values("select path, gone_at from session_files") == [(str(moved), None)]
    assert len(facts(books.store)["responses"]) == len(before)


def test_a_file_renamed_to_another_session_belongs_to_it_as_after_a_fresh_import(
    books: Books,
) -> None:
    path = books.write(A, prompt(), answer(), title("custom-title", "Engine"))
    books.import_()
    path.rename(path.with_name(f"{B}.jsonl"))
    summary = books.import_()
    assert (summary.files_gone, summary.responses, summary.sessions) == (0, 1, 1)
    fresh = Books(books.folder / "fresh")
    import_history([books.folder / "projects"], fresh.store)
    assert facts(books.store) == facts(fresh.store)
    assert check(books.store, wait_seconds=1) == []


def test_a_moved_folder_keeps_its_rows_and_its_files_grow_on(books: Books) -> None:
    for number in range(5):
        books.write(f"notes-{number}", answer(f"msg_{number}", sessionId=A))
    books.import_()
    folder = books.folder / "projects" / "-home-ada-engine"
    shutil.copytree(folder, folder.with_name("-home-ada-motor"))
    shutil.rmtree(folder)
    books.append(folder.with_name("-home-ada-motor") / "notes-3.jsonl", answer("msg_new"))
    summary = books.import_()
    assert summary.bytes_read == len(as_bytes(answer("msg_new")))
    assert (summary.files_gone, summary.responses) == (0, 6)
    assert books.values("select count(*) from session_files") == [(5,)]


def test_a_file_that_has_gone_keeps_its_rows_and_is_marked(books: Books) -> None:
    path = books.write(A, prompt(), answer())
    books.write(B, answer("msg_2", sessionId=B))
    books.import_()
    path.unlink()
    summary = books.import_()
    assert (summary.files, summary.files_gone, summary.responses) == (1, 1, 2)
    assert files(books) == [(f"{A}.jsonl", True), (f"{B}.jsonl", False)]
    first = books.values("select gone_at from session_files where gone_at is not null")
    assert books.import_().files_gone == 0
    assert books.values("select gone_at from session_files where gone_at is not null") == first


def test_a_file_that_reappears_is_not_gone_and_not_counted_twice(books: Books) -> None:
    path = books.write(A, answer())
    content = path.read_bytes()
    books.write(B, answer("msg_2", sessionId=B))
    books.import_()
    path.unlink()
    books.import_()
    path.write_bytes(content + as_bytes(answer("msg_3")))
    summary = books.import_()
    assert (summary.responses, summary.bytes_read) == (3, len(as_bytes(answer("msg_3"))))
    assert files(books) == [(f"{A}.jsonl", False), (f"{B}.jsonl", False)]


def test_importing_one_folder_says_nothing_of_files_elsewhere(books: Books) -> None:
    here = books.write(A, answer(), project="here")
    there = books.write(B, answer("msg_2"), project="there")
    books.import_()
    there.unlink()
    assert books.import_(here.parent).files_gone == 0
    assert files(books) == [(here.name, False), (there.name, False)]


def test_a_moved_file_is_found_among_thousands_that_are_gone_without_opening_it_for_each(
    books: Books, opened: list[str]
) -> None:
    for number in range(200):
        books.write(f"gone-{number}", answer(f"msg_{number}", padding="x" * 5000))
    books.write(A, answer("kept"))
    books.import_()
    for path in books.folder.rglob("gone-*.jsonl"):
        path.unlink()
    books.import_()
    opened.clear()
    books.write(B, answer("new", padding="x" * 5000))
    assert books.import_().responses == 202
    assert opened.count(f"{B}.jsonl") <= 3


def test_a_summary_says_what_was_found_and_what_the_store_holds(books: Books) -> None:
    path = books.write(A, prompt(), answer(), b"{broken")
    summary = asdict(books.import_())
    assert summary == {
        "files": 1,
        "files_read": 1,
        "files_gone": 0,
        "bytes_read": path.stat().st_size,
        "responses": 1,
        "responses_added": 1,
        "sessions": 1,
        "quarantined_lines": 1,
        "lines_quarantined": 1,
        "problems": [],
        "summary_problem": None,
    }


def test_a_kind_of_subagent_that_is_named_after_its_file_was_read_is_known(books: Books) -> None:
    path = books.write(f"{A}/subagents/agent-a1", answer(agentId="a1"))
    books.import_()
    assert books.import_().files_read == 0
    path.with_suffix(".meta.json").write_text('{"agentType": "Explore"}')
    books.import_()
    assert books.values("select agent_type from session_files") == [("Explore",)]
    assert books.values("select count(*) from usage_lines") == [(1,)]
    assert books.import_().files_read == 0
