"""List a store's tables and compute digests of their contents, to compare two files."""

from __future__ import annotations

from typing import Final

import duckdb

from pocketdev_analytics.store.select import quoted

__all__ = ["contents", "count_rows", "objects", "tables"]

_TABLES: Final = """
select schema_name, table_name from duckdb_tables()
where database_name = current_database() and not internal and not temporary
order by all
"""
_OBJECTS: Final = """
select 'column', table_name, column_name, data_type, is_nullable, column_default, comment
from duckdb_columns() where database_name = current_database() and not internal
union all
select 'index', table_name, index_name, expressions, is_unique, null, null
from duckdb_indexes() where database_name = current_database()
union all
select 'constraint', table_name, constraint_text, null, null, null, null
from duckdb_constraints() where database_name = current_database()
union all
select 'sequence', sequence_name, last_value::varchar, null, null, null, null
from duckdb_sequences() where database_name = current_database()
order by all
"""


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the quoted name of each table, by name (`schema.table` outside the main schema)."""
    rows = connection.execute(_TABLES).fetchall()
    return {
        name if schema == "main" else f"{schema}.{name}": f"{quoted(schema)}.{quoted(name)}"
        for schema, name in rows
    }


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the number of rows of each table."""
    return {
        name: connection.execute(f"select count(*) from {table}").fetchall()[0][0]
        for name, table in tables(connection).items()
    }


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """Return the number of rows of each table, and a digest of all its values."""
    return {
        name: connection.execute(
            f"select count(*), bit_xor(hash(each_row)) from {table} as each_row"
        ).fetchall()[0]
        for name, table in tables(connection).items()
    }


def objects(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Return the schema's columns, indexes, constraints and sequences."""
    return connection.execute(_OBJECTS).fetchall()
