"""Check that a DuckDB file is a store of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from pocketdev_analytics.exceptions import NotAStoreError

__all__ = ["refuse_foreign"]

_LEDGER: Final = "schema_migrations"
_FIRST_MIGRATION: Final = "0001_users.sql"
_RELATIONS: Final = """
select table_name from duckdb_tables()
where database_name = current_database() and not internal and not temporary
union all
select view_name from duckdb_views()
where database_name = current_database() and not internal and not temporary
"""
_COLUMNS: Final = """
select column_name from duckdb_columns()
where database_name = current_database() and schema_name = 'main' and table_name = ?
order by column_index
"""


def refuse_foreign(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Accept a store, one whose creation was interrupted, or a database without any table.

    Raises:
        NotAStoreError: the tables of the database are another program's.
    """
    names = {name for (name,) in connection.execute(_RELATIONS).fetchall()}
    if names and not _is_store(connection, names):
        raise NotAStoreError(
            f"{path} is a DuckDB database of another program, not a store; it was not changed;"
            " name another file with --store"
        )


def _is_store(connection: duckdb.DuckDBPyConnection, names: set[str]) -> bool:
    columns = [name for (name,) in connection.execute(_COLUMNS, [_LEDGER]).fetchall()]
    if columns != ["version", "name", "applied_at"]:
        return False
    found = connection.execute(
        f"select 1 from {_LEDGER} where version = 1 and name = ?", [_FIRST_MIGRATION]
    ).fetchall()
    return bool(found) or names == {_LEDGER}
