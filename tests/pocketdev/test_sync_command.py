"""`sync`: from a running PocketDev into the store, with rows like those of a real one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import click
import polars as pl
import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.cli.sync import Interval
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.sample import write_sample
from pocketdev_analytics.store import open_store

NAMES = UUID("6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1aa")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some days of the sample history."""
    folder = tmp_path_factory.mktemp("sample")
    import_history([write_sample(folder / "history", days=8)], folder / "store.duckdb")
    return folder / "store.duckdb"


@pytest.fixture
def store_path(imported: Path, tmp_path: Path) -> Path:
    path = tmp_path / "store.duckdb"
    path.write_bytes(imported.read_bytes())
    return path


@pytest.fixture
def source(database: Any, imported: Path) -> Any:
    """PocketDev's side of the sample: its sessions but three, and five that have no file."""
    with open_store(imported) as store:
        known = store.query(
            "select claude_session_id, title, project_path, model, turn_count, status, "
            "last_activity_at, created_at from claude_sessions order by claude_session_id"
        )
    further = known.head(5).with_columns(
        pl.Series("claude_session_id", [str(uuid5(NAMES, str(n))) for n in range(5)])
    )
    rows = pl.concat([known.slice(3), further]).with_columns(
        pl.col("title") + " (renamed)", pl.col("turn_count") + 1
    )
    database.ingest("claude_sessions", rows)
    database.run("insert into app_settings (key, value) values ('openai_api_key', 'sealed')")
    return database


def run(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(store), *arguments])


def sync(store: Path, source: Any, *arguments: str) -> dict[str, Any]:
    done = run(store, "sync", "--from", source.url, "--format", "json", *arguments)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_both_sides_are_one_picture(store_path: Path, source: Any) -> None:
    with open_store(store_path) as store:
        before = store.counts()["sessions"]
    document = sync(store_path, source)
    assert document["findings"] == []
    assert document["sessions"] == {"both": before - 3, "files": 3, "pocketdev": 5}
    (found,) = (table for table in document["tables"] if table["table"] == "claude_sessions")
    assert (found["rows"], found["added"]) == (before + 2, before + 2)
    theirs = source.rows(
        "select id, claude_session_id::text, title, project_path, model, turn_count, status, "
        "created_at::text from claude_sessions order by id"
    )
    with open_store(store_path) as store:
        ours = store.query(
            "select id, claude_session_id, title, project_path, model, turn_count, status, "
            "created_at::varchar from claude_sessions semi join pocketdev_sessions using (id) "
            "order by id"
        ).rows()
        assert set(store.usage().collect()["session_title"].drop_nulls()) & {
            title for _, _, title, *_ in theirs
        }
    untitled = [row for row in theirs if row[2] is None]
    assert [row for row in ours if (row[0]) not in {row[0] for row in untitled}] == [
        row for row in theirs if row[2] is not None
    ]


def test_a_sync_can_be_repeated_and_follows_the_source(store_path: Path, source: Any) -> None:
    sync(store_path, source)
    again = sync(store_path, source)
    assert {(t["added"], t["changed"], t["removed"]) for t in again["tables"]} == {(0, 0, 0)}
    ((gone,),) = source.rows("select min(id) from claude_sessions")
    source.run(f"delete from claude_sessions where id = {gone}", "truncate app_settings")
    changes = {t["table"]: t["removed"] for t in sync(store_path, source)["tables"]}
    assert (changes["claude_sessions"], changes["app_settings"]) == (1, 1)


def test_what_is_in_order_stays_in_order(store_path: Path, source: Any) -> None:
    for _ in range(2):
        sync(store_path, source)
        checked = run(store_path, "store", "check")
        assert (checked.exit_code, checked.output) == (0, f"{store_path} is in order.\n")


def test_nothing_changes_at_the_source_though_its_role_may_write(
    store_path: Path, source: Any
) -> None:
    before = source.contents()
    begun = len(source.server.log())
    sync(store_path, source)
    assert source.contents() == before
    sent = [line for line in source.server.log()[begun:].splitlines() if "statement:" in line]
    assert not [line for line in sent if "insert" in line.lower() or "update" in line.lower()]


def test_an_env_file_names_the_database_and_the_host_may_be_another(
    store_path: Path, source: Any, tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.write_text(source.env())
    inside = run(store_path, "sync", "--env", str(env))
    assert inside.exit_code == 1
    assert "--host 127.0.0.1" in inside.output
    done = run(store_path, "sync", "--env", str(env), "--host", "127.0.0.1")
    assert done.exit_code == 0, done.output
    assert f"Read {source.name} at 127.0.0.1:{source.server.port}, as of 20" in done.stdout
    assert "query --name session_mismatches" in done.stdout


def test_without_a_file_the_environment_names_the_database(
    store_path: Path, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", source.url)
    assert run(store_path, "sync").exit_code == 0
    monkeypatch.delenv("DB_URL")
    done = run(store_path, "sync")
    assert done.exit_code == 1
    assert "no database is configured: neither PD_DB_PASSWORD nor DB_PASSWORD" in done.output


def test_deviations_from_the_documentation_are_reported_and_the_rest_synced(
    store_path: Path, source: Any
) -> None:
    sync(store_path, source)
    source.run("alter table claude_sessions rename to conversations", "truncate app_settings")
    done = run(store_path, "sync", "--from", source.url)
    assert done.exit_code == 3
    assert "no such tables: claude_sessions (rows of earlier syncs stay)" in done.stderr
    assert "no table joins this PocketDev to session files" in done.stderr
    assert re.search(r"app_settings +0 rows: 1 removed", done.stdout)
    with open_store(store_path) as store:
        assert store.query("select count(*) from pocketdev_sessions").item() > 0
    again = run(store_path, "sync", "--from", source.url, "--format", "json")
    (finding,) = json.loads(again.stdout)["findings"]
    assert finding == {
        "table": "claude_sessions",
        "problem": "no such table",
        "found": ["conversations", "migrations"],
        "is_read": False,
        "is_gone": False,
        "is_missing": True,
        "is_refused": False,
    }


def test_two_addresses_at_once_are_refused(store_path: Path, tmp_path: Path) -> None:
    done = run(store_path, "sync", "--from", "postgresql://h/d", "--env", str(tmp_path))
    assert (done.exit_code, "give one of them" in done.output) == (2, True)


def test_reports_show_the_synced_queue(store_path: Path, source: Any) -> None:
    job = json.dumps({"displayName": "App\\Jobs\\Run"})
    seconds = "extract(epoch from now())::int"
    values = [
        f"('default', $job${job}$job$, 0, null, {seconds} - 600, {seconds} - 600)",
        f"('default', $job${job}$job$, 1, {seconds} - 60, {seconds} - 90, {seconds} - 90)",
        f"('mail', $job${job}$job$, 0, null, {seconds} + 900, {seconds})",
    ]
    columns = "queue, payload, attempts, reserved_at, available_at, created_at"
    source.run(
        f"insert into jobs ({columns}) values {', '.join(values)}",
        "insert into failed_jobs (uuid, connection, queue, payload, exception) "
        f"values ('{uuid5(NAMES, 'failed')}', 'database', 'mail', $job${job}$job$, 'Planted')",
        "insert into job_batches (id, name, total_jobs, pending_jobs, failed_jobs, failed_job_ids, "
        f"created_at) values ('{uuid5(NAMES, 'batch')}', 'Import', 8, 2, 1, '[]', {seconds})",
        f"insert into cache values ('a', 'x', {seconds} + 900), ('b', 'x', {seconds} - 900)",
        f"insert into cache_locks values ('lock', 'me', {seconds} + 900)",
    )
    sync(store_path, source)

    def rows(name: str) -> list[dict[str, Any]]:
        done = run(store_path, "report", name, "--format", "json")
        assert done.exit_code == 0, done.output
        assert "Planted" not in done.output
        found: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
        return found

    counts = ("queue", "waiting", "delayed", "reserved", "failed")
    assert [tuple(row[name] for name in counts) for row in rows("queue")] == [
        ("default", 1, 0, 1, 0),
        ("mail", 0, 1, 0, 1),
    ]
    (batch,) = rows("batches")
    assert (batch["name"], batch["state"], batch["progress_share"]) == ("Import", "running", 0.75)
    assert [(row["kind"], row["count"], row["expired"]) for row in rows("locks")] == [
        ("cache", 2, 1),
        ("lock", 1, 0),
    ]
    assert "As of the last sync, 20" in run(store_path, "report", "queue").stdout


@pytest.mark.parametrize(("text", "seconds"), [("30", 30), ("30s", 30), ("5m", 300), ("1.5s", 1.5)])
def test_an_interval_is_read(text: str, seconds: float) -> None:
    assert Interval().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["0", "0.5s", "s", "", "30x", "-5", "1e3", "nan"])
def test_a_wrong_interval_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="expected 30s or 5m"):
        Interval().convert(text, None, None)
