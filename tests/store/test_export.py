"""What an export is made of: months, a manifest, the same bytes, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.model.manifest import EXPORTED, NO_MONTH, read_manifest
from pocketdev_analytics.store import export, open_store
from pocketdev_analytics.store.export import export_store
from tests.agents.claude.by_hand import A, B, answer, call, prompt, result, title, write

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    lines = (prompt(), answer("msg_1", content=[call()]), title("ai-title", "One"), b"{broken")
    write(folder, A, *lines, prompt([result()], "10:00:30"))
    write(folder, B, answer("msg_2", "2026-12-31 23:59:59"), answer("msg_3", "2027-01-01 00:00:00"))
    write(folder, "empty")
    import_history([folder], folder / "store.duckdb", machine="laptop")
    return folder / "store.duckdb"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_rows_are_in_the_month_that_they_happened_in(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store)
    rows = pl.scan_parquet(tmp_path / "export" / "usage_lines", hive_partitioning=True).collect()
    months = dict(rows.select("response_id", pl.col("month").cast(pl.String)).iter_rows())
    assert months == {"msg_1": "2026-11", "msg_2": "2026-12", "msg_3": "2027-01"}


def test_rows_without_a_time_are_in_one_partition(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store)
    timeless = {file.split("/")[0] for file in contents(tmp_path / "export") if NO_MONTH in file}
    assert timeless == {"session_files", "session_titles", "quarantine"}


def test_every_row_of_every_table_is_there(store: Path, tmp_path: Path) -> None:
    manifest = export_store(tmp_path / "export", store)
    counts = dict.fromkeys(EXPORTED, 0)
    for file in manifest.files:
        counts[file.table] += file.rows
    with open_store(store) as opened:
        held = {
            table: opened.query(f"select count(*) as n from {table}").item() for table in EXPORTED
        }
    assert counts == held
    assert counts["usage_lines"] == 3


def test_the_manifest_says_what_is_in_it(store: Path, tmp_path: Path) -> None:
    export_store(tmp_path / "export", store, made_at=NOON)
    found = contents(tmp_path / "export")
    document = json.loads(found.pop("manifest.json"))
    assert document["format_version"] == 1
    assert document["package_version"]
    assert document["made_at"] == "2026-11-24T12:00:00+00:00"
    assert document["machines"] == ["laptop"]
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    assert {file["path"]: file["sha256"] for file in document["files"]} == digests


def test_the_same_store_gives_the_same_bytes_but_for_when(store: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export_store(tmp_path / name, store, made_at=NOON)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    export_store(tmp_path / "later", store, made_at=datetime(2027, 1, 1, tzinfo=UTC))
    later, one = contents(tmp_path / "later"), contents(tmp_path / "one")
    assert [name for name in one if later[name] != one[name]] == ["manifest.json"]


def test_an_export_is_replaced_and_leaves_nothing_next_to_it(store: Path, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    export_store(tmp_path / "export", store, made_at=NOON)
    first = contents(tmp_path / "export")
    (tmp_path / "export" / "usage_lines" / "month=2026-11" / "rows.parquet").unlink()
    export_store(tmp_path / "export", store, made_at=NOON)
    assert contents(tmp_path / "export") == first
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json"])
def test_a_folder_with_something_else_is_refused(store: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(StoreError, match=r"is not empty and not an export; name another folder"):
        export_store(tmp_path, store)
    assert (tmp_path / name).read_text() == "{}"


def test_an_export_that_someone_put_a_file_into_is_not_replaced(
    store: Path, tmp_path: Path
) -> None:
    export_store(tmp_path / "export", store)
    (tmp_path / "export" / "usage_lines" / "mine.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"mine\.txt is not part of the export in its folder"):
        export_store(tmp_path / "export", store)
    assert (tmp_path / "export" / "usage_lines" / "mine.txt").exists()


def test_an_export_that_fails_leaves_the_earlier_one(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_store(tmp_path / "export", store, made_at=NOON)
    before = contents(tmp_path / "export")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export._Writer, "_write", full)
    with pytest.raises(StoreError, match=r"cannot write the export .*No space left on device"):
        export_store(tmp_path / "export", store)
    assert contents(tmp_path / "export") == before
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_an_empty_store_is_exported_and_read(tmp_path: Path) -> None:
    open_store(tmp_path / "empty.duckdb", read_only=False).close()
    export_store(tmp_path / "export", tmp_path / "empty.duckdb")
    assert read_manifest(tmp_path / "export").files == []
    summary = import_history([tmp_path / "export"], tmp_path / "other.duckdb")
    assert (summary.files, summary.responses) == (0, 0)


def test_no_store_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        export_store(tmp_path / "export", tmp_path / "none.duckdb")
    assert not list(tmp_path.iterdir())
