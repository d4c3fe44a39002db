"""`store`: migrate, status, check, backup and compact, each next to readers."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.cli import store as verbs
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.sample import write_sample
from pocketdev_analytics.store import maintenance, open_store

HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reads")
print("ready", flush=True)
sys.stdin.readline()
print(connection.execute("select count(*) from responses").fetchall()[0][0], flush=True)
"""
WRITER = (
    "import sys, duckdb; duckdb.connect(sys.argv[1]).execute("
    "\"insert into store_properties values ('written', 'true')\")"
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imported")
    import_history([write_sample(folder / "history", days=4)], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def path(imported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(imported, tmp_path))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "_WAIT_SECONDS", 0.1, raising=False)


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(path), "store", *arguments])


@contextmanager
def held(path: Path, how: str = "reads") -> Iterator[subprocess.Popen[str]]:
    """Another process that has the store open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "ready\n"
        yield holder
        if holder.poll() is None and holder.stdin and not holder.stdin.closed:
            holder.communicate("\n", timeout=20)


def responses(path: Path) -> int:
    """The rows of the table: one for each billed pass."""
    with open_store(path) as store:
        return int(store.query("select count(*) from responses").item())


def test_every_verb_of_the_store_works_with_a_concurrent_reader(path: Path, tmp_path: Path) -> None:
    expected = responses(path)
    with held(path) as reader:
        for verb in (("migrate",), ("status",), ("check",), ("backup", str(tmp_path / "b.duckdb"))):
            done = run(path, *verb)
            assert done.exit_code == 0, (verb, done.output)
        assert run(path, "compact").exit_code == 0
        assert responses(path) == expected  # of the new file, while the old one is still read
        said, _ = reader.communicate("\n", timeout=20)
    assert said == f"{expected}\n"
    assert responses(tmp_path / "b.duckdb") == expected


@pytest.mark.parametrize("verb", ["status", "check", "compact", "backup"])
def test_a_verb_names_a_concurrent_writer_and_changes_nothing(
    path: Path, tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(path, "writes") as writer:
        done = run(path, verb, *([str(tmp_path / "b.duckdb")] if verb == "backup" else []))
        assert done.exit_code == 1
        assert f"(process {writer.pid})" in done.output
    assert sorted(file.name for file in tmp_path.iterdir()) == ["store.duckdb"]


def test_a_backup_is_the_store_as_of_one_moment(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.duckdb"
    done = run(path, "backup", str(target))
    assert f"{target} is a copy of {path}" in done.output
    assert oct(target.stat().st_mode)[-3:] == "600"
    assert run(target, "check").exit_code == 0
    with open_store(path) as ours, open_store(target) as theirs:
        everything = "from usage_lines order by all"
        assert ours.query(everything).equals(theirs.query(everything))


def test_a_backup_never_overwrites(path: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    done = run(path, "backup", str(tmp_path / "mine"))
    assert (done.exit_code, "exists; name another file" in done.output) == (1, True)
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_backup_holds_what_a_killed_writer_had_committed(path: Path, tmp_path: Path) -> None:
    killed = (
        "import os, sys, duckdb\nconnection = duckdb.connect(sys.argv[1])\n"
        "connection.execute(\"insert into store_properties values ('late', 'yes')\")\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(path)], check=False)
    assert path.with_name("store.duckdb.wal").exists()
    late = "select value from store_properties where name = 'late'"
    target = tmp_path / "b.duckdb"
    assert run(path, "backup", str(target)).exit_code == 0
    assert run(path, "compact").exit_code == 0
    for file in (target, path):
        assert not file.with_name(f"{file.name}.wal").exists()
        with open_store(file) as store:
            assert store.query(late).item() == "yes"


def test_writers_wait_during_a_backup(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = maintenance.copy_file
    failures = []

    def meanwhile(source: Path, target: Path) -> None:
        honest(source, target)
        writer = [sys.executable, "-c", WRITER, str(path)]
        failures.append(subprocess.run(writer, capture_output=True, check=False).returncode)

    monkeypatch.setattr(maintenance, "copy_file", meanwhile)
    assert run(path, "backup", str(tmp_path / "b.duckdb")).exit_code == 0
    assert failures == [1]


def test_compacting_gives_back_space_and_loses_nothing(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("create table ballast as select random() as x from range(2000000)")
        connection.execute("checkpoint")
        connection.execute("create table beyond as select random() as x from range(1000)")
        connection.execute("checkpoint")
        connection.execute("drop table ballast")
    before = path.stat().st_size
    with open_store(path) as store:
        tables = store.query("select table_name from duckdb_tables() order by 1")["table_name"]
        contents = [store.query(f"from {table} order by all") for table in tables]
    done = run(path, "compact")
    assert "MB became" in done.output
    assert path.stat().st_size < before / 2
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert run(path, "check").exit_code == 0
    with open_store(path) as store:
        for table, content in zip(tables, contents, strict=True):
            assert store.query(f"from {table} order by all").equals(content), table


def test_compacting_keeps_a_link_to_the_store(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.duckdb"
    link.symlink_to(path)
    assert run(link, "compact").exit_code == 0
    assert link.is_symlink()


def test_a_new_file_that_lacks_something_never_takes_the_stores_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = maintenance._rewrite

    def lossy(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
        honest(connection, fresh)
        with duckdb.connect(fresh) as written:
            written.execute(
                "delete from prompts where line_no = (select max(line_no) from prompts)"
            )

    monkeypatch.setattr(maintenance, "_rewrite", lossy)
    before = path.read_bytes()
    done = run(path, "compact")
    assert "differs from the old one; the store was not changed" in done.output
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["store.duckdb"]


def test_status_shows_schema_sizes_and_rows(path: Path) -> None:
    text = run(path, "status").output
    assert "is this version's" in text
    assert "Never synced with a PocketDev." in text
    document = json.loads(run(path, "status", "--format", "json").output)
    assert document["rows"]["responses"] == responses(path)
    assert document["pending"] == []
    assert document["size_bytes"] == path.stat().st_size


def test_migrating_applies_what_is_missing_once(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("drop view session_origins; drop view merged_sessions")
        connection.execute("drop table synced_rows")
        connection.execute("delete from schema_migrations where name = '0024_synced_rows.sql'")
    assert "lacks 0024_synced_rows.sql" in run(path, "status").output
    assert "the schema lacks 0024_synced_rows.sql" in run(path, "check").output
    assert run(path, "migrate").output.startswith("applied 0024_synced_rows.sql\n")
    assert run(path, "migrate").output == f"{path} has this version's schema.\n"


def test_a_migration_waits_for_a_reader_and_then_names_it(path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("drop table synced_rows")
        connection.execute("delete from schema_migrations where name = '0024_synced_rows.sql'")
    before = path.read_bytes()
    with held(path) as reader:
        done = run(path, "migrate")
        assert (done.exit_code, f"(process {reader.pid})" in done.output) == (1, True)
        assert path.read_bytes() == before


#: A response that is one pass of one line.
SINGLE = (
    "response_id = (select max(response_id) from responses where kind = 'response' and "
    "message_key not in (select response_id from usage_passes))"
)
BROKEN = {
    "insert into responses select * from responses limit 1": "one_row_a_fact",
    f"update responses set output_tokens = output_tokens + 1 where {SINGLE}": "response_sums",
    "delete from usage_lines where response_id = (select min(response_id) from responses)": (
        "responses_with_lines"
    ),
    "update tool_uses set file_id = 1 where line_no = (select max(line_no) from tool_uses)": (
        "rows_with_a_file"
    ),
    f"update responses set responded_at = responded_at + interval 1 second where {SINGLE}": (
        "folded_responses"
    ),
    "update session_files set count_lines = 0": "lines_in_files",
    "update claude_sessions set turn_count = turn_count + 1 where id = 1": "session_values",
    "insert into pocketdev_sessions (id, project_path, model, turn_count, status) "
    "values (999, '/', 'm', 1, 'active')": "synced_ids",
    "insert into synced_tables (table_name, source, taken_at, count_rows) "
    "values ('jobs', 'd', now(), 5)": "synced_counts",
    "insert into users values (1, 'k', 'e', null, 'hash', null, null, null)": "withheld_values",
    "update model_pricing set input_price_per_million = -1 where id = 1": "plausible_prices",
    "drop index app_settings_key_unique; create index app_settings_key_unique on app_settings "
    "(key); insert into app_settings (id, key) values (900, 'k')": "app_settings: the next id",
}


@pytest.mark.parametrize(("damage", "rule"), BROKEN.items(), ids=BROKEN.values())
def test_a_check_names_the_rule_that_rows_break(path: Path, damage: str, rule: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute(damage)
    done = run(path, "check")
    assert done.exit_code == 1
    assert any(line.startswith(rule) for line in done.output.splitlines()), done.output


def test_a_check_reads_keys_from_the_rows_not_from_an_index(path: Path) -> None:
    from pocketdev_analytics.store.checks import _keys

    class Damaged:
        """A store with two rows of one key, which DuckDB itself would never take."""

        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self.connection = connection

        def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
            return self.connection.execute(sql.replace('from "users"', "from twice"))

    with duckdb.connect(path) as connection:
        connection.execute(
            "create temp table twice as select 7 as id, 'a@b' as email from range(2)"
        )
        problems = list(_keys(Damaged(connection)))  # type: ignore[arg-type]
    assert problems == [
        "users: users_email_unique: more than one row has email = a@b",
        "users: primary key: more than one row has id = 7",
    ]


@pytest.mark.parametrize("verb", ["migrate", "status", "check", "compact"])
def test_without_a_store_a_verb_says_so(tmp_path: Path, verb: str) -> None:
    done = run(tmp_path / "none.duckdb", verb)
    assert (done.exit_code, "there is no store at" in done.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_opening_the_store_during_a_swap_gives_the_new_one(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = duckdb.connect
    fresh = Path(shutil.copy(path, tmp_path / "fresh.duckdb"))
    with duckdb.connect(fresh) as connection:
        connection.execute("insert into store_properties values ('fresh', 'yes')")

    def swapped(file: Path, **options: bool) -> duckdb.DuckDBPyConnection:
        opened = honest(file, **options)  # type: ignore[arg-type]
        if fresh.exists():
            fresh.replace(path)
        return opened

    monkeypatch.setattr(duckdb, "connect", swapped)
    with open_store(path, read_only=False) as store:
        found = store.query("select value from store_properties where name = 'fresh'")
    assert found.item() == "yes"


def test_a_backup_of_a_damaged_store_is_refused(path: Path, tmp_path: Path) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("create table extra as select random()::varchar as x from range(300000)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\xff" * (size // 2))
    done = run(path, "backup", str(tmp_path / "b.duckdb"))
    assert done.exit_code == 1, done.output
    assert not (tmp_path / "b.duckdb").exists()
