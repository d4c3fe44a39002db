"""The table `app_settings`: encrypted payloads by name, never decrypted values."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.migrations import transaction

__all__ = ["SettingsTable"]

# Laravel's form of times: UTC, whole seconds.
_NOW = "date_trunc('second', current_timestamp at time zone 'UTC')"
_PUT = f"""
insert into app_settings (key, value, created_at, updated_at) values (?, ?, {_NOW}, {_NOW})
on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
"""


class SettingsTable:
    """Encrypted payloads by the setting's name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def all(self) -> Mapping[str, str | None]:
        """Return all payloads by name, sorted."""
        rows = self._connection.execute("select key, value from app_settings order by key")
        return dict(rows.fetchall())

    def put(self, payloads: Mapping[str, str | None]) -> None:
        """Write these payloads in one transaction.

        Raises:
            StoreError: the store cannot be written.
        """
        try:
            with transaction(self._connection):
                for name, payload in payloads.items():
                    self._connection.execute(_PUT, [name, payload])
        except duckdb.Error as error:
            raise StoreError(f"the settings cannot be written: {_first_line(error)}") from None

    def remove(self, name: str) -> bool:
        """Delete a setting; return whether it existed.

        Raises:
            StoreError: the store cannot be written.
        """
        try:
            with transaction(self._connection):
                gone = self._connection.execute(
                    "delete from app_settings where key = ? returning key", [name]
                ).fetchall()
        except duckdb.Error as error:
            raise StoreError(
                f"the setting {name!r} cannot be removed: {_first_line(error)}"
            ) from None
        return bool(gone)


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
