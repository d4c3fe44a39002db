"""Create and extend the tables of lines from their declarations in `model.lines`."""

from __future__ import annotations

from inspect import cleandoc

import duckdb

from pocketdev_analytics.model import LINE_TABLES, LineTable

__all__ = ["declared_columns", "extend_line_tables"]


def extend_line_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the declared tables and columns that the store lacks; safe to repeat.

    Columns are added, never altered: existing rows have NULL in them until their file is decoded
    again.
    """
    rows = connection.execute("select table_name, column_name from duckdb_columns()").fetchall()
    known: dict[str, set[str]] = {}
    for table, column in rows:
        known.setdefault(table, set()).add(column)
    for table in LINE_TABLES.values():
        if table.name not in known:
            connection.execute(_create(table))
            connection.execute(_comment(table))
        for column in table.columns:
            if column.name not in known.get(table.name, {column.name}):
                connection.execute(
                    f"alter table {table.name} add column {column.name} {column.sql}"
                )


def declared_columns() -> str:
    """Return the declarations as SQL text, to see whether a store was created from them.

    Comments are not part of it: a docstring does not make a store outdated.
    """
    return "\n".join(_create(table) for table in LINE_TABLES.values())


def _create(table: LineTable) -> str:
    columns = ", ".join(
        f"{column.name} {column.sql}" + ("" if column.is_nullable else " not null")
        for column in table.columns
    )
    return f"create table {table.name} ({columns})"


def _comment(table: LineTable) -> str:
    about = cleandoc(table.row.__doc__ or "").partition("\n")[0].replace("'", "''")
    return f"comment on table {table.name} is '{about}'"
