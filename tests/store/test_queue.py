"""PocketDev's queue as the store hands it out: classes and times, never what is inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.pocketdev.tables import TABLES
from pocketdev_analytics.store import Store, open_store

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
SECONDS = int(AT.timestamp())
MARK = "xyzzy-plugh"
QUEUE_TABLES = ("jobs", "failed_jobs", "job_batches", "cache", "cache_locks")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.duckdb", read_only=False) as opened:
        yield opened


def sync(store: Store, **rows: list[dict[str, Any]]) -> None:
    kinds = {
        name: {column.name: column.dtype for column in TABLES[name].columns}
        for name in QUEUE_TABLES
    }
    frames = {name: pl.DataFrame(rows.get(name, []), kind) for name, kind in kinds.items()}
    store.sync(frames, source="d at h:5432", taken_at=AT)


def job(number: int, payload: str, **values: Any) -> dict[str, Any]:
    times = {"available_at": SECONDS - 60, "reserved_at": None, "created_at": SECONDS - 60}
    return {"id": number, "queue": "default", "payload": payload, "attempts": 1, **times, **values}


def named(name: object) -> str:
    return json.dumps({"displayName": name, "data": {"command": MARK}})


def failed(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "uuid": str(number),
        "connection": "redis",
        "queue": "default",
        "payload": named("App\\Jobs\\Mail"),
        "exception": MARK,
        "failed_at": datetime(2026, 11, 19),  # noqa: DTZ001 - as the database has it
    }


def test_a_job_has_its_class_and_times_of_utc(store: Store) -> None:
    sync(
        store,
        jobs=[job(1, named("App\\Jobs\\Mail"), reserved_at=SECONDS)],
        failed_jobs=[failed(1)],
    )
    rows = store.queue().jobs.collect().sort("failed_at", nulls_last=True).to_dicts()
    assert [row["job"] for row in rows] == ["App\\Jobs\\Mail"] * 2
    assert rows[0]["failed_at"] == datetime(2026, 11, 19, tzinfo=UTC)
    assert (rows[1]["reserved_at"], rows[1]["attempts"]) == (AT, 1)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no json",
        "[]",
        "{}",
        named(None),
        named(5),
        named([MARK]),
        named(f"Write to {MARK}"),
        named("Closure (web.php:23)"),
        named("A" * 300),
    ],
)
def test_a_job_that_is_not_a_class_name_is_not_shown(store: Store, payload: str) -> None:
    sync(store, jobs=[job(1, payload)])
    assert store.queue().jobs.collect()["job"].to_list() == [None]


def test_no_report_shows_the_contents_of_a_job_or_lock(store: Store) -> None:
    lock = {"key": MARK, "owner": "", "expiration": SECONDS - 5}
    batch = {
        "id": "b",
        "name": "nightly",
        "total_jobs": 2,
        "pending_jobs": 1,
        "failed_jobs": 0,
        "failed_job_ids": MARK,
        "options": MARK,
        "cancelled_at": None,
        "created_at": SECONDS,
        "finished_at": None,
    }
    sync(
        store,
        jobs=[job(1, named(f"Write to {MARK}")), job(2, MARK)],
        failed_jobs=[failed(1)],
        job_batches=[batch],
        cache=[{"key": MARK, "value": "", "expiration": 2**31 - 1}],
        cache_locks=[lock],
    )
    store.close()
    for name in ("queue", "batches", "locks"):
        for kind in ("table", "json", "csv"):
            arguments = ["--store", str(store.path), "report", name, "--format", kind]
            result = CliRunner().invoke(main, arguments)
            assert result.exit_code == 0, result.output
            assert MARK not in result.output
            assert result.output.count("\n") > 1


def test_before_a_sync_a_table_says_so_and_names_sync(store: Store) -> None:
    store.close()
    result = CliRunner().invoke(main, ["--store", str(store.path), "report", "queue"])
    assert (
        "PocketDev's database has not been synced yet; see `pocketdev-analytics sync --help`."
        in result.output
    )
    assert store.queue().synced_at is None


def test_after_a_sync_without_jobs_a_table_says_that(store: Store) -> None:
    sync(store)
    store.close()
    result = CliRunner().invoke(main, ["--store", str(store.path), "report", "queue"])
    assert result.output == "Nothing was there at the last sync, 2026-11-20 10:00 UTC.\n"
    assert store.queue().synced_at == AT
