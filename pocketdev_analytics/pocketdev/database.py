"""Read a live PostgreSQL: one read-only snapshot, with a time limit on each statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import polars as pl
from adbc_driver_postgresql import dbapi
from pyarrow import ArrowException

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
        timeout_seconds: limit for each statement, and for each wait for a lock.

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
        """Roll back the transaction and close the connection."""
        try:
            self._run("rollback")
        except SourceError:
            pass  # the connection is gone, and with it the transaction
        finally:
            self._cursor.close()
            self._connection.close()

    def read(self, query: str) -> pl.DataFrame:
        """Return the rows of `query`.

        Raises:
            ReadError: the database refused it, or it took too long.
            SourceError: the connection is lost.
        """
        self._run("savepoint here")
        try:
            self._cursor.execute(query)
            return pl.DataFrame(self._cursor.fetch_arrow_table())
        except dbapi.Error as error:
            reason = _reason(error, self.timeout_seconds)
        self._run("rollback to savepoint here")
        raise ReadError(reason)

    def stream(self, query: str) -> Iterator[pl.DataFrame]:
        """Yield the rows of `query` in batches, so that memory stays flat.

        Raises:
            ReadError: the database refused it, or it took too long.
            SourceError: the connection is lost.
        """
        self._run("savepoint here")
        try:
            self._cursor.execute(query)
            with self._cursor.fetch_record_batch() as reader:
                for batch in reader:
                    yield pl.DataFrame(batch)
        except (dbapi.Error, ArrowException) as error:  # Arrow's where a later batch fails
            reason = _reason(error, self.timeout_seconds)
        else:
            return
        self._run("rollback to savepoint here")
        raise ReadError(reason)

    def _run(self, statement: str) -> None:
        try:
            self._cursor.execute(statement)
        except dbapi.Error as error:
            said = _said(error)
        else:
            return
        raise SourceError(f"lost the connection to {self.address}: {said}; try again")


def _connection(address: Address) -> dbapi.Connection:
    try:
        return dbapi.connect(address.uri, autocommit=True)
    except dbapi.Error as error:
        said = _said(error)
    # Raised out here: the error that libpq's wrapper raised knows the whole address.
    if _UNKNOWN_HOST in said:
        raise SourceError(
            f"unknown host {address.host!r}; if it is a Docker service's name, publish its port "
            "and pass --host 127.0.0.1 --port 5432, or read a dump with --dump (docs/pocketdev.md)"
        )
    raise SourceError(
        f"cannot connect to {address}: {said}; check PD_DB_HOST, PD_DB_PORT and the rest"
    )


def _reason(error: Exception, timeout_seconds: float) -> str:
    state = getattr(error, "sqlstate", None)
    if state == _TIMED_OUT:
        return f"takes longer than {timeout_seconds:g} s; allow more with --timeout"
    if state == _LOCKED:
        return f"locked for longer than {timeout_seconds:g} s; try again"
    return _said(error)


def _said(error: Exception) -> str:
    """The line of the error in which the server or libpq names the cause."""
    text = str(error)
    found = _SAID.search(text)
    if found:
        return found["said"].strip()
    first = text.splitlines()[0] if text else type(error).__name__
    return first.rpartition("failed: ")[2] or first
