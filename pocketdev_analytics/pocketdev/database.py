"""Reading a live PostgreSQL: one snapshot, read-only, with a time limit on each statement."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Final, Self

import polars as pl
from adbc_driver_postgresql import dbapi

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.pocketdev.address import Address

__all__ = ["ReadError", "Snapshot"]

_SAID: Final = re.compile(r"(?:ERROR|FATAL):\s+(?P<said>[^\n]+)")
_TIMED_OUT: Final = "57014"
_LOCKED: Final = "55P03"
_UNKNOWN_HOST: Final = "could not translate host name"


class ReadError(SourceError):
    """The database refused one query; the snapshot can still be read."""


class Snapshot:
    """An open, read-only, repeatable-read transaction: every query sees the same moment.

    Args:
        address: the database.
        timeout_seconds: how long a statement may take, and wait for a lock.

    Raises:
        SourceError: the database cannot be reached; the message has no password in it.
    """

    def __init__(self, address: Address, *, timeout_seconds: float) -> None:
        self.address, self.timeout_seconds = address, timeout_seconds
        self._connection = _connection(address)
        self._cursor = self._connection.cursor()
        limit = max(1, round(timeout_seconds * 1000))
        try:
            self._run("begin transaction isolation level repeatable read, read only")
            for name in ("statement_timeout", "lock_timeout"):
                self._run(f"set local {name} = {limit}")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the transaction, of which nothing can remain, and the connection."""
        try:
            self._run("rollback")
        except SourceError:
            pass  # the connection is gone, and with it the transaction
        finally:
            self._cursor.close()
            self._connection.close()

    def read(self, query: str) -> pl.DataFrame:
        """The rows of `query`.

        Raises:
            ReadError: the database refused it, or it took too long.
            SourceError: the connection is lost.
        """
        self._run("savepoint here")
        try:
            return self._fetched(query)
        except ReadError:
            self._run("rollback to savepoint here")
            raise

    def _fetched(self, query: str) -> pl.DataFrame:
        try:
            self._cursor.execute(query)
            return pl.DataFrame(self._cursor.fetch_arrow_table())
        except dbapi.Error as error:
            reason = _reason(error, self.timeout_seconds)
        raise ReadError(reason)

    def _run(self, statement: str) -> None:
        try:
            self._cursor.execute(statement)
        except dbapi.Error as error:
            said = _said(error)
        else:
            return
        raise SourceError(f"the connection to {self.address} is lost: {said}; try again")


def _connection(address: Address) -> dbapi.Connection:
    try:
        return dbapi.connect(address.uri, autocommit=True)
    except dbapi.Error as error:
        said = _said(error)
    # Raised out here: the error that libpq's wrapper raised knows the whole address.
    if _UNKNOWN_HOST in said:
        raise SourceError(
            f"there is no host {address.host!r}; inside Docker that is a service's name: "
            "publish its port, and say where it is with --host 127.0.0.1 --port 5432"
        )
    raise SourceError(f"cannot connect to {address}: {said}; check DB_HOST, DB_PORT and the rest")


def _reason(error: dbapi.Error, timeout_seconds: float) -> str:
    if error.sqlstate == _TIMED_OUT:
        return f"it takes longer than {timeout_seconds:g} s; allow more with --timeout"
    if error.sqlstate == _LOCKED:
        return f"it was locked for longer than {timeout_seconds:g} s; try again"
    return _said(error)


def _said(error: dbapi.Error) -> str:
    """The one line in which the server or libpq says what is wrong."""
    text = str(error)
    found = _SAID.search(text)
    if found:
        return found["said"].strip()
    first = text.splitlines()[0] if text else type(error).__name__
    return first.rpartition("failed: ")[2] or first
