"""What a live PocketDev holds: its documented tables as frames, and what differs from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.pocketdev.address import Address
from pocketdev_analytics.pocketdev.checks import misfit
from pocketdev_analytics.pocketdev.database import ReadError, Snapshot
from pocketdev_analytics.pocketdev.tables import TABLES, Column, Kind, Table

__all__ = ["DEFAULT_TIMEOUT_SECONDS", "Finding", "PocketDev", "read_pocketdev"]

DEFAULT_TIMEOUT_SECONDS: Final = 60.0

_CATALOGUE: Final = """
select
    c.relname::text as table_name,
    a.attname::text as column_name,
    t.typname::text as type_name,
    (t.typtype = 'e')::boolean as is_enum
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and pg_catalog.pg_table_is_visible(c.oid)
order by c.relname, a.attnum
"""
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
    """Where a table of the source is not as documented, and what was found there instead."""

    table: str
    problem: str
    found: tuple[str, ...] = ()
    is_read: bool = False

    def __str__(self) -> str:
        found = f"; found: {', '.join(self.found)}" if self.found else ""
        kept = "" if self.is_read else " (not synced; what the store holds of it stays)"
        return f"{self.table}: {self.problem}{found}{kept}"


@dataclass(frozen=True, slots=True)
class PocketDev:
    """One moment of a PocketDev: `tables` has the documented columns of those it could read."""

    source: str
    taken_at: datetime
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A column of the source."""

    name: str
    type_name: str
    is_enum: bool

    def fits(self, column: Column) -> bool:
        if self.is_enum:
            return column.kind == "text"
        return column.is_withheld or self.type_name in _READABLE[column.kind]


def read_pocketdev(
    address: Address, *, timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
) -> PocketDev:
    """The documented tables of the PocketDev at `address`, all as of one moment.

    Read in one read-only transaction. A table that is missing, or whose columns or
    rows do not fit, is left out and named in `findings`.

    Raises:
        SourceError: the database cannot be reached, or is no PocketDev's.
    """
    findings: list[Finding] = []
    tables: dict[str, pl.DataFrame] = {}
    with Snapshot(address, timeout_seconds=timeout_seconds) as snapshot:
        taken_at = snapshot.read("select transaction_timestamp() as taken_at")["taken_at"][0]
        there = _columns(snapshot)
        if not there.keys() & TABLES.keys():
            raise SourceError(f"{address} is no PocketDev's: {_instead(there)}")
        for table in TABLES.values():
            frame = _read(snapshot, table, there, findings)
            if frame is not None:
                tables[table.name] = frame
    return PocketDev(str(address), taken_at.astimezone(UTC), tables, tuple(findings))


def _columns(snapshot: Snapshot) -> dict[str, dict[str, _Found]]:
    """What is there: by table and column."""
    tables: dict[str, dict[str, _Found]] = {}
    for table, column, kind, is_enum in snapshot.read(_CATALOGUE).iter_rows():
        tables.setdefault(table, {})[column] = _Found(column, kind, is_enum)
    return tables


def _read(
    snapshot: Snapshot,
    table: Table,
    there: Mapping[str, Mapping[str, _Found]],
    findings: list[Finding],
) -> pl.DataFrame | None:
    """The table's rows; None, with the reason among the findings, where they do not fit."""
    if table.name not in there:
        others = tuple(sorted(there.keys() - TABLES.keys()))
        findings.append(Finding(table.name, "there is no such table", others))
        return None
    columns = there[table.name]
    difference = _difference(table, columns)
    if difference is not None:
        findings.append(difference)
        if not difference.is_read:
            return None
    try:
        frame, endless = _rows(snapshot, table, columns)
    except ReadError as refused:
        findings.append(Finding(table.name, str(refused)))
        return None
    problem = misfit(table, frame)
    if problem:
        findings.append(Finding(table.name, problem))
        return None
    if endless:
        problem = f"{endless:,} times are infinite or before the year 1: taken as empty"
        findings.append(Finding(table.name, problem, is_read=True))
    return frame


def _difference(table: Table, columns: Mapping[str, _Found]) -> Finding | None:
    """How the table's columns are not those of the document."""
    missing = [column for column in table.columns if column.name not in columns]
    present = [column for column in table.columns if column.name in columns]
    other = [column.name for column in present if not columns[column.name].fits(column)]
    names = {column.name for column in table.columns}
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


def _rows(
    snapshot: Snapshot, table: Table, columns: Mapping[str, _Found]
) -> tuple[pl.DataFrame, int]:
    """The table's rows, and how many of its times no calendar has."""
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


def _expression(column: Column, found: _Found) -> str:
    name = _quoted(column.name)
    if column.kind == "timestamp":
        time = _time(found)
        return f"case when {time} {_CALENDAR} then {time} end as {name}"
    kind = "bigint" if column.dtype == pl.Int64 else "text"
    return f"{name}::{kind} as {name}"


def _time(found: _Found) -> str:
    """A time in UTC, as the application means its times without a zone."""
    zone = " at time zone 'UTC'" if found.type_name == "timestamptz" else ""
    return f"({_quoted(found.name)}{zone})"


def _instead(there: Mapping[str, object]) -> str:
    if not there:
        return "it has no table that this user can see; check the database's name and the user"
    return f"it has none of the documented tables; found: {', '.join(there)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
