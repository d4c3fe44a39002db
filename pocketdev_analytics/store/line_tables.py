"""The tables of lines in DuckDB, made and extended from their declarations in `model.lines`."""

from __future__ import annotations

from inspect import cleandoc

import duckdb

from pocketdev_analytics.model import LINE_TABLES, LineTable

__all__ = ["declared_columns", "extend_line_tables"]


def extend_line_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what the store lacks of the declared tables and columns; safe to repeat.

    Columns are only added, never altered: rows from before have NULL there until their file is
    decoded again.
    """
    rows = connection.execute("select table_name, column_name from duckdb_columns()").fetchall()
    known: dict[str, set[str]] = {}
    for table, column in rows:
        known.setdefault(table, set()).add(column)
    for table in LINE_TABLES.values():
        if table.name not in known:
            connection.execute(_create(table))
        for column in table.columns:
            if column.name not in known.get(table.name, {column.name}):
                connection.execute(
                    f"alter table {table.name} add column {column.name} {column.sql}"
                )


def declared_columns() -> str:
    """Return every declared table and column: a store that was made from these has them."""
    return "\n".join(_create(table) for table in LINE_TABLES.values())


def _create(table: LineTable) -> str:
    columns = ", ".join(
        f"{column.name} {column.sql}" + ("" if column.is_nullable else " not null")
        for column in table.columns
    )
    about = cleandoc(table.row.__doc__ or "").partition("\n")[0].replace("'", "''")
    return f"create table {table.name} ({columns}); comment on table {table.name} is '{about}'"
