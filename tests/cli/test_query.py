from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pocketdev_analytics.cli import main
from pocketdev_analytics.importer import import_history
from tests.agents.claude.by_hand import A, answer, write


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    write(folder, A, answer(), answer("msg_2", model="qwen3-coder:30b"))
    import_history([folder], folder / "store.duckdb")
    return folder / "store.duckdb"


def run(store: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--store", str(store), "query", *arguments])


def rows(store: Path, sql: str) -> list[dict[str, object]]:
    done = run(store, sql, "--format", "json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.stdout, parse_float=Decimal)
    return found


def test_json_is_a_list_of_row_objects(store: Path) -> None:
    assert rows(store, "select 1 as a, 'x' as b union all select 2, null order by a") == [
        {"a": 1, "b": "x"},
        {"a": 2, "b": None},
    ]
    assert rows(store, "select 1 as a where false") == []


def test_usage_cost_is_there_as_a_relation(store: Path) -> None:
    found = rows(store, "select model, cost_usd from usage_cost order by all")
    assert found == [
        {"model": "claude-sonnet-4-5", "cost_usd": Decimal("0.00153")},
        {"model": "qwen3-coder:30b", "cost_usd": None},
    ]
    assert rows(store, "select sum(cost_usd) as usd from USAGE_COST")[0]["usd"] == Decimal(
        "0.00153"
    )


def test_decimals_and_large_numbers_keep_all_their_digits(store: Path) -> None:
    huge = 12345678901234567890123456789012345678
    sql = f"select 0.000000000000001::decimal(38,15) as tiny, {huge}::hugeint as huge"
    assert rows(store, sql) == [{"tiny": Decimal("0.000000000000001"), "huge": huge}]
    assert '"tiny": 0.000000000000001' in run(store, sql, "--format", "json").stdout


def test_times_are_utc_and_odd_types_are_text(store: Path) -> None:
    (row,) = rows(store, "select min(responded_at) as at_, interval 2 days as gap from usage")
    assert row == {"at_": "2026-11-01T10:00:00Z", "gap": "2 days"}


def test_csv_and_table_hold_the_same(store: Path) -> None:
    sql = "select model, output_tokens from usage order by all"
    found = list(csv.DictReader(io.StringIO(run(store, sql, "--format", "csv").stdout)))
    assert found[0] == {"model": "claude-sonnet-4-5", "output_tokens": "100"}
    assert "claude-sonnet-4-5" in run(store, sql).stdout


@pytest.mark.parametrize(
    "sql",
    [
        "delete from responses",
        "insert into store_properties values ('a', 'b')",
        "create table mine (a int)",
        "drop table responses",
        "update model_pricing set input_price_per_million = 0",
        "copy responses to 'stolen.csv'",
        "attach 'other.duckdb'",
        "select * from read_text('/etc/hostname')",
        "select 1; delete from responses",
        "set enable_external_access = true",
    ],
)
def test_a_query_that_writes_or_reads_files_is_refused_in_one_sentence(
    store: Path, sql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = store.read_bytes()
    done = run(store, sql)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert store.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sql", ["selec 1", "select nothing from nowhere", "", "/* nothing */"])
def test_invalid_sql_is_refused_in_one_sentence(store: Path, sql: str) -> None:
    done = run(store, sql)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.output


def test_a_missing_store_is_one_sentence_and_stays_missing(tmp_path: Path) -> None:
    done = run(tmp_path / "store.duckdb", "select 1")
    assert done.exit_code == 1
    assert "run `pocketdev-analytics import` first" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_day_of_an_expression_is_in_utc_on_any_machine(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    sql = "select responded_at::date::varchar as day, hour(responded_at) as hour from usage limit 1"
    assert rows(store, sql) == [{"day": "2026-11-01", "hour": 10}]
