"""Read a live PocketDev: its tables as frames, and how they differ from the documented ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.catalogue import Catalogue, SourceColumn, read_catalogue
from pocketdev_analytics.pocketdev.checks import misfit
from pocketdev_analytics.pocketdev.conversations import ConversationReader
from pocketdev_analytics.pocketdev.database import ReadError, Snapshot
from pocketdev_analytics.pocketdev.tables import TABLES, Column, Kind, Table

__all__ = ["DEFAULT_TIMEOUT_SECONDS", "Finding", "PocketDev", "connect", "read_pocketdev"]

DEFAULT_TIMEOUT_SECONDS: Final = 60.0

_TEXTS: Final = frozenset({"varchar", "text", "bpchar", "citext"})
_WHOLE: Final = frozenset({"int2", "int4", "int8"})
_READABLE: Final[Mapping[Kind, frozenset[str]]] = {
    "text": _TEXTS | {"uuid"},
    "uuid": _TEXTS | {"uuid"},
    "json": frozenset({"json", "jsonb"}),
    "tinyint": _WHOLE,
    "integer": _WHOLE,
    "bigint": _WHOLE,
    "price": _WHOLE | {"numeric"},
    "multiplier": _WHOLE | {"numeric"},
    "timestamp": frozenset({"timestamp", "timestamptz"}),
}
_CALENDAR: Final = "between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference between a table of the source and the documented one.

    `is_read`: the table was synced all the same. `is_gone`: PocketDev itself dropped the table.
    `is_missing`: the database has no such table. `is_refused`: the table is there, but this role
    could not read it now.
    """

    table: str
    problem: str
    found: tuple[str, ...] = ()
    is_read: bool = False
    is_gone: bool = False
    is_missing: bool = False
    is_refused: bool = False

    def __str__(self) -> str:
        found = f"; found: {', '.join(self.found)}" if self.found else ""
        outcome = " (not synced; rows of earlier syncs stay)"
        if self.is_gone:
            outcome = " (rows of earlier syncs are kept as history)"
        return f"{self.table}: {self.problem}{found}{'' if self.is_read else outcome}"


@dataclass(frozen=True, slots=True)
class PocketDev:
    """One moment of a PocketDev.

    Attributes:
        source: database, host and port; never a user or password.
        taken_at: the moment that the rows show, UTC.
        generation: the generation of its schema, such as "2026-02".
        tables: the rows of the tables that could be read, by name: the documented tables with
            their documented columns, and `conversations` with `conversations.CONVERSATIONS`.
        gone: the tables that PocketDev dropped.
        findings: what differs, one entry a table and problem.
        message_states: see `conversations.MESSAGE_STATES`; None where there are no messages.
        conversations: reads the messages themselves, while the connection is open.
    """

    source: str
    taken_at: datetime
    generation: str
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    gone: frozenset[str]
    findings: tuple[Finding, ...]
    message_states: pl.DataFrame | None = field(repr=False)
    conversations: ConversationReader = field(repr=False)

    @property
    def has_sessions(self) -> bool:
        """Whether a table was read that joins PocketDev to session files."""
        return not self.tables.keys().isdisjoint({"claude_sessions", "conversations"})


@contextmanager
def connect(
    address: Address, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
) -> Iterator[PocketDev]:
    """Read the tables of the PocketDev at `address`, all as of one moment.

    Everything is read in one read-only transaction, which stays open for messages to be read. A
    table that is missing, or whose columns or rows do not fit, is left out and named in
    `findings`.

    Raises:
        SourceError: the database cannot be reached, or is not a PocketDev's.
    """
    with Snapshot(address, timeout_seconds=timeout_seconds) as snapshot:
        taken_at = snapshot.read("select transaction_timestamp() as taken_at")["taken_at"][0]
        catalogue = read_catalogue(snapshot)
        known = {*TABLES, "conversations"}
        if not catalogue.tables.keys() & known:
            raise SourceError(f"{address} is not a PocketDev database: {_contents(catalogue)}")
        findings: list[Finding] = []
        tables = {
            table.name: frame
            for table in TABLES.values()
            if (frame := _read(snapshot, table, catalogue, findings)) is not None
        }
        reader = ConversationReader(snapshot, catalogue)
        conversations = _conversations(reader, catalogue, findings)
        if conversations is not None:
            tables["conversations"] = conversations
        states = _message_states(reader, catalogue, findings) if conversations is not None else None
        yield PocketDev(
            source=str(address),
            taken_at=taken_at.astimezone(UTC),
            generation=catalogue.generation,
            tables=tables,
            gone=frozenset(name for name in known if catalogue.is_dropped(name)),
            findings=tuple(findings),
            message_states=states,
            conversations=reader,
        )


def read_pocketdev(
    address: Address, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
) -> PocketDev:
    """Read what `connect` reads, and close the connection: messages cannot be read from it.

    Raises:
        SourceError: the database cannot be reached, or is not a PocketDev's.
    """
    with connect(address, timeout_seconds=timeout_seconds) as pocketdev:
        return pocketdev


def _conversations(
    reader: ConversationReader, catalogue: Catalogue, findings: list[Finding]
) -> pl.DataFrame | None:
    if "conversations" in catalogue.hidden:
        findings.append(Finding("conversations", "not visible to this role", is_refused=True))
    if not _has_columns(catalogue, "conversations", ("id", "provider_type"), findings):
        return None
    names = {"agents", "workspaces", "screens", "pocketdev_sessions"} & catalogue.unreadable
    problem = "no privilege to read it: conversations come without its names"
    findings += [Finding(name, problem, is_read=True, is_refused=True) for name in sorted(names)]
    try:
        return reader.conversations()
    except ReadError as refused:
        findings.append(Finding("conversations", str(refused), is_refused=True))
        return None


def _message_states(
    reader: ConversationReader, catalogue: Catalogue, findings: list[Finding]
) -> pl.DataFrame | None:
    if "messages" not in catalogue.tables:
        refused = "messages" in catalogue.hidden
        problem = "not visible to this role" if refused else "no such table"
        findings.append(Finding("messages", problem, is_missing=not refused, is_refused=refused))
    if not _has_columns(catalogue, "messages", ("id", "conversation_id"), findings):
        return None
    try:
        return reader.message_states()
    except ReadError as error:
        findings.append(Finding("messages", str(error), is_refused=True))
        return None


def _has_columns(
    catalogue: Catalogue, table: str, names: tuple[str, ...], findings: list[Finding]
) -> bool:
    """Return whether the table has what it cannot be read without; else name what is missing."""
    if table not in catalogue.tables:
        return False
    columns = catalogue.tables[table]
    missing = [f"no column {name}" for name in names if name not in columns]
    # Another table of the same name has nothing of a conversation's.
    is_other = table == "conversations" and "working_directory" not in columns
    if missing and not is_other:
        findings.append(Finding(table, ", ".join(missing), tuple(columns)))
    return not missing


def _read(
    snapshot: Snapshot, table: Table, catalogue: Catalogue, findings: list[Finding]
) -> pl.DataFrame | None:
    """Return the rows; None, with the reason among the findings, if they do not fit."""
    if table.name not in catalogue.tables:
        findings.append(_missing(table, catalogue))
        return None
    columns = catalogue.tables[table.name]
    difference = _difference(table, columns)
    if difference is not None:
        findings.append(difference)
        if not difference.is_read:
            return None
    try:
        frame, endless = _rows(snapshot, table, columns)
    except ReadError as refused:
        findings.append(Finding(table.name, str(refused), is_refused=True))
        return None
    problem = misfit(table, frame)
    if problem:
        findings.append(Finding(table.name, problem))
        return None
    if endless:
        problem = f"{endless:,} times are infinite or before year 1; read as NULL"
        findings.append(Finding(table.name, problem, is_read=True))
    return frame


def _missing(table: Table, catalogue: Catalogue) -> Finding:
    if catalogue.is_dropped(table.name):
        return Finding(table.name, "dropped by PocketDev", is_gone=True)
    if table.name in catalogue.hidden:
        return Finding(table.name, "not visible to this role", is_refused=True)
    others = tuple(sorted(catalogue.tables.keys() - TABLES.keys()))
    return Finding(table.name, "no such table", others, is_missing=True)


def _difference(table: Table, columns: Mapping[str, SourceColumn]) -> Finding | None:
    """Compare the table's columns with the documented ones."""
    missing = [
        column for column in table.columns if column.name not in columns and not column.is_optional
    ]
    present = [column for column in table.columns if column.name in columns]
    other = [column.name for column in present if not _fits(columns[column.name], column)]
    names = {column.name for column in table.columns} | table.ignored
    extra = [name for name in columns if name not in names]
    said = [
        *(f"no column {column.name}" for column in missing),
        *(f"column {name} is of the type {columns[name].type_name}" for name in other),
        *(["further columns"] if extra else []),
    ]
    if not said:
        return None
    needed = [column for column in missing if column.is_required and not column.is_withheld]
    found = tuple(extra if not (missing or other) else columns)
    return Finding(table.name, ", ".join(said), found, is_read=not (needed or other))


def _fits(found: SourceColumn, column: Column) -> bool:
    if found.is_enum:
        return column.kind == "text"
    return column.is_withheld or found.type_name in _READABLE[column.kind]


def _rows(
    snapshot: Snapshot, table: Table, columns: Mapping[str, SourceColumn]
) -> tuple[pl.DataFrame, int]:
    """Return the table's rows, and the number of its times that no calendar has."""
    read = [column for column in table.columns if column.name in columns and not column.is_withheld]
    expressions = [_expression(column, columns[column.name]) for column in read]
    frame = snapshot.read(f"select {', '.join(expressions)} from {_quoted(table.name)}")
    times = [_time(columns[column.name]) for column in read if column.kind == "timestamp"]
    endless = " + ".join(f"count(*) filter (where not ({time} {_CALENDAR}))" for time in times)
    counted = snapshot.read(
        f"select count(*) as count_rows, {endless or 0} as endless from {_quoted(table.name)}"
    ).row(0, named=True)
    if counted["count_rows"] != frame.height:
        raise ReadError(f"{frame.height:,} of {counted['count_rows']:,} rows arrived; try again")
    substitutes = [column.substitute for column in table.columns if column not in read]
    typed = frame.with_columns(substitutes).select(
        pl.col(column.name).cast(column.dtype) for column in table.columns
    )
    return typed, counted["endless"]


def _expression(column: Column, found: SourceColumn) -> str:
    name = _quoted(column.name)
    if column.kind == "timestamp":
        time = _time(found)
        return f"case when {time} {_CALENDAR} then {time} end as {name}"
    kind = "bigint" if column.dtype == pl.Int64 else "text"
    return f"{name}::{kind} as {name}"


def _time(found: SourceColumn) -> str:
    """A time in UTC, as the application means its times without a zone."""
    zone = " at time zone 'UTC'" if found.type_name == "timestamptz" else ""
    return f"({_quoted(found.name)}{zone})"


def _contents(catalogue: Catalogue) -> str:
    if not catalogue.tables:
        return "it has no table that this user can see; check the database name and the user"
    return f"it has none of the known tables; found: {', '.join(catalogue.tables)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
