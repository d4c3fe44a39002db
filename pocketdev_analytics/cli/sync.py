"""`sync`: bring a live PocketDev's tables into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pocketdev_analytics.cli._pocketdev import env_option, environment
from pocketdev_analytics.cli._text import emit, tell

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session
    from pocketdev_analytics.pocketdev import Address, PocketDev
    from pocketdev_analytics.store import TableSync

__all__ = ["sync"]


@click.command("sync")
@env_option
@click.option(
    "--from",
    "url",
    metavar="URL",
    help="The database: postgresql://user@host:port/database. The password may come from "
    "PGPASSWORD or ~/.pgpass.",
)
@click.option("--host", help="Reach the database here, where DB_HOST is a name inside Docker.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port there.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long each of its statements may take.",
)
@click.option(
    "--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.pass_obj
def sync(
    session: Session,
    env_file: Path | None,
    url: str | None,
    host: str | None,
    port: int | None,
    timeout: float,
    kind: str,
) -> None:
    """Bring the tables of a running PocketDev into the store.

    Reads its database in one read-only snapshot, and never writes to it. Sessions are joined
    with those of your session files; rows that are gone there are gone here. Safe to repeat.

    \b
    Example:
      pocketdev-analytics sync --env ~/pocket-dev/.env --host 127.0.0.1
    """
    from pocketdev_analytics.live.leaving import leave_summary
    from pocketdev_analytics.pocketdev import read_pocketdev
    from pocketdev_analytics.store import open_store

    if url and env_file:
        raise click.UsageError("--env and --from both name a database; give one of them")
    address = _address(env_file, url).moved(host, port)
    del url
    there = read_pocketdev(address, timeout_seconds=timeout)
    with open_store(session.settings.store, read_only=False) as store:
        tables = store.sync(there.tables, source=there.source, taken_at=there.taken_at)
        origins = store.named_query("session_origins")
        mismatches = store.named_query("session_mismatches").height
        trouble = leave_summary(store, session.settings.timezone)  # its prices may have changed
    sessions = dict(origins.iter_rows())
    if trouble:
        tell(trouble, err=True)
    if kind == "json":
        from pocketdev_analytics.cli._output import json_text

        emit(json_text(_document(there, tables, sessions, mismatches)))
        return
    for finding in there.findings:
        tell(f"not as documented: {finding}", err=True)
    tell(_text(there, tables, sessions, mismatches))


def _address(env_file: Path | None, url: str | None) -> Address:
    from pocketdev_analytics.pocketdev import Address

    return Address.from_url(url) if url else Address.from_env(environment(env_file))


def _document(
    there: PocketDev, tables: Sequence[TableSync], sessions: dict[str, int], mismatches: int
) -> dict[str, Any]:
    return {
        "source": there.source,
        "taken_at": there.taken_at.isoformat(),
        "tables": [asdict(table) for table in tables],
        "findings": [asdict(finding) for finding in there.findings],
        "sessions": sessions,
        "mismatches": mismatches,
    }


def _text(
    there: PocketDev, tables: Sequence[TableSync], sessions: dict[str, int], mismatches: int
) -> str:
    lines = [f"Read {there.source}, as of {there.taken_at:%Y-%m-%d %H:%M:%S} UTC."]
    width = max(len(table.table) for table in tables)
    for table in tables:
        changes = [
            f"{count:,} {name}"
            for name, count in (
                ("added", table.added),
                ("changed", table.changed),
                ("removed", table.removed),
            )
            if count
        ]
        lines.append(
            f"  {table.table:{width}} {table.rows:>9,} rows: {', '.join(changes) or 'as before'}"
        )
    known = ", ".join(f"{count:,} {_ORIGINS[origin]}" for origin, count in sessions.items())
    lines.append(f"Sessions: {known or 'none'}.")
    if mismatches:
        lines.append(
            f"{mismatches:,} times the two sides do not agree; see "
            "`pocketdev-analytics query --name session_mismatches`."
        )
    return "\n".join(lines)


_ORIGINS = {
    "both": "in both",
    "files": "in files only",
    "pocketdev": "in PocketDev only",
}
