"""Columns are declared once, and every form that follows from them agrees."""

from __future__ import annotations

from typing import Annotated

import duckdb
import polars as pl
import pytest
from msgspec import Struct

from pocketdev_analytics import redaction
from pocketdev_analytics.model import LINE_TABLES, Column, LineContext, columns_of
from pocketdev_analytics.model.columns import CallDimension, Code, Dimension, Instant
from pocketdev_analytics.store.line_tables import extend_line_tables
from pocketdev_analytics.store.migrations import migrate


class Example(Struct):
    context: Annotated[int, LineContext]
    name: str
    team: Dimension
    skill: CallDimension
    count: int | None
    seen_at: Instant
    left_at: Instant | None


def test_a_field_gives_the_types_of_its_column() -> None:
    code, *columns = (item for item in columns_of(Example))
    assert code == Code("context", LineContext)
    declared = [item for item in columns if isinstance(item, Column)]
    instant = (pl.Datetime("us", "UTC"), "timestamptz")
    assert [(column.polars, column.sql) for column in declared] == [
        *[(pl.String(), "varchar")] * 3,
        (pl.Int64(), "bigint"),
        instant,
        instant,
    ]
    assert [
        (column.name, column.is_nullable, column.is_dimension, column.is_of_calls)
        for column in declared
    ] == [
        ("name", False, False, False),
        ("team", True, True, False),
        ("skill", True, True, True),
        ("count", True, False, False),
        ("seen_at", False, False, False),
        ("left_at", True, False, False),
    ]


def test_a_field_that_no_column_can_hold_is_refused() -> None:
    class Wrong(Struct):
        parts: list[bytes]

    with pytest.raises(TypeError, match=r"^parts: unsupported column type .*; expected one of"):
        columns_of(Wrong)


@pytest.mark.parametrize("name", LINE_TABLES)
def test_the_store_has_every_declared_column_with_its_type(name: str) -> None:
    with duckdb.connect() as connection:
        migrate(connection)
        rows = connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = ?", [name]
        ).fetchall()
    types = {name: kind.lower().replace(",", ", ") for name, kind in rows}
    for column in LINE_TABLES[name].columns:
        expected = column.sql.replace("timestamptz", "timestamp with time zone")
        assert types[column.name] == expected


def test_a_store_from_before_a_column_gains_it_and_keeps_its_rows() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table odd_fields (file_id bigint, line_no bigint)")
        connection.execute("insert into odd_fields values (1, 2)")
        extend_line_tables(connection)
        extend_line_tables(connection)
        assert connection.execute("from odd_fields").fetchall() == [(1, 2, None, None, None)]


def test_only_rows_of_assistant_lines_have_an_author() -> None:
    assert "attribution_skill" in LINE_TABLES["tool_uses"].schema
    assert "attribution_skill" not in LINE_TABLES["prompts"].schema


#: Texts other than names given by a person, team or company: ids, models, words of the format.
NO_NAMES = {
    *("version", "entrypoint", "session_kind", "requested_model", "effort", "speed"),
    *("service_tier", "inference_geo", "source", "model", "provider", "stop_reason"),
    *("response_id", "message_id", "uuid", "request_id", "pass_kind", "tool_use_id"),
    *("tool_use_uuid", "denial_kind", "permission_decision", "permission_source", "prompt_id"),
    *("kind", "prompt_source", "origin", "turn_origin", "permission_mode", "error_id", "error"),
    *("event_id", "trigger", "fallback_model", "leaf_uuid", "field", "found", "reason", "tool"),
    *("thread_id", "parent_thread_id", "turn_id", "limit_id", "limit_window", "plan_type"),
}


def test_every_text_is_known_to_be_a_name_or_not_to_be_one() -> None:
    redacted = set(redaction._NAMES)
    for table in LINE_TABLES.values():
        texts = {column.name for column in table.columns if column.sql == "varchar"}
        assert texts <= redacted | NO_NAMES, table.name
