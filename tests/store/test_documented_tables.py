"""The applied DDL against the document of PocketDev's tables, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "sql" / "schema"
DOCUMENT = ROOT / "tests" / "fixtures" / "database_schema.md"

DUCKDB_TYPES = {
    "bigint": "BIGINT",
    "decimal(10,6)": "DECIMAL(10,6)",
    "decimal(5,3)": "DECIMAL(5,3)",
    "int": "INTEGER",
    "json": "JSON",
    "longtext": "VARCHAR",
    "mediumtext": "VARCHAR",
    "text": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "tinyint": "TINYINT",
    "uuid": "UUID",
    "varchar": "VARCHAR",
}

# What the document leaves out of Laravel's own tables: its stock migrations say it.
NULLABLE = {
    "users": {"email_verified_at", "remember_token", "created_at", "updated_at"},
    "jobs": {"reserved_at"},
    "job_batches": {"options", "cancelled_at", "finished_at"},
}
DEFAULTS = {("failed_jobs", "failed_at"): "timezone('UTC', current_timestamp)"}
LARAVEL_INDEXES = {
    "users": {("users_email_unique", "email", True)},
    "jobs": {("jobs_queue_index", "queue", False)},
    "failed_jobs": {("failed_jobs_uuid_unique", "uuid", True)},
}


@dataclass
class Table:
    """A table as the document describes it: its rows of columns and its indexes."""

    name: str
    columns: list[dict[str, str]] = field(default_factory=list)
    indexes: set[tuple[str, str, bool]] = field(default_factory=set)


def tables(text: str) -> dict[str, Table]:
    """The tables of the document, by name, in its order."""
    found: dict[str, Table] = {}
    header: list[str] = []
    described = re.split(r"^## (?!Custom|Laravel)", text, flags=re.MULTILINE)[0]
    for line in described.splitlines():
        if line.startswith("### "):
            table = found.setdefault(line[4:].strip(), Table(line[4:].strip()))
            header = []
        elif line.startswith("|") and not header:
            header = cells(line)
        elif line.startswith("|") and "---" not in line:
            table.columns.append(dict(zip(header, cells(line), strict=True)))
        elif index := re.fullmatch(r"- `(\w+)` on `(\w+)`( \(unique\))?", line):
            table.indexes.add((index[1], index[2], bool(index[3])))
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


DOCUMENTED = tables(DOCUMENT.read_text(encoding="utf-8"))
EVERY_TABLE = pytest.mark.parametrize("table", DOCUMENTED.values(), ids=list(DOCUMENTED))


def is_nullable(table: Table, column: dict[str, str]) -> bool:
    if "Nullable" in column:
        return column["Nullable"] == "Yes"
    return column["Column"] in NULLABLE.get(table.name, set())


def default(table: Table, column: dict[str, str]) -> str | None:
    name = column["Column"]
    if column.get("Default") == "auto" or (name == "id" and column["Type"] == "bigint"):
        return f"nextval('{table.name}_id_seq')"
    said = column.get("Default", "-")
    return DEFAULTS.get((table.name, name)) if said in {"-", "null"} else said


@pytest.fixture(scope="module")
def applied() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the documented tables, each file run in one transaction."""
    with duckdb.connect() as connection:
        for path in sorted(SCHEMA.glob("000[1-9]_*.sql")):
            connection.execute("begin")
            connection.execute(path.read_text(encoding="utf-8"))
            connection.execute("commit")
        yield connection


@pytest.fixture
def undone(applied: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The same database in a transaction that is rolled back after the test."""
    applied.execute("begin")
    yield applied
    applied.execute("rollback")


def test_the_document_has_the_nine_tables_each_in_a_file_of_its_own() -> None:
    files = [path.stem.split("_", 1)[1] for path in sorted(SCHEMA.glob("000[1-9]_*.sql"))]
    assert len(DOCUMENTED) == 9
    assert sorted(files) == sorted(DOCUMENTED)


def test_the_first_line_of_each_file_names_the_table_and_its_grain() -> None:
    for path in SCHEMA.glob("000[1-9]_*.sql"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(rf"-- {path.stem.split('_', 1)[1]}: one row a \w+", first), path.name


def test_the_fixture_agrees_with_the_document_on_the_tables(shared: Path) -> None:
    document = shared / "database-schema.md"
    assert tables(document.read_text(encoding="utf-8")) == DOCUMENTED


@EVERY_TABLE
def test_columns_are_those_of_the_document_in_its_order(
    applied: duckdb.DuckDBPyConnection, table: Table
) -> None:
    expected = [
        (
            column["Column"],
            DUCKDB_TYPES[column["Type"]],
            is_nullable(table, column),
            default(table, column),
            column["Description"],
        )
        for column in table.columns
    ]
    actual = applied.execute(
        "select column_name, data_type, is_nullable, column_default, comment "
        "from duckdb_columns() where table_name = ? order by column_index",
        [table.name],
    ).fetchall()
    assert actual == expected


@EVERY_TABLE
def test_indexes_are_those_of_the_document_under_its_names(
    applied: duckdb.DuckDBPyConnection, table: Table
) -> None:
    rows = applied.execute(
        "select index_name, expressions, is_unique from duckdb_indexes() where table_name = ?",
        [table.name],
    ).fetchall()
    actual = {(name, columns.strip("[]'\""), unique) for name, columns, unique in rows}
    assert actual == (table.indexes | LARAVEL_INDEXES.get(table.name, set()))


@EVERY_TABLE
def test_the_primary_key_is_the_first_column_and_nothing_else_constrains_a_row(
    applied: duckdb.DuckDBPyConnection, table: Table
) -> None:
    rows = applied.execute(
        "select constraint_type, constraint_column_names from duckdb_constraints() "
        "where table_name = ? and constraint_type <> 'NOT NULL'",
        [table.name],
    ).fetchall()
    assert rows == [("PRIMARY KEY", [table.columns[0]["Column"]])]


@EVERY_TABLE
def test_an_auto_id_counts_from_a_sequence_of_the_table(
    applied: duckdb.DuckDBPyConnection, table: Table
) -> None:
    rows = applied.execute(
        "select start_value, increment_by from duckdb_sequences() where sequence_name = ?",
        [f"{table.name}_id_seq"],
    ).fetchall()
    is_auto = default(table, table.columns[0]) is not None
    assert rows == ([(1, 1)] if is_auto else [])


def test_there_is_no_table_besides_the_documented_ones(
    applied: duckdb.DuckDBPyConnection,
) -> None:
    rows = applied.execute("select table_name from duckdb_tables()").fetchall()
    assert {name for (name,) in rows} == set(DOCUMENTED)


UPSERT = (
    "insert into claude_sessions (claude_session_id, project_path, status, last_activity_at) "
    "values (?, ?, ?, ?) on conflict (claude_session_id) do update set "
    "project_path = excluded.project_path, status = excluded.status, "
    "last_activity_at = excluded.last_activity_at"
)
SESSION = "6f1ed002-ab5a-4bd1-9c0c-8f2b6fd3f1aa"


def test_a_session_can_be_written_again_and_again_in_one_transaction(
    undone: duckdb.DuckDBPyConnection,
) -> None:
    for day, status in enumerate(("active", "completed", "active", "failed"), start=1):
        undone.execute(UPSERT, [SESSION, f"/srv/{day}", status, f"2026-11-0{day}"])
        undone.execute("update claude_sessions set project_path = project_path || '/x'")
    rows = undone.execute("select project_path, status from claude_sessions").fetchall()
    assert rows == [("/srv/4/x", "failed")]


def test_sessions_without_a_session_uuid_may_be_many_but_a_uuid_is_unique(
    undone: duckdb.DuckDBPyConnection,
) -> None:
    insert = "insert into claude_sessions (claude_session_id, project_path) values (?, '/work')"
    undone.executemany(insert, [[None], [None], [SESSION]])
    with pytest.raises(duckdb.ConstraintException, match=r"(?i)unique"):
        undone.execute(insert, [SESSION])


def test_a_failed_job_is_dated_in_utc_in_any_time_zone_of_the_connection(
    undone: duckdb.DuckDBPyConnection,
) -> None:
    undone.execute("set timezone = 'Pacific/Kiritimati'")  # 14 hours ahead
    undone.execute(
        "insert into failed_jobs (uuid, connection, queue, payload, exception) "
        "values ('u', 'database', 'default', '{}', 'e')"
    )
    rows = undone.execute(
        "select abs(epoch(now()) - epoch(failed_at)) < 3600 from failed_jobs"
    ).fetchall()
    undone.execute("reset timezone")
    assert rows == [(True,)]
