"""A path may hold one file after another; each is known again, here and in other stores."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pocketdev_analytics.importer import import_history
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.export import export_store
from pocketdev_analytics.store.maintenance import check
from tests.agents.claude.by_hand import A, answer, as_bytes, title
from tests.importer.stores import Books

OLD = (answer("old_1", "09:00:00"), b"{broken", title("custom-title", "Old"))
NEW = (answer("new_1", "10:00:00"), answer("new_2", "10:01:00"))


def see(books: Books, store: Path | None = None) -> None:
    """Import the disk of the laptop."""
    import_history([books.folder / "projects"], store or books.store, machine="laptop")


def exported(books: Books, name: str) -> Path:
    export_store(books.folder / name, books.store)
    return books.folder / name


def values(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_store(store) as opened:
        return opened.query(sql).rows()


def responses(store: Path) -> list[str]:
    return [row[0] for row in values(store, "select response_id from responses order by all")]


def rows(store: Path) -> tuple[Any, ...]:
    """How many files, lines with usage and unreadable lines there are, and the title."""
    assert check(store, wait_seconds=1) == []
    tables = ("session_files", "usage_lines", "quarantine")
    counts = ", ".join(f"(select count(*) from {table})" for table in tables)
    return values(store, f"select {counts}, (select any_value(title) from claude_sessions)")[0]


@pytest.mark.parametrize("steps", list(itertools.permutations(["export", "projects"])))
def test_a_rewritten_file_in_an_export_is_not_spliced_with_what_is_on_disk(
    books: Books, steps: tuple[str, ...]
) -> None:
    for lines in ((*OLD, answer("old_2", "09:01:00"), answer("old_3", "09:02:00")), NEW):
        books.write(A, *lines)
        see(books)
    exported(books, "export")
    fresh = books.folder / "fresh.duckdb"
    for step in steps:
        import_history([books.folder / step], fresh, machine="laptop")
    assert responses(fresh) == ["new_1", "new_2", "old_1", "old_2", "old_3"]
    assert rows(fresh) == rows(books.store) == (2, 5, 0, None)


@pytest.mark.parametrize("order", list(itertools.permutations(["first", "second"])))
def test_two_contents_of_one_path_are_two_files_whichever_export_comes_first(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    books = Books(tmp_path)
    for name, lines in (("first", OLD), ("second", (*NEW, *NEW))):
        books.write(A, *lines)
        see(books, tmp_path / f"{name}.duckdb")
        export_store(tmp_path / name, tmp_path / f"{name}.duckdb")
    united = tmp_path / "united.duckdb"
    for name in (*order, *order):
        import_history([tmp_path / name], united)
    assert responses(united) == ["new_1", "new_2", "old_1"]
    assert rows(united) == (2, 5, 0, None)


def test_a_path_used_again_after_its_file_was_moved_is_another_file(books: Books) -> None:
    path = books.write(A, *(answer(f"old_{number}", "09:00:00") for number in range(4)))
    see(books)
    moved = path.parents[1] / "moved" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    see(books)
    path.write_bytes(as_bytes(*NEW)[:-1])
    see(books)
    moved.unlink()
    path.write_bytes(as_bytes(*NEW, answer("new_3", "10:02:00")))
    see(books)
    assert responses(books.store) == [
        *(f"new_{n}" for n in (1, 2, 3)),
        *(f"old_{n}" for n in range(4)),
    ]
    assert rows(books.store)[:2] == (2, 7)


def test_a_moved_file_is_known_again_where_its_path_is_used_again_at_once(books: Books) -> None:
    path = books.write(A, *OLD)
    see(books)
    moved = path.parents[1] / "moved" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    path.write_bytes(as_bytes(*NEW))
    see(books)
    assert rows(books.store) == (2, 3, 1, "Old")


def test_restored_content_is_current_again(books: Books) -> None:
    path = books.write(A, *OLD)
    see(books)
    books.write(A, *NEW)
    see(books)
    assert rows(books.store) == (2, 3, 0, None)
    path.unlink()
    see(books)
    for lines, expected in ((NEW, (0, None)), (OLD, (1, "Old")), (NEW, (0, None))):
        books.write(A, *lines)
        see(books)
        assert rows(books.store) == (2, 3, *expected)


def test_a_file_that_was_moved_before_it_was_exported_is_one_with_that_on_disk(
    books: Books,
) -> None:
    path = books.write(A, *OLD)
    see(books)
    path.parent.rename(path.parents[1] / "moved")
    see(books)
    export = exported(books, "export")
    for steps in itertools.permutations([export, books.folder / "projects"]):
        fresh = books.folder / f"{steps[0].name}-first.duckdb"
        for step in steps:
            import_history([step], fresh, machine="laptop")
        assert rows(fresh) == rows(books.store) == (1, 1, 1, "Old")


def test_the_metadata_from_an_export_of_a_file_rewritten_since_is_superseded(
    books: Books,
) -> None:
    books.write(A, *OLD)
    see(books)
    early = exported(books, "early")
    books.write(A, *NEW)
    for steps in itertools.permutations([early, books.folder / "projects"]):
        fresh = books.folder / f"{steps[0].name}-first.duckdb"
        for step in steps:
            import_history([step], fresh, machine="laptop")
        assert rows(fresh) == (2, 3, 0, None)
        gone = values(fresh, "select count(gone_at) from session_files")
        assert gone == [(1,)]


def test_a_file_that_was_cut_off_is_another_than_the_longer_one(books: Books) -> None:
    long = (answer("one", "09:00:00"), answer("two", "09:01:00"), *OLD)
    books.write(A, *long)
    see(books)
    exported(books, "long")
    books.write(A, *long[:1])
    see(books)
    short = books.folder / "short.duckdb"
    see(books, short)
    export_store(books.folder / "short", short)
    for order in itertools.permutations(["long", "short"]):
        united = books.folder / f"{order[0]}-first.duckdb"
        for name in order:
            import_history([books.folder / name], united)
        assert rows(united) == rows(books.store) == (2, 4, 0, None)


def test_files_of_no_known_machine_come_back_from_another_store_as_what_they_were(
    books: Books,
) -> None:
    books.write(A, *OLD)
    see(books)
    with duckdb.connect(books.store) as connection:
        connection.execute("update session_files set machine = null")
    before = values(books.store, "from session_files")
    hub = books.folder / "hub.duckdb"
    import_history([exported(books, "export")], hub)
    export_store(books.folder / "back", hub)
    summary = import_history([books.folder / "back"], books.store)
    assert summary.files_read == 0
    assert values(books.store, "from session_files") == before
    assert rows(books.store) == (1, 1, 1, "Old")


def test_a_store_made_before_generations_had_a_time_works_on(books: Books) -> None:
    path = books.write(A, *OLD)
    see(books)
    with duckdb.connect(books.store) as connection:
        connection.execute("alter table session_files drop first_line_digest")
        connection.execute("alter table session_files drop noted_at")
        connection.execute("alter table session_files drop superseded_at")
        connection.execute("delete from schema_migrations where version in (45, 46)")
    open_store(books.store, read_only=False).close()
    before = rows(books.store)
    books.append(path, answer("old_2", "09:05:00"))
    see(books)
    assert rows(books.store) == (1, before[1] + 1, *before[2:])
    export, fresh = exported(books, "export"), books.folder / "fresh.duckdb"
    see(books, fresh)
    import_history([export], fresh, machine="laptop")
    assert rows(fresh) == rows(books.store)
    books.write(A, *NEW)
    see(books)
    assert rows(books.store) == (2, 4, 0, None)


def test_a_key_does_not_depend_on_the_clock_being_right(books: Books) -> None:
    books.write(A, *OLD)
    see(books)
    with duckdb.connect(books.store) as connection:
        connection.execute("update session_files set noted_at = '2126-01-01'")
    books.write(A, *NEW)
    see(books)
    assert rows(books.store) == (2, 3, 0, None)
    assert import_history([books.folder / "projects"], books.store).files_read == 0
