"""Sync a PocketDev into the store: tables, conversations and the numbers of messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from pocketdev_analytics.pocketdev import Address, Finding, connect
from pocketdev_analytics.store import TableSync, open_store

if TYPE_CHECKING:
    from pocketdev_analytics.store import Store

__all__ = ["ProviderSync", "SyncSummary", "sync_pocketdev"]


@dataclass(frozen=True, slots=True)
class ProviderSync:
    """How many sessions of a provider are known to PocketDev, to session files, or to both.

    `is_cli`: an agent on the command line writes a session file that they can be joined to.
    """

    provider: str
    is_cli: bool
    joined: int
    only_in_files: int
    only_in_pocketdev: int


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """The outcome of a sync.

    Attributes:
        source: database, host and port.
        taken_at: the moment that the rows show, UTC.
        generation: the generation of PocketDev's schema.
        tables: what changed, by table.
        findings: what differs from the documented tables.
        providers: the sessions by provider.
        mismatches: how often session files and PocketDev disagree.
        has_joining_table: whether the database has a table that joins it to session files.
    """

    source: str
    taken_at: datetime
    generation: str
    tables: tuple[TableSync, ...]
    findings: tuple[Finding, ...]
    providers: tuple[ProviderSync, ...]
    mismatches: int
    has_joining_table: bool

    @property
    def is_refused(self) -> bool:
        """Whether a table is there but could not be read now."""
        return any(finding.is_refused for finding in self.findings)

    @property
    def is_unjoined(self) -> bool:
        """Whether nothing is joined although both sides have sessions of one kind."""
        if not self.has_joining_table:
            return True
        if any(each.joined for each in self.providers):
            return False
        files = sum(each.only_in_files for each in self.providers)
        return bool(files) and any(
            each.only_in_pocketdev for each in self.providers if each.provider == "claude_code"
        )


def sync_pocketdev(
    address: Address,
    store_path: Path,
    *,
    timeout_seconds: float,
    after: Callable[[Store], None] | None = None,
) -> SyncSummary:
    """Bring a PocketDev's tables into the store at `store_path`.

    The small tables are read before the store is opened for writing; then only messages of
    conversations that changed are read. `after` is called with the store before it is closed.

    Raises:
        SourceError: the database cannot be reached, or is not a PocketDev's.
        StoreError: the store cannot be opened or written.
    """
    with (
        connect(address, timeout_seconds=timeout_seconds) as pocketdev,
        open_store(store_path, read_only=False) as store,
    ):
        store.limit_memory(0)  # however many messages come, they go through it in batches
        states = pocketdev.message_states
        messages = None if states is None else (states, pocketdev.conversations.messages)
        tables = store.sync(
            pocketdev.tables,
            source=pocketdev.source,
            taken_at=pocketdev.taken_at,
            gone=pocketdev.gone,
            messages=messages,
        )
        summary = SyncSummary(
            source=pocketdev.source,
            taken_at=pocketdev.taken_at,
            generation=pocketdev.generation,
            tables=tuple(tables),
            findings=pocketdev.findings,
            providers=_providers(store.named_query("session_origins")),
            mismatches=store.named_query("session_mismatches").height,
            has_joining_table=pocketdev.has_sessions,
        )
        if after is not None:
            after(store)
    return summary


def _providers(rows: pl.DataFrame) -> tuple[ProviderSync, ...]:
    return tuple(ProviderSync(*row) for row in rows.iter_rows())
