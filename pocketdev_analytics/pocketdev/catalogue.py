"""The contents of a PocketDev database: columns, migrations, and the generation of its schema.

PocketDev's schema has moved on several times. Laravel's own table `migrations` names what has run
in a database, so it tells a table that was dropped from one that cannot be read now; the columns
that are there decide how each table is read.

Source: the migrations of PocketDev up to v0.67.0 (May 2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pocketdev_analytics.pocketdev.database import ReadError, Snapshot

__all__ = ["Catalogue", "SourceColumn", "read_catalogue"]

# Privileges do not matter here: every role may read the system catalogue.
_COLUMNS: Final = """
select
    c.relname::text as table_name,
    a.attname::text as column_name,
    t.typname::text as type_name,
    (t.typtype = 'e')::boolean as is_enum,
    pg_catalog.pg_table_is_visible(c.oid) as is_visible,
    n.nspname::text as schema_name,
    pg_catalog.has_any_column_privilege(c.oid, 'select') as is_readable
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
order by c.relname, a.attnum
"""
_MIGRATIONS: Final = 'select migration::text as name from "migrations" order by 1'
_DATED: Final = re.compile(r"(\d{4})_(\d{2})_(\d{2})_")
# The newest month whose schema is known here; a later migration makes a database "newer".
_NEWEST_KNOWN: Final = "2026-05"
# What each generation has that those before it lack, the newest first.
_GENERATIONS: Final = (
    ("2026-02", "conversations", ("provider_session_id",)),
    ("2026-01", "conversations", ("deleted_at",)),
    ("2025-12-12", "conversations", ("provider_type",)),
    ("2025-10-25", "claude_sessions", ("process_status",)),
    ("documented (December 2025)", "claude_sessions", ("streaming_state",)),
    ("2025-10-20", "claude_sessions", ("claude_session_id",)),
    ("2025-10-16", "claude_sessions", ()),
)


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of the source: its name and PostgreSQL type."""

    name: str
    type_name: str
    is_enum: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tables that a role can reach by name, those it cannot, and the migrations that ran.

    `unreadable` are those tables that are visible, but not to be read by this role. `migrations` is
    None where the table `migrations` is missing or cannot be read.
    """

    tables: Mapping[str, Mapping[str, SourceColumn]]
    hidden: frozenset[str]
    unreadable: frozenset[str]
    migrations: tuple[str, ...] | None

    def has(self, table: str, *columns: str) -> bool:
        """Return whether the table is there with all these columns."""
        return table in self.tables and self.tables[table].keys() >= set(columns)

    def is_dropped(self, table: str) -> bool:
        """Return whether PocketDev itself no longer has the table.

        A table that is missing from the catalogue was dropped if a migration that ran says so.
        `claude_sessions` was also dropped where conversations have taken its place.
        """
        if table in self.tables or table in self.hidden:
            return False
        ran = self.migrations or ()
        created = [name for name in ran if f"_create_{table}_table" in name]
        dropped = [name for name in ran if re.search(rf"_drop_{table}(_table)?$", name)]
        if max(dropped, default="") > max(created, default=""):
            return True
        return table == "claude_sessions" and self.has("conversations", "provider_type")

    @property
    def newest_migration(self) -> str | None:
        """The last migration that ran, by its dated name."""
        dated = [name for name in self.migrations or () if _DATED.match(name)]
        return max(dated, default=None)

    @property
    def generation(self) -> str:
        """The generation of the schema, named by the month or day since which it is so."""
        if (newest := self.newest_migration) and (found := _DATED.match(newest)):
            year, month, _ = found.groups()
            if year != "0001" and f"{year}-{month}" > _NEWEST_KNOWN:
                return f"newer than {_NEWEST_KNOWN}"
        return self._by_columns()

    def _by_columns(self) -> str:
        found = (name for name, table, columns in _GENERATIONS if self.has(table, *columns))
        newest = next(found, "unknown")
        if newest == "2025-12-12" and self.has("claude_sessions"):
            return "2025-12-04"
        return newest


def read_catalogue(snapshot: Snapshot) -> Catalogue:
    """Read the columns of all tables and the migrations that ran."""
    rows = snapshot.read(_COLUMNS)
    if schema := _other_schema(rows):
        quoted = schema.replace("'", "''")
        snapshot.read(f"select set_config('search_path', quote_ident('{quoted}'), true)")
        rows = snapshot.read(_COLUMNS)
    tables: dict[str, dict[str, SourceColumn]] = {}
    for row in rows.filter("is_visible").iter_rows(named=True):
        column = SourceColumn(row["column_name"], row["type_name"], row["is_enum"])
        tables.setdefault(row["table_name"], {})[column.name] = column
    return Catalogue(
        tables,
        hidden=frozenset(rows["table_name"]) - tables.keys(),
        unreadable=frozenset(rows.filter("is_visible", ~pl.col("is_readable"))["table_name"]),
        migrations=_migrations(snapshot, tables),
    )


def _other_schema(rows: pl.DataFrame) -> str | None:
    """Return the one schema with PocketDev's sessions, where none are on the search path."""
    found = rows.filter(pl.col("table_name").is_in(["conversations", "claude_sessions"]))
    schemas = found["schema_name"].unique().to_list()
    return schemas[0] if len(schemas) == 1 and not found["is_visible"].any() else None


def _migrations(snapshot: Snapshot, tables: Mapping[str, object]) -> tuple[str, ...] | None:
    if "migrations" not in tables:
        return None
    try:
        return tuple(snapshot.read(_MIGRATIONS)["name"])
    except ReadError:
        return None
