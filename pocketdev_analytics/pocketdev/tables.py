"""PocketDev's documented tables: the columns that `sync` reads.

A column is withheld where nothing here needs its values: it is never read, and holds NULL in the
store, or an empty text where it must hold something. A column is optional where only some
generations of the schema have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import polars as pl

__all__ = ["TABLES", "Column", "Kind", "Table"]

Kind = Literal[
    "text", "uuid", "json", "tinyint", "integer", "bigint", "price", "multiplier", "timestamp"
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of PocketDev."""

    name: str
    kind: Kind
    is_required: bool = False
    is_withheld: bool = False
    is_optional: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """The type in a frame: numbers and times as such, anything else as text."""
        if self.kind in {"tinyint", "integer", "bigint"}:
            return pl.Int64()
        return pl.Datetime("us") if self.kind == "timestamp" else pl.String()

    @property
    def substitute(self) -> pl.Expr:
        """The value of a column that is not read."""
        value = "" if self.is_required else None
        return pl.lit(value, self.dtype).alias(self.name)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of PocketDev: its key is its first column.

    `ignored` names further columns that some generation of the schema has: they are never read.
    """

    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = field(default=())
    ignored: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The primary key."""
        return self.columns[0].name


def _required(name: str, kind: Kind = "text") -> Column:
    return Column(name, kind, is_required=True)


def _withheld(name: str, *, is_required: bool = False) -> Column:
    return Column(name, "text", is_required=is_required, is_withheld=True)


_ID: Final = _required("id", "bigint")
_WRITTEN: Final = (Column("created_at", "timestamp"), Column("updated_at", "timestamp"))

_ALL: Final = (
    Table(
        "claude_sessions",
        (
            _ID,
            Column("claude_session_id", "uuid"),
            Column("title", "text"),
            _required("project_path"),
            _required("model"),
            _required("turn_count", "integer"),
            _required("status"),
            Column("streaming_state", "json", is_optional=True),
            Column("last_activity_at", "timestamp"),
            *_WRITTEN,
            # The live state from 2025-10-25 on; no migration ever made streaming_state.
            Column("process_pid", "bigint", is_optional=True),
            Column("process_status", "text", is_optional=True),
            Column("last_message_index", "bigint", is_optional=True),
        ),
        unique=("claude_session_id",),
        ignored=frozenset({"messages", "context"}),  # until 2025-10-20, and text
    ),
    Table(
        "model_pricing",
        (
            _ID,
            _required("model_name"),
            Column("input_price_per_million", "price"),
            _required("cache_write_multiplier", "multiplier"),
            _required("cache_read_multiplier", "multiplier"),
            Column("output_price_per_million", "price"),
            *_WRITTEN,
        ),
        unique=("model_name",),
    ),
    Table("app_settings", (_ID, _required("key"), Column("value", "text"), *_WRITTEN), ("key",)),
    Table(
        "users",
        (
            _ID,
            _required("name"),
            _required("email"),
            Column("email_verified_at", "timestamp"),
            _withheld("password", is_required=True),
            _withheld("remember_token"),
            *_WRITTEN,
        ),
        unique=("email",),
        ignored=frozenset(  # since 2026-04-14
            {"two_factor_secret", "two_factor_recovery_codes", "two_factor_confirmed_at"}
        ),
    ),
    Table(
        "jobs",
        (
            _ID,
            _required("queue"),
            _required("payload"),
            _required("attempts", "tinyint"),
            Column("reserved_at", "integer"),
            _required("available_at", "integer"),
            _required("created_at", "integer"),
        ),
    ),
    Table(
        "job_batches",
        (
            _required("id"),
            _required("name"),
            _required("total_jobs", "integer"),
            _required("pending_jobs", "integer"),
            _required("failed_jobs", "integer"),
            _required("failed_job_ids"),
            Column("options", "text"),
            Column("cancelled_at", "integer"),
            _required("created_at", "integer"),
            Column("finished_at", "integer"),
        ),
    ),
    Table(
        "failed_jobs",
        (
            _ID,
            _required("uuid"),
            _required("connection"),
            _required("queue"),
            _required("payload"),
            _required("exception"),
            _required("failed_at", "timestamp"),
        ),
        unique=("uuid",),
    ),
    Table(
        "cache",
        (
            _required("key"),
            _withheld("value", is_required=True),
            _required("expiration", "integer"),
        ),
    ),
    Table(
        "cache_locks",
        (
            _required("key"),
            _withheld("owner", is_required=True),
            _required("expiration", "integer"),
        ),
    ),
)

#: The documented tables by name.
TABLES: Final[Mapping[str, Table]] = {table.name: table for table in _ALL}
