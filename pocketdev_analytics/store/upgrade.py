"""Migrate a store to this version's schema, with a backup until the result is checked."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.checks import check_connection
from pocketdev_analytics.store.copying import copy_file, publish
from pocketdev_analytics.store.migrations import applied_migrations, migrate, pending_migrations
from pocketdev_analytics.store.scratch import scratch

__all__ = ["upgrade"]


def upgrade(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Migrate the store at `path`, which is open for writing; safe to repeat.

    The file is copied before a migration. The copy is deleted when the migrated store passes its
    checks; otherwise it is kept, and the error names it.

    Returns:
        The names of the applied migrations.

    Raises:
        StoreTooNewError: the store has a migration that this version does not know.
        StoreError: there is no disk space for the backup, or the migrated store fails a check.
    """
    applied, pending = applied_migrations(connection), pending_migrations(connection)
    if not applied or not pending:
        return migrate(connection)
    connection.execute("checkpoint")  # so that the file contains everything
    file = path.resolve()
    with scratch(path, file) as folder:
        backup = folder / file.name
        copy_file(file, backup)
        done = migrate(connection)
        if problems := check_connection(connection):
            kept = _free_name(file, pending[0])
            publish(backup, kept)
            raise StoreError(
                f"{path} failed a check after its migration ({problems[0]}); a backup of the"
                f" store before it is {kept}"
            )
    return done


def _free_name(file: Path, migration: str) -> Path:
    """Return an unused name for the backup."""
    stem = f"{file.name}.before-{migration[:4]}"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1000))
    return next(path for path in map(file.with_name, names) if not path.exists())
