"""`store`: maintain the store's file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pocketdev_analytics.cli._output import json_text
from pocketdev_analytics.cli._text import emit, tell

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.store.maintenance import StoreStatus

__all__ = ["store"]

_WAIT_SECONDS = 10.0


@click.group("store")
def store() -> None:
    """Maintain the store's file, while others read it.

    `migrate` writes to the file itself, so it waits for readers, and names them.
    """


@store.command("migrate")
@click.pass_obj
def migrate(session: Session) -> None:
    """Bring the store to this version's schema; safe to repeat."""
    from pocketdev_analytics.store.maintenance import migrate_store

    path = session.settings.store
    applied = migrate_store(path, wait_seconds=_WAIT_SECONDS)
    for name in applied:
        tell(f"applied {name}")
    tell(f"{path} has this version's schema.")


@store.command("status")
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def status(session: Session, kind: str) -> None:
    """Show the store's schema, size and number of rows; changes nothing."""
    from pocketdev_analytics.store.maintenance import status as store_status

    state = store_status(session.settings.store, wait_seconds=_WAIT_SECONDS)
    emit(json_text(_document(state)) if kind == "json" else _text(state))


@store.command("check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check keys, unique rules, orphaned rows and sums; exits with 1 where something is wrong."""
    from pocketdev_analytics.store.maintenance import check as check_store

    path = ctx.obj.settings.store
    problems = check_store(path, wait_seconds=_WAIT_SECONDS)
    for problem in problems:
        tell(problem)
    if problems:
        ctx.exit(1)
    tell(f"{path} is in order.")


@store.command("repair")
@click.pass_context
def repair(ctx: click.Context) -> None:
    """Repair a damaged store; exits with 1 if something of it is lost or still wrong.

    The store is kept as it was in a folder next to it. What can be read is read, and what
    session files on disk say is imported again; what is lost is listed. Rows with
    values that no session file can have go to the quarantine.
    """
    from pocketdev_analytics.importer.repair import repair_store

    settings = ctx.obj.settings
    done = repair_store(settings.store, machine=settings.machine, wait_seconds=_WAIT_SECONDS)
    if done.kept:
        tell(f"{settings.store} was damaged; it is kept as it was in {done.kept}.")
    if done.imported:
        tell(f"{done.imported.files_read:,} session files were imported again.")
    if done.quarantined_rows:
        tell(f"{done.quarantined_rows:,} rows with values out of range are in quarantine now.")
    for sentence in done.lost:
        tell(f"lost: {sentence}")
    for problem in done.problems:
        tell(problem)
    if done.lost or done.problems:
        ctx.exit(1)
    tell(f"{settings.store} is in order.")


@store.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.pass_obj
def backup(session: Session, file: Path) -> None:
    """Copy the store to FILE, which must not exist, and check the copy."""
    from pocketdev_analytics.store.maintenance import backup as back_up

    size = back_up(session.settings.store, file, wait_seconds=_WAIT_SECONDS)
    tell(f"{file} is a copy of {session.settings.store} ({size / 1e6:,.1f} MB).")


@store.command("compact")
@click.pass_obj
def compact(session: Session) -> None:
    """Rewrite the store without free space; readers of the old file can read on."""
    from pocketdev_analytics.store.maintenance import compact as compact_store

    before, after = compact_store(session.settings.store, wait_seconds=_WAIT_SECONDS)
    tell(f"{before / 1e6:,.1f} MB became {after / 1e6:,.1f} MB.")


def _document(state: StoreStatus) -> dict[str, object]:
    synced_at = state.synced_at.isoformat() if state.synced_at else None
    return {**asdict(state), "path": str(state.path), "synced_at": synced_at}


def _text(state: StoreStatus) -> str:
    log = " and a log that a writer left" if state.has_log else ""
    schema = (
        f"lacks {', '.join(state.pending)}; run `pocketdev-analytics store migrate`"
        if state.pending
        else f"is this version's ({len(state.applied)} migrations)"
    )
    synced = (
        f"Last synced from {state.synced_from}, as of {state.synced_at:%Y-%m-%d %H:%M:%S} UTC."
        if state.synced_from
        else "Never synced with a PocketDev."
    )
    size = f"{state.size_bytes / 1e6:,.1f} MB, {state.free_bytes / 1e6:,.1f} MB of them free"
    width = max(map(len, state.rows), default=0)
    return "\n".join(
        [
            f"{state.path}: {size}{log}.",
            f"The schema {schema}.",
            synced,
            *(f"  {name:{width}} {count:>11,} rows" for name, count in state.rows.items()),
        ]
    )
