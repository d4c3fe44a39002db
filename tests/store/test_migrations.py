from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.exceptions import StoreError, StoreOutdatedError, StoreTooNewError
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.model import LINE_TABLES
from pocketdev_analytics.store import migrations, open_store, upgrade
from pocketdev_analytics.store.migrations import is_current, migrate

NAMES = sorted(file.name for file in (sql_dir() / "schema").iterdir())


@pytest.fixture
def store(tmp_path: Path, empty_store: Path) -> Path:
    return Path(shutil.copy(empty_store, tmp_path / "store.duckdb"))


def ledger(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select name from schema_migrations order by version").fetchall()
    return [name for (name,) in rows]


def test_each_migration_runs_once_and_is_recorded_with_its_time() -> None:
    with duckdb.connect() as connection:
        assert not is_current(connection)
        assert migrate(connection) == NAMES
        assert ledger(connection) == NAMES
        assert is_current(connection)
        times = connection.execute("select count(applied_at) from schema_migrations").fetchone()
        assert times == (len(NAMES),)


def test_migrating_again_changes_nothing(store: Path) -> None:
    with duckdb.connect(store) as connection:
        tables = ("schema_migrations", "model_pricing", "store_properties")
        before = [connection.sql(f"from {table} order by all").pl() for table in tables]
        assert migrate(connection) == []
        after = [connection.sql(f"from {table} order by all").pl() for table in tables]
        assert all(now.equals(then) for now, then in zip(after, before, strict=True))


def test_a_docstring_does_not_outdate_a_store(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LINE_TABLES["tool_uses"].row, "__doc__", "In other words.")
    with duckdb.connect(store) as connection:
        assert is_current(connection)


def test_each_migration_has_a_number_of_its_own() -> None:
    assert len({int(name[:4]) for name in NAMES}) == len(NAMES)


def test_each_table_names_its_grain_in_the_first_line() -> None:
    for folder in ("schema", "views", "load", "queries"):
        for file in (sql_dir() / folder).iterdir():
            first = file.read_text("utf-8").splitlines()[0]
            assert first.startswith("-- "), file.name


def test_a_store_that_is_newer_is_refused_and_left_alone(store: Path) -> None:
    with duckdb.connect(store) as connection:
        connection.execute("insert into schema_migrations values (9001, '9001_later.sql', now())")
    for read_only in (True, False):
        with pytest.raises(StoreTooNewError, match=r"9001_later\.sql.*upgrade"):
            open_store(store, read_only=read_only)


def test_a_migration_that_fails_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations._migrations()
    file = tmp_path / "9000_broken.sql"
    file.write_text("create table half (a int); select 1/'x'")
    broken = migrations.Migration(9000, file)
    with duckdb.connect() as connection:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "_migrations", lambda: [*known, broken])
            with pytest.raises(duckdb.Error):
                migrate(connection)
        assert ledger(connection) == []
        tables = connection.execute("select 1 from duckdb_tables() where table_name = 'half'")
        assert tables.fetchall() == []
        assert migrate(connection) == NAMES


def make_older(store: Path) -> None:
    """Take from the store what its last versions added."""
    with duckdb.connect(store) as connection:
        connection.execute("drop view titled_sessions cascade")
        connection.execute("delete from store_properties where name = 'views_digest'")


def test_reading_an_older_store_writes_nothing(store: Path) -> None:
    make_older(store)
    before = store.read_bytes()
    with pytest.raises(StoreOutdatedError, match="run `pocketdev-analytics store migrate`"):
        open_store(store)
    assert store.read_bytes() == before
    open_store(store, read_only=False).close()
    with open_store(store) as opened:
        assert opened.usage().collect().is_empty()


def test_the_command_line_says_that_it_migrates_and_goes_on(store: Path) -> None:
    make_older(store)
    done = CliRunner().invoke(main, ["--store", str(store), "report", "cost", "--format", "json"])
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[0] == f"migrating {store} to the schema of this version ..."
    again = CliRunner().invoke(main, ["--store", str(store), "report", "cost", "--format", "json"])
    assert again.stdout == done.stdout
    assert "migrating" not in again.stderr


@pytest.fixture
def with_one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a migration to those that this version has."""
    known = migrations._migrations()

    def add(sql: str) -> None:
        file = tmp_path / "9000_later.sql"
        file.write_text(sql)
        later = [*known, migrations.Migration(9000, file)]
        monkeypatch.setattr(migrations, "_migrations", lambda: later)

    return add


def test_a_backup_is_taken_before_a_migration_and_removed_after_its_check(
    store: Path, monkeypatch: pytest.MonkeyPatch, with_one_more: Callable[[str], None]
) -> None:
    with_one_more("create table later (a int)")
    seen: list[tuple[list[str], set[int]]] = []

    def check(connection: duckdb.DuckDBPyConnection) -> list[str]:
        (backup,) = store.parent.glob(".store.duckdb.partial-*/store.duckdb")
        with duckdb.connect(backup, read_only=True) as opened:
            seen.append((ledger(opened), {backup.stat().st_mode & 0o777}))
        return []

    monkeypatch.setattr(upgrade, "check_connection", check)
    open_store(store, read_only=False).close()
    assert seen == [(NAMES, {0o600})]
    assert {path.name for path in store.parent.iterdir()} == {"store.duckdb", "9000_later.sql"}
    open_store(store, read_only=False).close()  # nothing to migrate: no backup
    assert len(seen) == 1


def test_a_migrated_store_that_fails_a_check_leaves_its_backup(
    store: Path, with_one_more: Callable[[str], None]
) -> None:
    with_one_more(
        "update model_pricing set input_price_per_million = -1 where model_name like 'claude-%'"
    )
    with pytest.raises(StoreError, match=r"failed a check .* backup .*\.duckdb\.before-9000"):
        open_store(store, read_only=False)
    with duckdb.connect(store.with_name("store.duckdb.before-9000"), read_only=True) as backup:
        assert ledger(backup) == NAMES
    open_store(store, read_only=False).close()  # the error came once; the store can be used


def test_without_room_for_a_backup_nothing_is_migrated(
    store: Path, monkeypatch: pytest.MonkeyPatch, with_one_more: Callable[[str], None]
) -> None:
    def full(source: Path, target: Path) -> None:
        raise StoreError(f"cannot copy {source} to {target.parent}: No space left on device")

    with_one_more("create table later (a int)")
    monkeypatch.setattr(upgrade, "copy_file", full)
    with pytest.raises(StoreError, match="No space left"):
        open_store(store, read_only=False)
    with duckdb.connect(store) as connection:
        assert ledger(connection) == NAMES


def test_a_price_that_a_person_set_stays_and_a_missing_one_is_added(store: Path) -> None:
    with duckdb.connect(store) as connection:
        model = "where model_name = 'claude-sonnet-4-6'"
        connection.execute(f"update model_pricing set input_price_per_million = 99 {model}")
        connection.execute("delete from model_pricing where model_name = 'claude-opus-4-6'")
        connection.execute("delete from store_properties where name = 'views_digest'")
        migrate(connection)
        price = connection.execute(f"select input_price_per_million from model_pricing {model}")
        assert [str(value) for (value,) in price.fetchall()] == ["99.000000"]
        added = connection.execute("from model_pricing where model_name = 'claude-opus-4-6'")
        assert len(added.fetchall()) == 1
