"""The document's common queries, on rows made by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

SQL = Path(__file__).parents[2] / "sql"
PARAMETERS = {
    "active_sessions": "none",
    "sessions_for_project": "project_path varchar = '/workspace/myproject'",
    "model_pricing": "model_name varchar = 'claude-sonnet-4-5-20250929'",
    "setting": "key varchar = 'openai_api_key'",
}
ROWS = """
insert into claude_sessions (title, project_path, status, last_activity_at, created_at) values
    ('old', '/workspace/myproject', 'active', '2026-11-01', '2026-10-01'),
    ('never used', '/workspace/other', 'active', null, '2026-10-02'),
    ('done', '/workspace/myproject', 'completed', '2026-11-03', '2026-10-03'),
    ('new', '/workspace/other', 'active', '2026-11-02', null);
insert into model_pricing (model_name, input_price_per_million) values
    ('claude-sonnet-4-5-20250929', 3), ('claude-opus-4-6', 5);
insert into app_settings (key, value) values ('openai_api_key', 'sealed'), ('other', null);
"""


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for path in sorted((SQL / "schema").glob("000[1-9]_*.sql")):
            connection.execute(path.read_text(encoding="utf-8"))
        connection.execute(ROWS)
        yield connection


def text(name: str) -> str:
    return (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def rows(database: duckdb.DuckDBPyConnection, name: str, **parameters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = database.sql(text(name), params=parameters).pl().to_dicts()
    return found


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_query_describes_itself_and_its_parameters_in_its_first_lines(name: str) -> None:
    question, parameters, *body = text(name).splitlines()
    assert re.fullmatch(rf"-- {name}: \w.*\? .*[Oo]ne row.*\.", question)
    assert parameters == f"-- parameters: {PARAMETERS[name]}"
    asked = re.findall(r"\$(\w+)", "\n".join(body))
    assert asked == re.findall(r"(\w+) varchar =", parameters)
    assert "\n".join(body) == "\n".join(body).lower()


def test_active_sessions_come_with_the_latest_activity_first_and_unused_ones_last(
    database: duckdb.DuckDBPyConnection,
) -> None:
    titles = [row["title"] for row in rows(database, "active_sessions")]
    assert titles == ["new", "old", "never used"]


def test_sessions_of_a_project_come_newest_first_with_any_status(
    database: duckdb.DuckDBPyConnection,
) -> None:
    found = rows(database, "sessions_for_project", project_path="/workspace/myproject")
    assert [row["title"] for row in found] == ["done", "old"]


def test_the_pricing_of_a_model_is_its_row_with_the_documented_multipliers(
    database: duckdb.DuckDBPyConnection,
) -> None:
    (row,) = rows(database, "model_pricing", model_name="claude-sonnet-4-5-20250929")
    assert str(row["input_price_per_million"]) == "3.000000"
    assert str(row["cache_write_multiplier"]) == "1.250"
    assert str(row["cache_read_multiplier"]) == "0.100"
    assert row["output_price_per_million"] is None
    assert rows(database, "model_pricing", model_name="claude-9") == []


def test_a_setting_is_given_as_it_is_stored(database: duckdb.DuckDBPyConnection) -> None:
    assert rows(database, "setting", key="openai_api_key") == [{"value": "sealed"}]
    assert rows(database, "setting", key="no such setting") == []
