"""A store is a local file of this package: other meanings of a name are refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer
from tests.agents.test_discovery import make_special
from tests.importer.stores import Books

OTHER_SYSTEMS = [
    *("md:x", "motherduck:x", "sqlite:x", "postgres:dbname=x", "mysql:x", "ducklake:x", "file:x"),
    *("http://host/x.duckdb", "https://host/x", "s3://bucket/x.duckdb", "hf://x", "gcs://x"),
    *(":memory:", ":memory:named", "a?access_mode=READ_ONLY", "folder\\x.duckdb", "x\0y"),
]
READ_ONLY = [True, False]


@pytest.mark.parametrize("read_only", READ_ONLY)
@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_a_name_that_is_not_a_path_is_refused_before_anything_is_opened(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    read_only: bool,  # noqa: FBT001 - a parameter
) -> None:
    def connect(*_: object, **__: object) -> None:
        pytest.fail("DuckDB was asked to open it")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(duckdb, "connect", connect)
    with pytest.raises(StoreError, match=r"is not a path|cannot hold"):
        open_store(name, read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_the_same_name_as_an_absolute_path_is_a_file(tmp_path: Path) -> None:
    for name in ("md:x", "sqlite:x", "it's", 'a "b"', "[a]*", "a b"):
        open_store(tmp_path / name, read_only=False).close()
        with open_store(tmp_path / name) as store:
            assert store.counts()["responses"] == 0


@pytest.mark.parametrize("read_only", READ_ONLY)
def test_an_sqlite_file_is_refused_and_named(
    tmp_path: Path,
    read_only: bool,  # noqa: FBT001 - a parameter
) -> None:
    path = tmp_path / "notes.duckdb"
    connection = sqlite3.connect(path)
    connection.execute("create table notes (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="it is an SQLite database; name another file"):
        open_store(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
@pytest.mark.parametrize("is_log", [False, True])
def test_what_is_not_a_regular_file_is_refused(
    books: Books,
    kind: str,
    is_log: bool,  # noqa: FBT001 - a parameter
) -> None:
    path = books.store.with_name("store.duckdb.wal") if is_log else books.store
    path.unlink(missing_ok=True)
    if kind == "folder":
        path.mkdir()
    else:
        make_special(path, kind)
    for read_only in READ_ONLY:
        with pytest.raises(StoreError, match=r"not a regular file but a|Is a directory"):
            open_store(books.store, read_only=read_only)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "an empty file"),
        (b"x", "a text file"),
        (b"SQLite format 3\0" + bytes(5000), "an SQLite database"),
        (b"\x1f\x8b\x08" * 9000, "a gzip archive"),
        (b'{"a": 1}', "a JSON file"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, what: str
) -> None:
    path = tmp_path / "store.duckdb"
    path.write_bytes(content)
    for read_only in READ_ONLY:
        with pytest.raises(StoreError, match=f"it is {what}; name another file") as error:
            open_store(path, read_only=read_only)
        assert "\n" not in str(error.value)
    repaired = CliRunner().invoke(main, ["--store", str(path), "store", "repair"])
    assert (repaired.exit_code, f"it is {what}" in repaired.output) == (1, True)
    assert path.read_bytes() == content


def test_a_store_whose_first_bytes_are_gone_names_both_cures(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    path.write_bytes(bytes(20_000))
    done = CliRunner().invoke(main, ["--store", str(path), "store", "check"])
    assert "name another file with --store or, if this was the store, run" in done.output
    done = CliRunner().invoke(main, ["--store", str(path), "store", "repair"])
    assert "lost: every table" in done.output
    assert done.exit_code == 1
    assert CliRunner().invoke(main, ["--store", str(path), "store", "check"]).exit_code == 0


def test_a_database_of_another_program_is_never_repaired(tmp_path: Path) -> None:
    path = tmp_path / "theirs.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create table theirs as select 1 as a")
    before = path.read_bytes()
    for verb in (["store", "repair"], ["store", "check"], ["report", "cost"], ["import", "."]):
        done = CliRunner().invoke(main, ["--store", str(path), *verb])
        assert (done.exit_code, "of another program" in done.output) == (1, True), verb
    assert path.read_bytes() == before


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_store_says_so(
    books: Books, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.chdir(books.folder)
    books.write(A, *(answer(f"m{number}") for number in range(50)))
    books.import_()
    os.truncate(books.store, int(books.store.stat().st_size * share))
    for verb in (["status"], ["check"], ["migrate"], ["compact"], ["backup", "b.duckdb"]):
        done = CliRunner().invoke(main, ["--store", str(books.store), "store", *verb])
        assert isinstance(done.exception, SystemExit | None), verb
    done = CliRunner().invoke(main, ["--store", str(books.store), "store", "check"])
    assert done.exit_code == 1
    assert "run `pocketdev-analytics store repair`" in done.output


FOREIGN = {
    "a table": "create table notes (a int)",
    "a view": "create view notes as select 1",
    "a table of another schema": "create schema s; create table s.notes (a int)",
    "a ledger of another program": "create table schema_migrations (version varchar)",
    "a ledger of the same columns": "create table schema_migrations (version integer, name varchar,"
    " applied_at timestamptz); insert into schema_migrations values (1, 'create_users', now());"
    " create table users (a int)",
}
VERBS = [
    *(["report", "cost"], ["report", "quality"], ["query", "select 1"], ["store", "status"]),
    *(["store", "check"], ["store", "migrate"], ["store", "compact"], ["dashboard", "cost"]),
    *(["explain", "x"], ["settings", "list"], ["pricing", "list"]),
    ["pricing", "set", "m", "--input", "1", "--output", "2"],
]


@pytest.mark.parametrize("sql", FOREIGN.values(), ids=FOREIGN)
def test_a_database_of_another_program_is_refused_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "foreign.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(sql)
    before = path.read_bytes()
    for verb in VERBS:
        done = CliRunner().invoke(main, ["--store", str(path), *verb])
        assert done.exit_code == 1, (verb, done.output)
        assert "DuckDB database of another program" in done.output, (verb, done.output)
        assert path.read_bytes() == before, verb
    assert [file.name for file in tmp_path.iterdir()] == ["foreign.duckdb"]


def test_reading_a_database_without_tables_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(path).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is an empty store; run `pocketdev-analytics import`"):
        open_store(path)
    assert path.read_bytes() == before
    open_store(path, read_only=False).close()  # writing makes it a store
    open_store(path).close()


def test_no_verb_uses_the_network(tmp_path: Path) -> None:
    """In a network namespace without routes where one can be had, else with a recorder."""
    script = [sys.executable, str(Path(__file__).with_name("offline_verbs.py")), str(tmp_path)]
    can_isolate = (
        shutil.which("unshare")
        and not subprocess.run(
            ["unshare", "-rn", "true"], check=False, capture_output=True
        ).returncode
    )
    done = subprocess.run(
        ["unshare", "-rn", *script] if can_isolate else [*script, "--record"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "no attempts"
