"""The schema: numbered DDL files, each applied once, and views, recreated as they change."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources.abc import Traversable

import duckdb

from pocketdev_analytics.exceptions import StoreError, StoreTooNewError
from pocketdev_analytics.files.resources import sql_dir
from pocketdev_analytics.store.connection import private_files
from pocketdev_analytics.store.line_tables import declared_columns, extend_line_tables
from pocketdev_analytics.store.price_seeds import seed_prices

__all__ = [
    "applied_migrations",
    "is_current",
    "migrate",
    "pending_migrations",
    "transaction",
]

_LEDGER = """
create table if not exists schema_migrations (
    version integer not null,
    name varchar not null,
    applied_at timestamptz not null default current_timestamp,
    primary key (version)
)
"""
_RENEWED = ("views", "seeds")


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered DDL file."""

    version: int
    file: Traversable

    @property
    def name(self) -> str:
        """The file's name."""
        return self.file.name


def migrate(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Apply the pending migrations and recreate outdated views; safe to repeat.

    All files run in one transaction, with their records in `schema_migrations`.

    Returns:
        The names of the applied files.

    Raises:
        StoreTooNewError: the store has a migration that this version does not know.
    """
    with transaction(connection):
        connection.execute(_LEDGER)
    if pending := _pending(connection):
        with transaction(connection):
            for migration in pending:
                connection.execute(migration.file.read_text("utf-8"))
            _record(connection, pending)
    if pending or not _is_renewed(connection):  # a migration may drop views
        with transaction(connection):
            extend_line_tables(connection)
            _create_views(connection)
            seed_prices(connection)
            _record_digest(connection)
    return [migration.name for migration in pending]


def _record(connection: duckdb.DuckDBPyConnection, applied: list[Migration]) -> None:
    rows = ", ".join(["(?, ?)"] * len(applied))  # one statement for all takes a tenth of the time
    values = [value for migration in applied for value in (migration.version, migration.name)]
    connection.execute(f"insert into schema_migrations (version, name) values {rows}", values)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the store has this version's schema.

    Raises:
        StoreTooNewError: the store has a migration that this version does not know.
    """
    return not pending_migrations(connection) and _is_renewed(connection)


def pending_migrations(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the migrations that the store lacks.

    Raises:
        StoreTooNewError: the store has a migration that this version does not know.
    """
    pending = _pending(connection) if _has_ledger(connection) else _migrations()
    return [migration.name for migration in pending]


def applied_migrations(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the applied migrations, in order."""
    if not _has_ledger(connection):
        return []
    rows = connection.execute("select name from schema_migrations order by version").fetchall()
    return [name for (name,) in rows]


def _has_ledger(connection: duckdb.DuckDBPyConnection) -> bool:
    ledgers = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'schema_migrations' "
        "and database_name = current_database()"
    ).fetchall()
    return bool(ledgers)


class transaction:  # noqa: N801 - reads as a statement
    """Commit the statements of the block, or roll them back; a log that it creates is private."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self.connection.execute("begin transaction")

    def __exit__(self, kind: object, failure: object, _: object) -> None:
        try:
            with private_files():
                self.connection.execute("rollback" if kind else "commit")
        except duckdb.IOException as error:
            failure = error
        if isinstance(failure, duckdb.IOException):  # as on a full disk
            raise StoreError(
                f"cannot write to the store: {str(failure).splitlines()[0]}; the transaction was"
                " rolled back, free disk space and try again"
            ) from None


def _pending(connection: duckdb.DuckDBPyConnection) -> list[Migration]:
    known = _migrations()
    versions = {migration.version for migration in known}
    rows = connection.execute("select version, name from schema_migrations").fetchall()
    unknown = sorted(name for version, name in rows if version not in versions)
    if unknown:
        raise StoreTooNewError(
            f"the store has the migration {unknown[-1]}, which this version of "
            "pocketdev_analytics does not know; upgrade it"
        )
    applied = {version for version, _ in rows}
    return [migration for migration in known if migration.version not in applied]


def _migrations() -> list[Migration]:
    files = sorted(_sql_files("schema"), key=lambda file: file.name)
    return [Migration(int(file.name[:4]), file) for file in files]


def _create_views(connection: duckdb.DuckDBPyConnection) -> None:
    for file in sorted(_sql_files("views"), key=lambda file: file.name):
        connection.execute(file.read_text("utf-8"))


def _is_renewed(connection: duckdb.DuckDBPyConnection) -> bool:
    rows = connection.execute(
        "select value from store_properties where name = 'views_digest'"
    ).fetchall()
    return rows == [(_digest(),)]


def _record_digest(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "insert or replace into store_properties values ('views_digest', ?)", [_digest()]
    )


def _digest() -> str:
    digest = blake2b(declared_columns().encode(), digest_size=16)
    for folder in _RENEWED:
        for file in sorted(_sql_files(folder), key=lambda file: file.name):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _sql_files(folder: str) -> list[Traversable]:
    return [file for file in (sql_dir() / folder).iterdir() if not file.name.startswith(".")]
